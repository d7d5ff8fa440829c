import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { RECOVERED, type Closing, type Settlement, type VoiceObserver } from './voice-observer.ts';

/** One guild's voice, as far as it is counted. */
export interface VoiceReading {
  readonly state: { readonly status: string };
  readonly verdict: string;
  /** Round trip of the last voice heartbeat in milliseconds; null before the first. */
  readonly pingMs: number | null;
  readonly framesSent: number;
  readonly joins: number;
  readonly attempts: { readonly made: number };
}

/** What is read at the moment when somebody asks for the metrics. */
export interface Readings {
  readonly voices: readonly VoiceReading[];
  /** True while voice fails everywhere. */
  readonly outage: boolean;
  /** Op 4 sent so far. */
  readonly sends: number;
  /** Guilds in which a track is heard now. */
  readonly playing: number;
  /** Tracks in all queues, those that play included. */
  readonly tracks: number;
  /** Child processes that live. */
  readonly children: number;
  /** Values and deletions that are not on the disk. */
  readonly unsaved: number;
  /** Writes that failed so far, those tried again included. */
  readonly writeFailures: number;
  /** How often it was known where the bytes of a track are, by result. */
  readonly extractCache: Readonly<Record<string, number>>;
}

const QUANTILES = [0.5, 0.95, 1];
const RECOVERY_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** What is counted, in a registry of its own. A guild is never a label: there are too many, and it is nobody's business. */
export class Metrics implements VoiceObserver {
  readonly #look: () => Readings;
  readonly #registry = new Registry();
  readonly #statuses = new Set<string>();
  readonly #verdicts = new Set<string>();

  readonly #disconnects = this.#counter('voice_disconnect_total', 'Voice sockets closed, by close code.', ['code']);
  readonly #reconnects = this.#counter('voice_reconnect_total', 'Voice incidents that ended, by cause and outcome.', [
    'cause',
    'outcome',
  ]);
  readonly #survivals = this.#counter('voice_library_faults_total', 'Uncaught faults of the voice library survived.');
  readonly #frames = this.#counter('voice_frames_sent_total', 'Frames of 20 ms handed to the network.');
  readonly #sends = this.#counter('voice_op4_sent_total', 'Voice state updates (op 4) sent to the main gateway.');
  readonly #joins = this.#counter('voice_joins_total', 'Voice sessions asked for.');
  readonly #attempts = this.#gauge(
    'voice_reconnect_attempts_current',
    'Tries since voice was last stable, all guilds.',
  );
  readonly #latency = this.#gauge('voice_latency_ms', 'Round trip of voice heartbeats over all guilds.', ['quantile']);
  readonly #states = this.#gauge('voice_state', 'Guilds by the state of their voice.', ['state']);
  readonly #judged = this.#gauge('voice_verdict', 'Guilds that are connected, by what the monitor makes of them.', [
    'verdict',
  ]);
  readonly #outage = this.#gauge('voice_outage', '1 while voice fails everywhere.');
  readonly #playing = this.#gauge('players_playing', 'Guilds in which a track is heard.');
  readonly #tracks = this.#gauge('queue_tracks', 'Tracks in all queues.');
  readonly #children = this.#gauge('children_living', 'Child processes that live.');
  readonly #unsaved = this.#gauge('store_unsaved_writes', 'Values and deletions that wait for the disk.');
  readonly #writeFailures = this.#counter('store_write_failures_total', 'Writes to the store that failed.');
  readonly #extractCache = this.#counter(
    'extract_cache_total',
    'Questions to the cache of extractions: hit, miss, or refused (known to be nothing).',
    ['result'],
  );
  readonly #recoveries = new Histogram({
    name: 'voice_recovery_seconds',
    help: 'From the first failure of an incident until there was sound again.',
    buckets: RECOVERY_SECONDS,
    registers: [this.#registry],
  });

  constructor(look: () => Readings) {
    this.#look = look;
    collectDefaultMetrics({ register: this.#registry });
  }

  closed({ code, documented }: Closing): void {
    this.#disconnects.inc({ code: documented ? code : 'unknown' });
  }

  settled({ cause, outcome, ms }: Settlement): void {
    this.#reconnects.inc({ cause, outcome });
    if (RECOVERED.has(outcome)) this.#recoveries.observe(ms / 1_000);
  }

  survived(): void {
    this.#survivals.inc();
  }

  /** The media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  async text(): Promise<string> {
    this.#read();
    return await this.#registry.metrics();
  }

  #read(): void {
    const readings = this.#look();
    const { voices: all, outage, sends, playing, tracks, children, unsaved, writeFailures } = readings;
    this.#extractCache.reset();
    for (const [result, times] of Object.entries(readings.extractCache)) this.#extractCache.inc({ result }, times);
    this.#playing.set(playing);
    this.#tracks.set(tracks);
    this.#children.set(children);
    this.#unsaved.set(unsaved);
    total(this.#writeFailures, writeFailures);
    this.#outage.set(outage ? 1 : 0);
    this.#attempts.set(sum(all.map(({ attempts }) => attempts.made)));
    total(this.#frames, sum(all.map(({ framesSent }) => framesSent)));
    total(this.#sends, sends);
    total(this.#joins, sum(all.map(({ joins }) => joins)));
    const statuses = all.map(({ state }) => state.status);
    for (const [state, guilds] of tally(statuses, this.#statuses)) this.#states.set({ state }, guilds);
    const verdicts = all.filter(({ state }) => state.status === 'ready').map(({ verdict }) => verdict);
    for (const [verdict, guilds] of tally(verdicts, this.#verdicts)) this.#judged.set({ verdict }, guilds);
    this.#latency.reset();
    const pings = all.flatMap(({ pingMs }) => pingMs ?? []).sort((a, b) => a - b);
    for (const quantile of QUANTILES) {
      const ping = pings[Math.ceil(quantile * pings.length) - 1];
      if (ping !== undefined) this.#latency.set({ quantile }, ping);
    }
  }

  #counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}

/** Sets a counter to what was counted elsewhere. */
function total(counter: Counter, value: number): void {
  counter.reset();
  counter.inc(value);
}

/** How many there are of each kind; a kind that is gone is told as 0, so that nobody reads what it was last. */
function tally(kinds: readonly string[], known: Set<string>): Map<string, number> {
  for (const kind of kinds) known.add(kind);
  const counts = new Map(Array.from(known, (kind) => [kind, 0]));
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
