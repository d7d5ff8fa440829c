import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, setStage } from './stage.ts';

const PACKET_MS = 20;
const inMs = (seconds: number) => (seconds * 1_000) / PACKET_MS;

it.each(['song.webm', 'song.opus'] as const)(
  'goes to the very packet that was asked for, without a gap: %s',
  async (name) => {
    const stage = await setStage();
    const song = await stage.song(name);
    await stage.startBot();
    const ada = stage.loopback.user('ada');
    ada.join('Lounge');
    const heard = () => stage.match('ada', song);
    const indices = () => heard().matched.map(({ index }) => index);
    const hears = (index: number) => until(`packet ${index}`, () => indices().includes(index), 20_000);
    await ask(ada, 'play', { query: song.url });
    await hears(50);

    expect((await ask(ada, 'seek', { to: '0:20' })).content).toBe('Going on at 0:20.');
    await hears(inMs(20) + 50);
    expect((await ask(ada, 'seek', { to: '5' })).content).toBe('Going on at 0:05.');
    await hears(inMs(5) + 50);
    expect((await ask(ada, 'seek', { to: '+20' })).content).toMatch(/^Going on at 0:2[67]\.$/);
    expect((await ask(ada, 'seek', { to: '1m' })).content).toBe('The track ends before that (0:30).');
    expect((await ask(ada, 'seek', { to: 'the middle' })).content).toContain('1:30, 90 or 1m30s');

    await until('the third place', () => Math.max(...indices()) > inMs(20) + 100, 20_000);
    const jumps = indices().flatMap((index, at, all) => (at > 0 && index !== (all[at - 1] ?? 0) + 1 ? [index] : []));
    expect(jumps).toEqual([inMs(20), inMs(5), expect.any(Number)]);
    expect(heard()).toMatchObject({ foreign: [], interruptions: [], sequenceFaults: [], timestampFaults: [] });
  },
);

it('goes on from a place that was asked for while it was paused', async () => {
  const stage = await setStage();
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  const indices = () => stage.match('ada', song).matched.map(({ index }) => index);
  await ask(ada, 'play', { query: song.url });
  await until('the song', () => indices().length > 50, 20_000);
  await ask(ada, 'pause');

  expect((await ask(ada, 'seek', { to: '20' })).content).toBe(
    'Going on at 0:20. The music is paused: /resume goes on.',
  );
  expect(Math.max(...indices())).toBeLessThan(inMs(10));
  await ask(ada, 'resume');
  await until('the place', () => indices().includes(inMs(20) + 20), 20_000);
  expect(indices().find((index) => index > inMs(10))).toBe(inMs(20));
});
