import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Person } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { temporaryFolder } from '../sources/sounds.ts';
import { lockFile } from '../storage/fixtures/bad-disks.ts';
import { startBotProcess } from '../journeys/process.ts';
import { ask, setStage } from '../journeys/stage.ts';
import { canary, leaks } from './canaries.ts';
import { recordBefore, takePosts } from './recorder.ts';

const LONGEST_MS = 180_000;
const DOCTOR = join(import.meta.dirname, '../../scripts/doctor.ts');

/** A program in front of yt-dlp that tells everything it was given, as a careless extractor might. */
async function talkative(folder: string, real: string) {
  const [path, told] = [join(folder, 'talkative'), join(folder, 'environment')];
  await writeFile(path, `#!/bin/sh\nenv | tee -a '${told}' >&2\necho "$0 $*" >&2\nexec '${real}' "$@"\n`);
  await chmod(path, 0o755);
  return { path, environment: () => readFile(told, 'utf8') };
}

/** What `npm run doctor` writes. */
function doctor(env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve) => {
    const surroundings = { PATH: process.env['PATH'] ?? '', ...env };
    execFile(process.execPath, [DOCTOR, '--json'], { env: surroundings }, (_error, out, errors) =>
      resolve(out + errors),
    );
  });
}

/** Ends a bot in a way that nothing expects, with an error that holds whatever is given as FAULT. */
const FAULT = `data:text/javascript,process.on('SIGUSR2',()=>{throw new Error(process.env.FAULT)})`;

/** What the log says of them. */
const FAILURES = [
  'bot-check',
  'no usable answer',
  'NETWORK_DOWN',
  'BAD_QUERY',
  'BLOCKED_ADDRESS',
  'not-saved',
  'met an unknown fault',
];

const plays = async (ada: Person, query: string) => (await ask(ada, 'play', { query })).content;

it(
  'tells no secret to anybody in a whole run with failures of many kinds',
  async () => {
    const stage = await setStage();
    const { loopback, media } = stage;
    const secrets = {
      'bot token': loopback.application.token.split('.').at(-1) ?? '',
      webhook: canary(),
      'query of a link': canary(),
      'query of a link that is refused': canary(),
      'query of a link to nowhere': canary(),
      'query of what yt-dlp found': canary(),
      'query of what a site refuses': canary(),
      cookie: canary(),
      'cookie file': canary(),
      'password in a link': canary(),
      'password of a proxy': canary(),
      'password of a database': canary(),
    };
    const discord = await recordBefore(loopback.env['DISCORD_API_URL'] ?? '');
    const operator = await takePosts();
    const folder = await temporaryFolder();
    onTestFinished(() => folder.remove());

    const pages = Object.fromEntries(
      ['good', 'robot', 'broken', 'empty'].map((name) => [name, media.urlOf(`page.html?v=${name}`)]),
    );
    const { good = '', robot = '', broken = '', empty = '' } = pages;
    const signed = `${media.urlOf('song.webm')}?sig=${secrets['query of what yt-dlp found']}&n=1`;
    const sound = { url: signed, ext: 'webm', acodec: 'opus', protocol: 'https' };
    const headers = { http_headers: { Cookie: `SID=${secrets.cookie}` }, cookies: `SID=${secrets.cookie}` };
    const cookieFile = `.example.com\tTRUE\t/\tTRUE\t0\tSID\t${secrets['cookie file']}`;
    const refusal = `https://media.example/x?sig=${secrets['query of what a site refuses']}`;
    const fake = await fakeYtDlp(folder.path, {
      about: {
        [good]: {
          stdout: JSON.stringify({ id: '1', title: 'Found', duration: 30, webpage_url: good, ...sound, ...headers }),
          stderr: `WARNING: ${signed} ${cookieFile}`,
        },
        [broken]: {
          stdout: 'null',
          stderr: `ERROR: [x] 1: ${refusal} Traceback: ${cookieFile}\nKeyError('${refusal}')`,
          code: 1,
        },
        [robot]: {
          stdout: 'null',
          stderr: `ERROR: [x] 2: Sign in to confirm you’re not a bot ${refusal}\n${cookieFile}`,
          code: 1,
        },
        [empty]: { stdout: `{"url": "${refusal}", `, stderr: cookieFile, code: 0 },
      },
    });
    const operatorUrl = `${operator.url}/webhooks/1/${secrets.webhook}`;
    const between = await talkative(folder.path, fake.path);
    const env = {
      ...loopback.env,
      DISCORD_API_URL: discord.url,
      DATA_DIR: stage.dataDir,
      ALLOW_PRIVATE_HOSTS: '127.0.0.1',
      YTDLP_PATH: between.path,
      LOG_LEVEL: 'trace',
      METRICS_PORT: '0',
      ALERT_WEBHOOK_URL: operatorUrl,
      HTTPS_PROXY: `http://me:${secrets['password of a proxy']}@127.0.0.1:9`,
      NODE_OPTIONS: `--import="${FAULT}"`,
      FAULT: [
        `${refusal} and ${secrets['bot token']} ${encodeURIComponent(operatorUrl)} ${secrets.webhook}`,
        `{"cookie":"SID=${secrets.cookie}","headers":"Cookie: SID=${secrets.cookie}"}`,
        `${cookieFile} http://me:${secrets['password of a proxy']}@127.0.0.1:9`,
        Buffer.from(secrets['bot token']).toString('base64'),
      ].join('\n'),
    };
    const bot = await startBotProcess(env);
    const ada = loopback.user('ada');
    ada.join('Lounge');

    const link = `${media.urlOf('song.mp3')}?sig=${secrets['query of a link']}`;
    expect(await plays(ada, link)).toContain('Playing');
    await loopback.ears('ada').waitFor(50, 20_000);
    const outcomes = [
      good,
      broken,
      empty,
      `${media.urlOf('403')}?sig=${secrets['query of a link that is refused']}`,
      `${media.linkTo('403 after 96 KB, for good', 'song.wav')}?sig=${secrets['query of a link that is refused']}`,
      `http://127.0.0.1:1/x.mp3?sig=${secrets['query of a link to nowhere']}`,
      `http://me:${secrets['password in a link']}@127.0.0.1/x.mp3`,
      `https://169.254.169.254/x.mp3?sig=${secrets['query of a link to nowhere']}`,
      robot,
    ];
    for (const query of outcomes) await plays(ada, query);
    for (const command of ['nowplaying', 'queue', 'skip']) await ask(ada, command);
    const extracted = await stage.song('song.webm');
    await until('what yt-dlp found to sound', () => stage.match('ada', extracted).matched.length > 50, 20_000);
    // The next link is refused in the middle, and people are told.
    await ask(ada, 'skip');
    await until('a failure', () => bot.log().includes('track failed'), 20_000);
    for (const command of ['queue', 'nowplaying', 'history', 'voicestatus']) await ask(ada, command);
    const release = await lockFile(join(stage.dataDir, 'tenuto.sqlite'));
    await ask(ada, 'volume', { level: 50 });
    await plays(ada, link);
    await until('the alert', () => operator.taken().includes('not saved'), 20_000);
    await release();

    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(bot.log()) ?? [];
    const metrics = await (await fetch(url)).text();
    bot.child.kill('SIGUSR2');
    await bot.ended;
    const postgres = `postgres://tenuto:${secrets['password of a database']}@127.0.0.1:1/tenuto`;
    const withoutDatabase = { ...env, STORE_URL: postgres };
    const elsewhere = await startBotProcess(withoutDatabase).then(() => 'it runs', String);
    const checkUps = await Promise.all([doctor(env), doctor(withoutDatabase)]);
    const proxy = /https?_proxy=http:\/\/[^:]+:([^@]+)@/i.exec(await between.environment())?.[1] ?? '';
    expect(proxy.length).toBeGreaterThan(10);

    const told = {
      log: bot.log(),
      'log of a bot without a database': elsewhere,
      'what Discord was told': discord.said(),
      'what people see': JSON.stringify(ada.sees()),
      metrics,
      doctor: checkUps.join('\n'),
      'what the operator is told': operator.taken(),
      'what yt-dlp was given': await between.environment(),
    };
    const all = { ...secrets, 'password of our proxy': proxy };
    const leaked = Object.entries(told).flatMap(([where, text]) =>
      leaks(all, text)
        .filter(({ secret }) => !(where === 'what yt-dlp was given' && secret === 'password of our proxy'))
        .map((leak) => ({ where, ...leak })),
    );
    expect(leaked).toEqual([]);
    // The run was what it should be: it failed in these ways, and said so.
    expect(elsewhere).toContain('cannot start');
    expect(FAILURES.filter((words) => !told.log.includes(words))).toEqual([]);

    // Queues keep the links that were asked for, and the extraction cache where bytes are and the cookie that goes with them;
    // nothing else has any business on the disk.
    const onDisk = new Set([
      'query of a link',
      'query of a link that is refused',
      'query of what yt-dlp found',
      'cookie',
    ]);
    const others = Object.fromEntries(Object.entries(all).filter(([name]) => !onDisk.has(name)));
    const files = (await readdir(stage.dataDir)).filter((name) => name.startsWith('tenuto.sqlite'));
    const disk = await Promise.all(files.map((name) => readFile(join(stage.dataDir, name), 'latin1')));
    expect(leaks(others, disk.join('\n'))).toEqual([]);
  },
  LONGEST_MS,
);
