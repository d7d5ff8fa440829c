import { expect, it } from 'vitest';
import { createLogger } from '../../src/telemetry/logger.ts';
import { scrubOf } from '../../src/telemetry/scrub.ts';

const BOT_TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.AbCdEf.CANARYcdefghijklmnopqrstuvwxyz0';

function capture(level: 'info' | 'debug' = 'info') {
  const lines: string[] = [];
  const log = createLogger({ level, destination: { write: (line) => void lines.push(line) } });
  return { log, lines, records: () => lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}

it('writes one JSON object a line, with the fields and the message as given', () => {
  const { log, records } = capture();
  log.child({ guildId: '1' }).info({ attempt: 2, delayMs: 500 }, 'voice rejoin scheduled');
  log.debug('not at this level');
  expect(records()).toHaveLength(1);
  expect(records()[0]).toMatchObject({
    level: 30,
    guildId: '1',
    attempt: 2,
    delayMs: 500,
    msg: 'voice rejoin scheduled',
  });
});

it('names the process, and not the machine', () => {
  const { log, records } = capture();
  log.info('x');
  expect(Object.keys(records()[0] ?? {})).toEqual(['level', 'time', 'pid', 'msg']);
});

const voiceIdentify = {
  op: 0,
  d: { server_id: '1', session_id: 'CANARY', token: 'CANARY', nested: { secret_key: [67, 65, 78] } },
};
const mediaUrl = 'https://r4.googlevideo.com/videoplayback?ip=CANARY&sig=CANARY#CANARY';

it.each<[string, unknown, string]>([
  ['a bot token in a field', { anything: `x ${BOT_TOKEN} y` }, 'x'],
  ['a bot token in a message', {}, `logged in with ${BOT_TOKEN}`],
  ['an authorization header', { headers: { Authorization: 'Bot CANARYCANARYCANARY' } }, 'x'],
  ['an authorization header in a text', {}, 'sent Authorization: Bot CANARYCANARYCANARY'],
  ['voice keys', { payload: voiceIdentify }, 'x'],
  ['voice keys in JSON that became text', { line: `>> ${JSON.stringify(voiceIdentify)}` }, 'x'],
  ['voice keys in a message', {}, `>> ${JSON.stringify(voiceIdentify)}`],
  ['a token with quotes and brackets in it', { token: 'a"]CANARY' }, 'x'],
  ['the query of a URL', { url: mediaUrl }, 'x'],
  ['the query of a URL in a list', { urls: [[mediaUrl]] }, `opening ${mediaUrl} now`],
  ['the password of a proxy', { proxy: 'http://user:CANARY@proxy.example:3128/' }, 'x'],
  ['the password of a database', { url: 'postgres://tenuto:CA@NARY:CANARY@db.example/tenuto' }, 'x'],
  ['an interaction token', { url: 'https://discord.com/api/v10/webhooks/123/CANARY/messages/@original' }, 'x'],
  ['a cookie', { headers: { Cookie: 'SID=CANARY; x=CANARY' } }, 'x'],
  ['a cookie in a text', {}, 'sent Cookie: SID=CANARY; x=CANARY'],
  ['a line of a cookie file', {}, '.example.com\tTRUE\t/\tTRUE\t0\tSID\tCANARY'],
  ['a command line', { argv: ['yt-dlp', '--cookies', 'CANARY', '--proxy=[CANARY]'], args: ['CANARY'] }, 'x'],
])('does not write %s', (_what, fields, message) => {
  const { log, lines, records } = capture();
  log.info(fields, message);
  expect(lines.join('')).not.toContain('CANARY');
  expect(lines.join('')).not.toContain('67,65,78');
  expect(lines.join('')).toContain('[redacted]');
  expect(records()).toHaveLength(1);
});

it('does not write what is bound to a child either', () => {
  const { log, lines } = capture();
  log.child({ url: mediaUrl, token: 'CANARY' }).info('x');
  expect(lines.join('')).toContain('https://r4.googlevideo.com/videoplayback?[redacted]');
  expect(lines.join('')).not.toContain('CANARY');
});

it('keeps what is no secret', () => {
  const { log, records } = capture();
  const fields = {
    url: 'https://example.com/watch/42',
    tokens: 3,
    command: '/play',
    title: 'What? A #1 song: "tokens" [live]',
    code: 4006,
  };
  log.info(fields, 'is it? yes');
  expect(records()[0]).toMatchObject({ ...fields, msg: 'is it? yes' });
});

it('writes an error with its stack, code and causes, and nothing else that hangs on it', () => {
  const { log, lines, records } = capture();
  const cause = Object.assign(new Error(`GET ${mediaUrl} failed`), { code: 'ECONNRESET', requestBody: 'CANARY' });
  log.error({ error: new TypeError('could not play', { cause }) }, 'track failed');
  expect(records()[0]?.error).toMatchObject({
    type: 'TypeError',
    message: 'could not play',
    stack: expect.stringContaining('logger.test.ts'),
    cause: {
      type: 'Error',
      code: 'ECONNRESET',
      message: 'GET https://r4.googlevideo.com/videoplayback?[redacted] failed',
    },
  });
  expect(lines.join('')).not.toContain('CANARY');
});

it.each([
  'The command spawned as:\n\n  `yt-dlp --cookies CANARY `CANARY` https://example.com`\n\nexited with:\n\n  `{ code: 1 }`',
  'Command failed: yt-dlp --cookies CANARY "CANARY"\nERROR: no such video',
])('keeps the command line out of the error of a child process: %j', (message) => {
  const { log, lines, records } = capture();
  log.warn({ error: new Error(message) }, 'extraction failed');
  expect(lines.join('')).not.toContain('CANARY');
  expect(records()[0]?.error).toMatchObject({ message: expect.stringMatching(/code: 1|no such video/) });
});

it('ends a circle of causes', () => {
  const { log, records } = capture();
  const error = new Error('round');
  error.cause = error;
  log.error({ error }, 'x');
  expect(records()).toHaveLength(1);
});

const PASSWORD = 'pass/word%of"mine';
it.each([
  ['a part of a token', BOT_TOKEN, BOT_TOKEN.split('.').at(-1) ?? ''],
  ['the key of a webhook', 'https://discord.com/api/webhooks/1/CANARYcdefghijklmnop', 'CANARYcdefghijklmnop'],
  ['the password of a database', `postgres://me:${encodeURIComponent(PASSWORD)}@db.example/tenuto`, PASSWORD],
])('knows %s where nothing else tells that it is one, in every spelling', (_what, setting, secret) => {
  const scrub = scrubOf([setting]);
  const spellings = [secret, JSON.stringify({ x: secret }), encodeURIComponent(secret), btoa(secret)];
  for (const spelling of spellings) {
    expect(scrub(`before ${spelling} behind`)).toMatch(/^before .*\[redacted\].* behind$/);
    expect(scrub(`before ${spelling} behind`)).not.toContain(secret.slice(0, 6));
  }
  expect(scrub('nothing of that sort in /webhooks and me')).toBe('nothing of that sort in /webhooks and me');
});
