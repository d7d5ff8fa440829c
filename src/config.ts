import { join } from 'node:path';
import { z } from 'zod';
import { flag, list, service, setting, whole, wholeNumber, type Setting } from './lib/setting.ts';

const COOLDOWNS = 'must be whole seconds from 1 to 3600 with commas between them';
const EXTRACTORS = "must be music, all, or yt-dlp's names of sites with commas between them";
const CLIENTS = "must be none, or yt-dlp's names of YouTube's clients with commas between them";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Every setting, one row each: the variable that sets it, what it may be, what it is when left out. */
const SETTINGS = {
  /** The bot's token. Required. */
  token: setting(
    'DISCORD_TOKEN',
    z
      .string(
        'is missing: create a bot at https://discord.com/developers/applications, open "Bot" and press "Reset Token"',
      )
      .regex(
        /^[\w-]{10,}\.[\w-]{4,}\.[\w-]{10,}$/,
        'is not a bot token: a token has three parts with dots between them',
      ),
    'MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.AbCdEf.three-parts-with-dots-between-them-x1',
  ),
  /** Where Discord's REST API is, without its version. Default: Discord. */
  apiUrl: setting(
    'DISCORD_API_URL',
    z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .transform((url) => url.replace(/\/+$/, ''))
      .default('https://discord.com/api'),
    'https://discord.com/api',
  ),
  /** Guilds that get the commands at once, instead of all guilds. Default: all. */
  guildIds: setting(
    'DISCORD_GUILD_IDS',
    list.pipe(z.array(z.string().regex(/^\d{15,20}$/, 'must be ids of servers with commas between them'))).default([]),
    '81384788765712384,613425648685547541',
  ),
  /** The only folder that the bot writes to. Default: data. */
  dataDir: setting('DATA_DIR', z.string().default('data'), 'data'),
  /** Where queues and settings are kept. May hold a password. Default: a SQLite file in the data folder. */
  storeUrl: setting(
    'STORE_URL',
    z.string().refine(isStore, 'must be sqlite:path, or postgres://user:password@host:port/database').optional(),
    'postgres://tenuto:secret@127.0.0.1:5432/tenuto',
  ),
  /** The local music library. Default: music inside the data folder. */
  musicDir: setting('MUSIC_DIR', z.string().optional(), '/home/ada/Music'),
  /** Megabytes of audio of sites that are kept on the disk, in the data folder. Default: 0, none. */
  audioCacheMb: whole('AUDIO_CACHE_MB', 0, 0, 1_000_000),
  /** The yt-dlp to use. Default: the one that set-up brought, else the system's. */
  ytDlpPath: setting('YTDLP_PATH', z.string().nullable().default(null), '/usr/local/bin/yt-dlp'),
  /** The ffmpeg to use. Default: ffmpeg. */
  ffmpegPath: setting('FFMPEG_PATH', z.string().default('ffmpeg'), '/usr/bin/ffmpeg'),
  /** Hosts that may be opened although their addresses are private. Default: none. */
  allowPrivateHosts: setting('ALLOW_PRIVATE_HOSTS', list.default([]), 'nas.local,192.168.1.20'),
  /** What yt-dlp may read: names of its extractors, and the words `music` and `all`. Default: music. */
  extractors: setting(
    'EXTRACTORS',
    list.pipe(z.array(z.string().regex(/^[a-z\d][\w.:*]*$/i, EXTRACTORS)).min(1, EXTRACTORS)).default(['music']),
    'music,generic',
  ),
  /** Processes of yt-dlp that look something up, at once. Default: 2. */
  extractionsAtOnce: whole('EXTRACTIONS_AT_ONCE', 2, 1, 8),
  /** Look-ups of one site per minute, in the long run; six minutes' worth may come at once. Default: 5. */
  extractionsPerMinute: whole('EXTRACTIONS_PER_MINUTE', 5, 1, 120),
  /** Look-ups for one person per minute. Default: 8. */
  extractionsPerMinutePerUser: whole('EXTRACTIONS_PER_MINUTE_PER_USER', 8, 1, 120),
  /** The clients of YouTube's (yt-dlp's player_client) to ask as when it refuses the usual ones; `none`. Default: tv, web_embedded. */
  otherClients: setting(
    'YOUTUBE_OTHER_CLIENTS',
    list
      .pipe(z.array(z.string().regex(/^[a-z][a-z_]*$/, CLIENTS)).min(1, CLIENTS))
      .transform((names) => names.filter((name) => name !== 'none'))
      .default(['tv', 'web_embedded']),
    'tv,web_embedded',
  ),
  /** Where /lyrics asks, a service of LRCLIB's kind; `none`: nowhere. Default: LRCLIB. */
  lyricsUrl: service('LYRICS_URL', 'https://lrclib.net'),
  /** Who tells what is no music in a video, a service of SponsorBlock's kind; `none`: nobody. Default: none. */
  sponsorblockUrl: service('SPONSORBLOCK_URL', 'none', 'https://sponsor.ajay.app'),
  /** The least important log lines that are written. Default: info. */
  logLevel: setting('LOG_LEVEL', z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('info'), 'info'),
  /** Tracks in the queue of a guild, at most. Default: 10 000. */
  queueLimit: whole('QUEUE_LIMIT', 10_000, 1, 100_000),
  /** Tracks that one person may have in the queue of a guild, at most. Default: 10 000. */
  queueLimitPerUser: whole('QUEUE_LIMIT_PER_USER', 10_000, 1, 100_000),
  /** Tracks taken from one playlist, at most. Default: 500. */
  playlistLimit: whole('PLAYLIST_LIMIT', 500, 1, 5_000),
  /** Volume of a guild that never set one, percent. Default: 100. */
  defaultVolume: whole('DEFAULT_VOLUME', 100, 0, 200),
  /** Milliseconds between refreshes of the now-playing display; 5 edits in 5 s are what Discord lets through. Default: 10 s. */
  nowPlayingRefreshMs: whole('NOW_PLAYING_REFRESH_MS', 10 * SECOND, SECOND, 5 * MINUTE),
  /** Milliseconds alone in a channel before the bot leaves it. Default: 5 min. */
  aloneLeaveAfterMs: whole('ALONE_LEAVE_AFTER_MS', 5 * MINUTE, 0, 24 * HOUR),
  /** Milliseconds after the end of the queue before the bot leaves. Default: 5 min. */
  queueEndLeaveAfterMs: whole('QUEUE_END_LEAVE_AFTER_MS', 5 * MINUTE, 0, 24 * HOUR),
  /** Milliseconds after a start within which somebody must come to a channel that was empty then. Default: 6 h. */
  restoreWaitMs: whole('RESTORE_WAIT_MS', 6 * HOUR, 0, 7 * 24 * HOUR),
  /** Milliseconds that one attempt to join a voice channel may take. Default: 15 s. */
  voiceJoinDeadlineMs: whole('VOICE_JOIN_DEADLINE_MS', 15 * SECOND, SECOND, 2 * MINUTE),
  /** Tries to come back before a cool-down. Default: 5. */
  voiceReconnectAttempts: whole('VOICE_RECONNECT_ATTEMPTS', 5, 1, 20),
  /** Milliseconds before the second try; the first is made at once, each later one waits twice as long. Default: 1 s. */
  voiceBackoffBaseMs: whole('VOICE_BACKOFF_BASE_MS', SECOND, 10, 5 * MINUTE),
  /** Milliseconds between two tries, at most. Default: 5 min. */
  voiceBackoffCapMs: whole('VOICE_BACKOFF_CAP_MS', 5 * MINUTE, 10, HOUR),
  /** How far a wait may differ from these, percent, so that many guilds do not come back in the same moment. Default: 30. */
  voiceBackoffJitterPercent: whole('VOICE_BACKOFF_JITTER_PERCENT', 30, 0, 90),
  /** Seconds of one cool-down after the other; the last one repeats. Default: 30 s, 2 min, 5 min. */
  voiceCooldownsS: setting(
    'VOICE_COOLDOWNS_S',
    list.pipe(z.array(wholeNumber(1, 3_600, COOLDOWNS)).min(1, COOLDOWNS)).default([30, 120, 300]),
    '30,120,300',
  ),
  /** Milliseconds after which a connection that held makes earlier failures forgotten. Default: 10 min. */
  voiceStableAfterMs: whole('VOICE_STABLE_AFTER_MS', 10 * MINUTE, SECOND, 24 * HOUR),
  /** Milliseconds that Discord has to say what an ambiguous close (4014, 4022) meant. Default: 5 s. */
  voiceEvidenceMs: whole('VOICE_EVIDENCE_MS', 5 * SECOND, 100, MINUTE),
  /** Come back after a person has disconnected the bot. Default: false. */
  rejoinWhenKicked: flag('REJOIN_WHEN_KICKED', false),
  /** The current title below the name of the voice channel, where the bot may set that. Default: true. */
  voiceChannelStatus: flag('VOICE_CHANNEL_STATUS', true),
  /** Whether what people write can be read, for channels in which a link is enough. Default: false. */
  requestChannels: flag('REQUEST_CHANNELS', false),
  /** The role that may do what else only people with Manage Server may. Default: DJ. */
  djRole: setting('DJ_ROLE', z.string().default('DJ'), 'DJ'),
  /** The port of 127.0.0.1 on which metrics are served; 0: any free one. Default: none, nothing is served. */
  metricsPort: setting('METRICS_PORT', wholeNumber(0, 65_535).nullable().default(null), '9464'),
  /** Where alerts are posted, as to a webhook of Discord. Secret. Default: nowhere. */
  alertWebhookUrl: setting(
    'ALERT_WEBHOOK_URL',
    z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .transform((url) => new URL(url))
      .refine(({ username, password }) => username + password === '', 'must not have a user or password in it')
      .nullable()
      .default(null),
    'https://discord.com/api/webhooks/81384788765712384/secret',
  ),
  /** Voice sessions that may become invalid (4006) in five minutes before it is an alert. Default: 5. */
  alertSessionInvalidLimit: whole('ALERT_SESSION_INVALID_LIMIT', 5, 1, 1_000),
} satisfies Record<string, Setting>;

type Settings = { readonly [Name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Name]['schema']> };

/** All settings, checked. */
export type Config = Settings & { readonly musicDir: string; readonly storeUrl: string };

/** The variables that are read, in the order of `.env.example`. */
export const VARIABLES: readonly string[] = Object.values(SETTINGS).map(({ variable }) => variable);

/** The settings cannot be used: one plain line a problem, without the values, which may be secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The settings from an environment. An empty variable counts as unset. Throws one ConfigError with every problem. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { variable, schema, example }] of Object.entries<Setting>(SETTINGS)) {
    const result = schema.safeParse(environment[variable]?.trim() || undefined);
    if (result.success) values[name] = result.data;
    else problems.push(`${variable} ${result.error.issues[0]?.message}. Example: ${variable}=${example}`);
  }
  if (!isWebhookSafe(values)) {
    problems.push(
      `ALERT_WEBHOOK_URL must be an https URL, or its host one of ALLOW_PRIVATE_HOSTS. Example: ALERT_WEBHOOK_URL=${SETTINGS.alertWebhookUrl.example}`,
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  // Each value has just passed the schema of its row.
  const settings = values as unknown as Settings;
  const {
    dataDir,
    musicDir = join(dataDir, 'music'),
    storeUrl = `sqlite:${join(dataDir, 'tenuto.sqlite')}`,
  } = settings;
  return { ...settings, musicDir, storeUrl };
}

/** A password with / or # in it is no URL until those are written as %2F and %23, and then the host would be another one. */
function isStore(text: string): boolean {
  // Of sqlite://data/file most programs make data/file, and a path would be /data/file; :memory: would keep nothing.
  if (text.startsWith('sqlite:')) return /^sqlite:(?!\/\/|:)./.test(text);
  const url = URL.parse(text);
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:') return false;
  return (url.hostname !== '' || url.searchParams.has('host')) && url.pathname.length > 1;
}

/** Alerts leave this machine encrypted, except to a host that the operator named. */
function isWebhookSafe({ alertWebhookUrl: url, allowPrivateHosts: hosts = [] }: Partial<Settings>): boolean {
  return url?.protocol !== 'http:' || hosts.some((host) => [url.host, url.hostname].includes(host.toLowerCase()));
}
