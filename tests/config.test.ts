import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../src/config.ts';
import { voiceOptionsOf } from '../src/voice-settings.ts';
import { DEFAULT_VOICE_OPTIONS } from '../src/voice/voice-options.ts';

const TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.AbCdEf.abcdefghijklmnopqrstuvwxyz0';

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('needs only the token', () => {
    expect(parseConfig({ DISCORD_TOKEN: TOKEN })).toEqual({
      token: TOKEN,
      apiUrl: 'https://discord.com/api',
      guildIds: [],
      dataDir: 'data',
      storeUrl: `sqlite:${join('data', 'tenuto.sqlite')}`,
      musicDir: join('data', 'music'),
      audioCacheMb: 0,
      ytDlpPath: null,
      ffmpegPath: 'ffmpeg',
      allowPrivateHosts: [],
      extractors: ['music'],
      extractionsAtOnce: 2,
      extractionsPerMinute: 5,
      extractionsPerMinutePerUser: 8,
      otherClients: ['tv', 'web_embedded'],
      lyricsUrl: new URL('https://lrclib.net'),
      sponsorblockUrl: null,
      logLevel: 'info',
      queueLimit: 10_000,
      queueLimitPerUser: 10_000,
      playlistLimit: 500,
      defaultVolume: 100,
      nowPlayingRefreshMs: 10_000,
      aloneLeaveAfterMs: 300_000,
      queueEndLeaveAfterMs: 300_000,
      restoreWaitMs: 21_600_000,
      voiceJoinDeadlineMs: 15_000,
      voiceReconnectAttempts: 5,
      voiceBackoffBaseMs: 1_000,
      voiceBackoffCapMs: 300_000,
      voiceBackoffJitterPercent: 30,
      voiceCooldownsS: [30, 120, 300],
      voiceStableAfterMs: 600_000,
      voiceEvidenceMs: 5_000,
      rejoinWhenKicked: false,
      voiceChannelStatus: true,
      requestChannels: false,
      djRole: 'DJ',
      metricsPort: null,
      alertWebhookUrl: null,
      alertSessionInvalidLimit: 5,
    });
  });

  it('reads what is set', () => {
    const config = parseConfig({
      DISCORD_TOKEN: ` ${TOKEN} `,
      DISCORD_API_URL: 'http://127.0.0.1:8080/api/',
      DISCORD_GUILD_IDS: '81384788765712384, 613425648685547541,',
      DATA_DIR: '/var/lib/tenuto',
      STORE_URL: 'postgres://tenuto:secret@db.example:5432/tenuto?sslmode=verify-full',
      ALLOW_PRIVATE_HOSTS: 'nas.local, 192.168.1.20',
      QUEUE_LIMIT: '20',
      DEFAULT_VOLUME: '0',
      VOICE_COOLDOWNS_S: '10, 20',
      REJOIN_WHEN_KICKED: 'true',
      VOICE_CHANNEL_STATUS: 'false',
      REQUEST_CHANNELS: 'true',
      METRICS_PORT: '9464',
      ALERT_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/secret',
    });
    expect(config).toMatchObject({
      token: TOKEN,
      apiUrl: 'http://127.0.0.1:8080/api',
      guildIds: ['81384788765712384', '613425648685547541'],
      dataDir: '/var/lib/tenuto',
      storeUrl: 'postgres://tenuto:secret@db.example:5432/tenuto?sslmode=verify-full',
      musicDir: join('/var/lib/tenuto', 'music'),
      allowPrivateHosts: ['nas.local', '192.168.1.20'],
      queueLimit: 20,
      defaultVolume: 0,
      voiceCooldownsS: [10, 20],
      rejoinWhenKicked: true,
      voiceChannelStatus: false,
      requestChannels: true,
      metricsPort: 9464,
      alertWebhookUrl: new URL('https://discord.com/api/webhooks/1/secret'),
    });
  });

  it('takes an empty variable for an unset one', () => {
    const config = parseConfig({ DISCORD_TOKEN: TOKEN, DATA_DIR: '', QUEUE_LIMIT: '  ', DISCORD_GUILD_IDS: '' });
    expect(config).toMatchObject({ dataDir: 'data', queueLimit: 10_000, guildIds: [] });
    expect(problemsOf({ DISCORD_TOKEN: '' })).toHaveLength(1);
  });

  it('tells all problems at once, each in a line with the variable and an example', () => {
    const problems = problemsOf({
      DISCORD_API_URL: 'ftp://discord.com',
      DISCORD_GUILD_IDS: 'my server',
      LOG_LEVEL: 'loud',
      QUEUE_LIMIT: 'many',
      DEFAULT_VOLUME: '201',
      NOW_PLAYING_REFRESH_MS: '1.5',
      VOICE_COOLDOWNS_S: '30,never',
      REJOIN_WHEN_KICKED: 'perhaps',
      METRICS_PORT: '65536',
      ALERT_WEBHOOK_URL: 'http://example.com/',
    });
    expect(problems.map((line) => line.split(' ')[0])).toEqual([
      'DISCORD_TOKEN',
      'DISCORD_API_URL',
      'DISCORD_GUILD_IDS',
      'LOG_LEVEL',
      'QUEUE_LIMIT',
      'DEFAULT_VOLUME',
      'NOW_PLAYING_REFRESH_MS',
      'VOICE_COOLDOWNS_S',
      'REJOIN_WHEN_KICKED',
      'METRICS_PORT',
      'ALERT_WEBHOOK_URL',
    ]);
    expect(problems[4]).toBe('QUEUE_LIMIT must be a whole number from 1 to 100000. Example: QUEUE_LIMIT=10000');
    for (const line of problems) expect(line).toMatch(/^[A-Z_]+ .+\. Example: [A-Z_]+=\S+$/);
  });

  it.each(['abc', 'MTIzNDU2Nzg5MDEyMzQ1Njc4', `Bot ${TOKEN}`, `${TOKEN}.more`, 'a.b.c'])(
    'refuses "%s" as a token, and does not repeat it',
    (token) => {
      const [problem = ''] = problemsOf({ DISCORD_TOKEN: token });
      expect(problem).toContain('three parts');
      expect(problem.split('Example')[0]).not.toContain(token);
    },
  );

  it.each([
    ['https://example.com/hook', '', true],
    ['http://example.com/hook', '', false],
    ['http://127.0.0.1:8080/hook', '127.0.0.1', true],
    ['http://127.0.0.1:8080/hook', '127.0.0.1:8080', true],
    ['http://127.0.0.1:8080/hook', '127.0.0.1:80', false],
    ['https://me:secret@example.com/hook', '', false],
    ['file:///etc/passwd', '', false],
  ])('%s for alerts, with "%s" as private hosts: %s', (url, hosts, fine) => {
    const problems = problemsOf({ DISCORD_TOKEN: TOKEN, ALERT_WEBHOOK_URL: url, ALLOW_PRIVATE_HOSTS: hosts });
    expect(problems).toHaveLength(fine ? 0 : 1);
    expect(problems.join('')).not.toContain('secret@');
  });

  it.each([
    ['sqlite:/var/lib/tenuto.sqlite', true],
    ['postgresql://tenuto@db.example/tenuto', true],
    ['postgres://tenuto:p%2Fw@[::1]:5433/tenuto', true],
    ['postgres:///tenuto?host=/run/postgresql', true],
    ['sqlite:', false],
    ['sqlite://data/tenuto.sqlite', false],
    ['sqlite::memory:', false],
    ['memory:', false],
    ['tenuto.sqlite', false],
    ['mysql://tenuto:CANARY@db.example/tenuto', false],
    ['postgres://tenuto:CANARY@db.example', false],
    ['postgres://tenuto:CANARY@/tenuto', false],
    ['postgres://tenuto:CA/NARY@db.example/tenuto', false],
  ])('%s as a store: %s', (url, fine) => {
    const problems = problemsOf({ DISCORD_TOKEN: TOKEN, STORE_URL: url });
    expect(problems).toHaveLength(fine ? 0 : 1);
    expect(problems.join('')).not.toMatch(/CANARY|NARY/);
  });

  it.each(['', ' , ', '0', '30,3601', '1.5'])('does not take "%s" for cool-downs', (text) => {
    const problems = problemsOf({ DISCORD_TOKEN: TOKEN, VOICE_COOLDOWNS_S: text });
    expect(problems).toHaveLength(text === '' ? 0 : 1);
  });
});

describe('how voice behaves', () => {
  it('is as the policy says when nothing is set', () => {
    const { policy, evidenceMs } = DEFAULT_VOICE_OPTIONS;
    expect(voiceOptionsOf(parseConfig({ DISCORD_TOKEN: TOKEN }))).toMatchObject({ policy, evidenceMs });
  });

  it('is as it was set, but never more than Discord bears', () => {
    const config = parseConfig({
      DISCORD_TOKEN: TOKEN,
      VOICE_JOIN_DEADLINE_MS: '2000',
      VOICE_RECONNECT_ATTEMPTS: '3',
      VOICE_BACKOFF_BASE_MS: '200',
      VOICE_BACKOFF_CAP_MS: '4000',
      VOICE_BACKOFF_JITTER_PERCENT: '10',
      VOICE_COOLDOWNS_S: '5',
      VOICE_STABLE_AFTER_MS: '60000',
      VOICE_EVIDENCE_MS: '1000',
    });
    expect(voiceOptionsOf(config)).toEqual({
      joinDeadlineMs: 2_000,
      evidenceMs: 1_000,
      policy: {
        ...DEFAULT_VOICE_OPTIONS.policy,
        attempts: 3,
        baseDelayMs: 200,
        capMs: 4_000,
        jitter: 0.1,
        cooldownsMs: [5_000],
        stableAfterMs: 60_000,
        sendsPerMinute: 5,
      },
    });
  });
});
