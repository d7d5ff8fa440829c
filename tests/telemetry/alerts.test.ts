import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Alerts } from '../../src/telemetry/alerts.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch() {
  const lines: string[] = [];
  const posts: string[] = [];
  const scene = { outage: false, unsaved: null as string | null };
  const log = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const post = (line: string) => void posts.push(line);
  const look = { outage: () => scene.outage, unsaved: () => scene.unsaved };
  const alerts = new Alerts({ limits: { sessionInvalid: 2 }, ...look, post, log });
  return { alerts, scene, posts, logged: () => lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}

it('tells the operator at once when something is wrong, and once when it is over', () => {
  const { alerts, posts, logged } = watch();
  for (let close = 0; close < 4; close += 1) alerts.closed({ code: 4006, documented: true });
  expect(logged()).toEqual([
    expect.objectContaining({ level: 50, alert: 'sessions-invalid', what: expect.stringMatching(/^3 /), msg: 'alert' }),
  ]);
  vi.advanceTimersByTime(10 * 60_000);
  expect(logged().slice(1)).toEqual([
    expect.objectContaining({ level: 30, alert: 'sessions-invalid', msg: 'alert over' }),
  ]);
  expect(posts).toEqual([
    'Tenuto: 3 voice sessions became invalid (4006) in 5 minutes',
    'Tenuto: voice sessions stay valid again',
  ]);
  alerts.close();
});

it('sees an outage by itself, within ten seconds', () => {
  const { alerts, scene, posts } = watch();
  scene.outage = true;
  vi.advanceTimersByTime(10_000);
  expect(posts).toEqual([expect.stringContaining('everywhere')]);
  alerts.close();
});

it('tells once, at once, that changes are not saved and why, and once when they have been saved for a minute', () => {
  const { alerts, scene, posts } = watch();
  scene.unsaved = 'the disk is full';
  alerts.look();
  vi.advanceTimersByTime(30 * 60_000);
  expect(posts).toEqual([
    'Tenuto: changes are not saved because the disk is full; the music goes on, but they are lost if the bot is restarted now',
  ]);
  scene.unsaved = null;
  alerts.look();
  vi.advanceTimersByTime(61_000);
  expect(posts.slice(1)).toEqual(['Tenuto: changes are saved again, and none was lost']);
  alerts.close();
});

it('tells of connections that were given up and of faults that were survived', () => {
  const { alerts, logged } = watch();
  alerts.settled({ cause: 'unknown protocol', outcome: 'gave-up', ms: 100 });
  alerts.survived();
  expect(logged().map(({ alert }) => alert)).toEqual(['gave-up', 'library-faults']);
  alerts.close();
});

it('leaves no timer behind', () => {
  const { alerts } = watch();
  alerts.close();
  expect(vi.getTimerCount()).toBe(0);
});
