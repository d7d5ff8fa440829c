import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { COMMANDS } from './commands/index.ts';
import { ConfigError, type Config } from './config.ts';
import { Announcer } from './discord/announcer.ts';
import { Audience } from './discord/audience.ts';
import { createClient, logIn } from './discord/client.ts';
import { ClientVoiceGateway } from './discord/client-voice-gateway.ts';
import { registerCommands } from './discord/register.ts';
import { Router } from './discord/router.ts';
import { VoiceEventHandlers } from './discord/voice-events.ts';
import { Subprocesses } from './lib/subprocess.ts';
import type { Check } from './doctor/check.ts';
import { CHECKS } from './doctor/checks.ts';
import { runDoctor } from './doctor/run-doctor.ts';
import { DiscordDisplay } from './now-playing/discord-display.ts';
import { NowPlaying } from './now-playing/now-playing.ts';
import { openAudio } from './player/audio-pipeline.ts';
import { PlayerManager } from './player/player-manager.ts';
import { AdvancedQueueManager } from './queue/advanced-queue-manager.ts';
import { createSources } from './sources/index.ts';
import { ytDlpCandidates } from './sources/yt-dlp.ts';
import { openStore } from './storage/index.ts';
import { VoiceConnectionManager } from './voice/voice-connection-manager.ts';

/** How old a position may be after a crash; all guilds together cost one write in that time. */
const POSITION_EVERY_MS = 500;

/** A whole bot. */
export interface App {
  /** Logs in and goes on where the last process stopped. Rejects when it cannot work at all. */
  start(): Promise<void>;
  /** Everything saved, voice left, children ended. Also right after a start that failed. */
  stop(): Promise<void>;
}

/** Closes what was opened, the last first; one that fails keeps no other from being closed. */
class Closers {
  readonly #log: Logger;
  readonly #closers: { readonly name: string; readonly close: () => unknown }[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  add(name: string, close: () => unknown): void {
    this.#closers.push({ name, close });
  }

  async close(): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        this.#log.warn({ error, name }, 'not closed cleanly');
      }
    }
  }
}

/** Runs the doctor's checks of one severity and tells what is not well. Rejects when something required is missing. */
async function examine(
  severity: Check['severity'],
  config: Config,
  log: Logger,
  subprocesses: Subprocesses,
): Promise<void> {
  const given = { ...config, ytDlpPaths: ytDlpCandidates(config.ytDlpPath, config.dataDir), problems: [] };
  const checks = CHECKS.filter((check) => check.severity === severity);
  const { canStart, rows } = await runDoctor(given, { subprocesses, now: Date.now() }, checks);
  const ill = rows.filter(({ verdict }) => verdict !== 'ok');
  for (const { name, verdict, found, advice } of ill) log.warn({ name, verdict, found, advice }, 'doctor');
  const missing = ill.filter(({ verdict }) => verdict === 'fail');
  if (!canStart) throw new ConfigError(missing.map(({ name, found, advice }) => `${name}: ${found} (${advice})`));
}

/** The one place that says `new`. `environment` is what children get their harmless part of. */
export function createApp(config: Config, log: Logger, environment: Readonly<Record<string, string | undefined>>): App {
  const closers = new Closers(log);
  const life = new AbortController();

  async function start(): Promise<void> {
    await mkdir(config.dataDir, { recursive: true });
    const store = await openStore(`sqlite:${join(config.dataDir, 'tenuto.sqlite')}`, (line) => log.error(line));
    closers.add('store', () => store.close());
    const subprocesses = new Subprocesses(environment);
    closers.add('children', () => subprocesses.closeAll());

    const queues = new AdvancedQueueManager({
      store,
      maxTracks: config.queueLimit,
      defaultVolume: config.defaultVolume,
      positionEveryMs: POSITION_EVERY_MS,
    });
    queues.on('problem', (what, error) => log.error({ error, what }, 'not saved yet'));
    queues.on('set-aside', ({ key, why }) => log.error({ key, why }, 'a record was not understood and is set aside'));
    await queues.load();
    closers.add('queues', () => queues.close());

    const client = createClient(config, log);
    closers.add('client', () => client.destroy());
    const sources = createSources({ ...config, store, subprocesses });
    const announcer = new Announcer(client.rest, log);
    const audience = new Audience(client);
    const voice = new VoiceConnectionManager({
      gateway: new ClientVoiceGateway(client),
      options: { joinDeadlineMs: config.voiceJoinDeadlineMs },
      store,
      log: log.child({ part: 'voice' }),
    });
    closers.add('voice', () => voice.close());
    const players = new PlayerManager({
      queues,
      voice,
      audience,
      locate: (track, signal) => sources.locate(track, signal),
      open: (media, track, options) =>
        openAudio(media, { ...options, ...config, durationMs: track.durationMs, http: sources.http, subprocesses }),
      forget: (track) => sources.forget(track),
      announce: (guildId, channelId, line) => announcer.announce(guildId, channelId, line),
      limits: config,
      log: log.child({ part: 'player' }),
    });
    closers.add('players', () => players.close());
    const displays = new NowPlaying({
      channel: new DiscordDisplay(client.rest),
      players,
      voice,
      store,
      textChannelId: (guildId) => queues.session(guildId).textChannelId,
      refreshMs: config.nowPlayingRefreshMs,
      log: log.child({ part: 'now-playing' }),
    });
    closers.add('displays', () => displays.close());

    players.on('change', (guildId) => displays.changed(guildId));
    voice.on('change', (guildId) => {
      displays.changed(guildId);
      players.voiceChanged(guildId);
    });
    voice.on('incident', (guildId, incident) => players.incident(guildId, incident));
    voice.on('kicked', (guildId) => players.kicked(guildId));
    voice.on('moved', (guildId, channelId) => players.movedTo(guildId, channelId));
    const events = new VoiceEventHandlers(client, {
      onOwnVoiceState: (guildId, channelId) => voice.ownVoiceState(guildId, channelId),
      onListeners: (guildId, channelId, listeners) => players.listenersChanged(guildId, channelId, listeners),
      onSilenced: () => undefined,
      onGuildAvailable: () => undefined,
      onGatewayLost: () => voice.mainGateway('lost'),
      onGatewayReady: () => voice.mainGateway('ready'),
    });
    closers.add('voice events', () => events.close());

    const ready = Promise.withResolvers<void>();
    const services = { players, sources, voice, displays };
    const router = new Router({ services, log: log.child({ part: 'router' }), ready: ready.promise });
    router.attach(client);
    closers.add('router', () => router.close());

    await Promise.all([examine('required', config, log, subprocesses), logIn(client, config.token)]);
    life.signal.throwIfAborted();
    ready.resolve();
    // Beside each other: a slow registration, or a guild that is still away, keeps no other guild's music waiting.
    void players.restore().then(() => log.info('restored'));
    const { rest, user, application } = client;
    const applicationId = application?.id ?? user?.id ?? '';
    await registerCommands(COMMANDS, { rest, applicationId, guildIds: config.guildIds, store, log });
    log.info({ guilds: client.guilds.cache.size }, 'ready');
    void Promise.all([sources.warmUp(), examine('degraded', config, log, subprocesses)]);
  }

  return {
    start,
    async stop() {
      life.abort(new Error('stopped while starting'));
      await closers.close();
    },
  };
}
