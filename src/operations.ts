import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Subprocesses } from './lib/subprocess.ts';
import type { GuildPlayers } from './player/guild-players.ts';
import type { AdvancedQueueManager } from './queue/advanced-queue-manager.ts';
import type { AllSources } from './sources/index.ts';
import type { SiteTrouble } from './sources/site-breaker.ts';
import type { EnduringStore } from './storage/enduring-store.ts';
import { Alerts } from './telemetry/alerts.ts';
import { MetricsServer } from './telemetry/metrics-server.ts';
import { Metrics, type Readings } from './telemetry/metrics.ts';
import type { VoiceObserver } from './telemetry/voice-observer.ts';
import { Webhook } from './telemetry/webhook.ts';
import { LibraryFaults } from './voice/library-faults.ts';
import type { VoiceConnectionManager } from './voice/voice-connection-manager.ts';

/** The parts of a bot that operators look at. */
export interface Operated {
  readonly voice: VoiceConnectionManager;
  readonly players: GuildPlayers;
  readonly queues: AdvancedQueueManager;
  readonly subprocesses: Subprocesses;
  readonly sources: Pick<AllSources, 'cacheCounts'>;
  readonly store: Pick<EnduringStore, 'saving' | 'unsaved' | 'failures' | 'on'>;
}

/** What operators have of a bot: metrics, alerts, and a process that outlives faults of the voice library. */
export interface Operations {
  /** Whether the process can go on after an exception that nothing caught; when it can, voice is being made anew. */
  survives(error: unknown): boolean;
  /** Tells what an operator can do about a site. */
  siteTrouble(trouble: SiteTrouble): void;
  close(): void;
}

/** Looks after a bot from now on. Never rejects. */
export async function operate(config: Config, log: Logger, bot: Operated): Promise<Operations> {
  const { voice, store } = bot;
  const { alertWebhookUrl, alertSessionInvalidLimit: sessionInvalid, metricsPort } = config;
  const webhook = alertWebhookUrl && new Webhook(alertWebhookUrl, log);
  const post = webhook && ((line: string) => webhook.say(line));
  const unsaved = () => (store.saving.status === 'unsaved' ? store.saving.cause : null);
  const alerts = new Alerts({ limits: { sessionInvalid }, outage: () => voice.outage, unsaved, post, log });
  store.on('change', () => alerts.look());
  const metrics = metricsPort === null ? null : new Metrics(() => readingsOf(bot));
  const server = metrics && new MetricsServer(metrics, log);
  const observers: readonly VoiceObserver[] = metrics ? [alerts, metrics] : [alerts];

  voice.on('closed', (_guildId, close) => {
    for (const observer of observers) observer.closed(close);
  });
  voice.on('incident', (_guildId, { name, result, at, endedAt }) => {
    if (endedAt === null) return;
    for (const observer of observers) observer.settled({ cause: name, outcome: result, ms: endedAt - at });
  });
  const faults = new LibraryFaults({
    rebuild: (guildId) => voice.libraryFault(guildId),
    survived() {
      for (const observer of observers) observer.survived();
    },
    log,
  });
  if (metricsPort !== null) await server?.listen(metricsPort);
  return {
    survives: (error) => faults.survives(error),
    siteTrouble({ site, class: failure, hint }) {
      log.error({ alert: 'site-trouble', site, class: failure, hint }, 'a site gives trouble');
      post?.(`Tenuto: ${site} (${failure}): ${hint}`);
    },
    close() {
      server?.close();
      alerts.close();
      webhook?.close();
    },
  };
}

function readingsOf({ voice, players, queues, subprocesses, sources, store }: Operated): Readings {
  const playbacks = queues.guilds().map((guildId) => players.playback(guildId));
  return {
    voices: voice.reports(),
    outage: voice.outage,
    sends: voice.sent,
    playing: playbacks.filter(({ status }) => status === 'playing').length,
    tracks: playbacks.reduce((sum, { queue }) => sum + queue.upcoming.length + (queue.current === null ? 0 : 1), 0),
    children: subprocesses.living.length,
    unsaved: store.unsaved,
    writeFailures: store.failures,
    extractCache: { ...sources.cacheCounts },
  };
}
