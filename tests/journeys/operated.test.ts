import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../loopback/until.ts';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { ask, setStage } from './stage.ts';

type Line = Readonly<Record<string, unknown>>;

it('tells operators in log and metrics what happened to voice', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild } = loopback;
  const song = await stage.song('song.webm');
  const bot = await stage.startBot({ METRICS_PORT: '0' });
  const ada = loopback.user('ada');
  const ears = loopback.ears('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await ears.waitFor(100, 20_000);
  loopback.faults.throw('close-voice', { guildId: guild.id, code: 4006 });
  const before = ears.packets.length;
  await ears.waitFor((packets) => packets.length > before + 50, 20_000);

  const all = bot.log().split('\n');
  const lines = all.filter((line) => line !== '').map((line): Line => JSON.parse(line));
  const voice = lines.filter(({ part }) => part === 'voice');
  expect(voice.filter(({ guild_id }) => guild_id !== guild.id)).toEqual([]);

  const states = voice.filter(({ msg }) => msg === 'voice state');
  expect(states.map(({ state }) => state)).toEqual(['joining', 'ready', 'recovering', 'joining', 'ready']);
  const channel_id = [...guild.channels.values()].find(({ name }) => name === 'Lounge')?.id;
  expect(states).toEqual(states.map(() => expect.objectContaining({ channel_id })));
  expect(states[2]).toMatchObject({ attempt: 1, from: 'ready' });

  const closed = voice.find(({ msg }) => msg === 'voice closed');
  expect(closed).toMatchObject({ close_code: 4006, channel_id, state: 'ready' });
  const over = voice.find(({ msg }) => msg === 'voice incident over');
  expect(over).toMatchObject({ incident_id: expect.stringMatching(/^[\da-f]{8}$/), attempt: 1, result: 'rejoined' });
  const mended = states.slice(2).map(({ incident_id }) => incident_id);
  expect(mended).toEqual(mended.map(() => over?.['incident_id']));

  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(bot.log()) ?? [];
  const metrics = (await (await fetch(url)).text()).split('\n');
  expect(metrics).toEqual(
    expect.arrayContaining([
      'voice_disconnect_total{code="4006"} 1',
      'voice_reconnect_total{cause="session no longer valid",outcome="rejoined"} 1',
      'voice_recovery_seconds_count 1',
      'voice_state{state="ready"} 1',
      'voice_op4_sent_total 2',
      'players_playing 1',
      'queue_tracks 1',
    ]),
  );
  expect(metrics.join('\n')).not.toContain(guild.id);
});

it('posts an alert when a connection is given up, without a word about where', async () => {
  const posts: string[] = [];
  const webhook = createServer((request, response) => {
    void request.toArray().then((chunks) => posts.push(Buffer.concat(chunks).toString()));
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  onTestFinished(() => void webhook.close());
  const { port } = webhook.address() as AddressInfo;
  const stage = await setStage();
  const { loopback } = stage;
  const bot = await stage.startBot({ ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/webhooks/1/CANARY` });
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: (await stage.song('song.webm')).url });
  await loopback.ears('ada').waitFor(50, 20_000);
  loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4012 });

  await until('the alert', () => posts.length > 0, 10_000);
  expect(posts.map((body): unknown => JSON.parse(body))).toEqual([
    { content: 'Tenuto: gave up a voice connection', allowed_mentions: { parse: [] } },
  ]);
  expect(bot.log()).toMatch(/"level":50,.*"alert":"gave-up"/);
  expect(bot.log()).not.toContain('CANARY');
});

it('tells operators once what can be done about a site that turns the bot away', async () => {
  const posts: string[] = [];
  const webhook = createServer((request, response) => {
    void request.toArray().then((chunks) => posts.push(Buffer.concat(chunks).toString()));
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  onTestFinished(() => void webhook.close());
  const { port } = webhook.address() as AddressInfo;
  const stage = await setStage();
  const stderr = 'ERROR: [x] x: Sign in to confirm you’re not a bot';
  const fake = await fakeYtDlp(stage.dataDir, { stdout: 'null', stderr, code: 1 });
  const bot = await stage.startBot({
    ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/webhooks/1/CANARY`,
    YTDLP_PATH: fake.path,
  });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  for (let time = 0; time < 2; time += 1) {
    const answer = await ask(ada, 'play', { query: stage.media.urlOf('page.html') });
    expect(answer.content).toContain('it takes this server for a robot');
  }

  await until('the alert', () => posts.length > 0, 10_000);
  expect(await fake.calls()).toHaveLength(1);
  expect(posts).toEqual([expect.stringContaining('127.0.0.1 (bot-check): the site wants a sign-in')]);
  expect(bot.log()).toMatch(/"level":50,.*"alert":"site-trouble"/);
});
