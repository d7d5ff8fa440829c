import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Metrics, type Readings, type VoiceReading } from '../../src/telemetry/metrics.ts';

const GUILD = '81384788765712384';
const QUIET: Readings = {
  voices: [],
  outage: false,
  sends: 0,
  playing: 0,
  tracks: 0,
  children: 0,
  unsaved: 0,
  writeFailures: 0,
  extractCache: {},
};

const voice = (status: string, fields: Partial<VoiceReading> = {}): VoiceReading => ({
  state: { status },
  verdict: 'healthy',
  pingMs: null,
  framesSent: 0,
  joins: 0,
  attempts: { made: 0 },
  ...fields,
});

/** The samples of one metric, without its explanation. */
async function samples(metrics: Metrics, name: string): Promise<readonly string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
}

it('counts closes by code, all that nobody documents as one', async () => {
  const metrics = new Metrics(() => QUIET);
  metrics.closed({ code: 4006, documented: true });
  metrics.closed({ code: 4006, documented: true });
  metrics.closed({ code: 4998, documented: false });
  metrics.closed({ code: 4999, documented: false });
  expect(await samples(metrics, 'voice_disconnect_total')).toEqual([
    'voice_disconnect_total{code="4006"} 2',
    'voice_disconnect_total{code="unknown"} 2',
  ]);
});

it('counts incidents by cause and outcome, and takes the time of those that ended with sound', async () => {
  const metrics = new Metrics(() => QUIET);
  metrics.settled({ cause: 'session no longer valid', outcome: 'rejoined', ms: 400 });
  metrics.settled({ cause: 'end-to-end encryption required', outcome: 'gave-up', ms: 90_000 });
  expect(await samples(metrics, 'voice_reconnect_total')).toEqual([
    'voice_reconnect_total{cause="session no longer valid",outcome="rejoined"} 1',
    'voice_reconnect_total{cause="end-to-end encryption required",outcome="gave-up"} 1',
  ]);
  const text = await metrics.text();
  expect(text).toContain('voice_recovery_seconds_bucket{le="0.25"} 0\n');
  expect(text).toContain('voice_recovery_seconds_bucket{le="0.5"} 1\n');
  expect(text).toContain('voice_recovery_seconds_count 1\n');
  expect(text).toContain('voice_recovery_seconds_sum 0.4\n');
});

it('reads what is now when it is asked, and tells a state that is gone as 0', async () => {
  let now: Readings = {
    voices: [
      voice('ready', { pingMs: 30, framesSent: 100, joins: 1 }),
      voice('ready', { pingMs: 10, framesSent: 50, joins: 2, verdict: 'paused' }),
      voice('recovering', { attempts: { made: 3 }, verdict: 'link-down' }),
    ],
    outage: true,
    sends: 4,
    playing: 1,
    tracks: 7,
    children: 2,
    unsaved: 12,
    writeFailures: 3,
    extractCache: { hit: 7, miss: 2, refused: 0 },
  };
  const metrics = new Metrics(() => now);
  const text = await metrics.text();
  for (const line of [
    'voice_state{state="ready"} 2',
    'voice_state{state="recovering"} 1',
    'voice_verdict{verdict="healthy"} 1',
    'voice_verdict{verdict="paused"} 1',
    'voice_latency_ms{quantile="0.5"} 10',
    'voice_latency_ms{quantile="0.95"} 30',
    'voice_latency_ms{quantile="1"} 30',
    'voice_reconnect_attempts_current 3',
    'voice_frames_sent_total 150',
    'voice_joins_total 3',
    'voice_op4_sent_total 4',
    'voice_outage 1',
    'players_playing 1',
    'queue_tracks 7',
    'children_living 2',
    'store_unsaved_writes 12',
    'store_write_failures_total 3',
    'extract_cache_total{result="hit"} 7',
    'extract_cache_total{result="refused"} 0',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).not.toContain('link-down');

  now = { ...QUIET, voices: [voice('ready', { framesSent: 160 }), voice('ready'), voice('ready')] };
  expect(await samples(metrics, 'voice_state')).toEqual([
    'voice_state{state="ready"} 3',
    'voice_state{state="recovering"} 0',
  ]);
  expect(await samples(metrics, 'voice_frames_sent_total')).toEqual(['voice_frames_sent_total 160']);
  expect(await samples(metrics, 'voice_latency_ms')).toEqual([]);
});

it('is in the README, metric by metric', async () => {
  const readme = readFileSync('README.md', 'utf8');
  const section = readme.slice(readme.indexOf('| metric |'), readme.indexOf('**Alerts**'));
  const cells = [...section.matchAll(/^\| (`.+?) \|/gm)].map(([, cell = '']) => cell).join();
  const listed = [...cells.matchAll(/`(\w+)(?:\{[a-z,]+\})?`/g)].map(([, name]) => name);
  const text = await new Metrics(() => QUIET).text();
  const served = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
  expect(new Set(listed)).toEqual(new Set(served.filter((name) => !/^(nodejs|process)_/.test(name))));
});

it('tells how the process is', async () => {
  const text = await new Metrics(() => QUIET).text();
  expect(text).toMatch(/^nodejs_active_resources\{type="/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
});

it('names no guild, and two bots in a process have nothing in common', async () => {
  const [one, other] = [new Metrics(() => QUIET), new Metrics(() => QUIET)];
  one.survived();
  expect(await samples(one, 'voice_library_faults_total')).toEqual(['voice_library_faults_total 1']);
  expect(await samples(other, 'voice_library_faults_total')).toEqual(['voice_library_faults_total 0']);
  expect(await one.text()).not.toMatch(new RegExp(`${GUILD}|guild_id`));
});
