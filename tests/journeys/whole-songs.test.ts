import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('plays song after song from the first frame to the last, in two guilds at once', async () => {
  const stage = await setStage({}, 5);
  const { loopback } = stage;
  const [first, second] = [await stage.song('song.opus'), await stage.song('third.opus')];
  const elsewhere = loopback.addGuild('Elsewhere');
  await stage.startBot();
  const [ada, eve] = [loopback.user('ada'), loopback.user('eve', elsewhere)];
  for (const person of [ada, eve]) {
    person.join('Lounge');
    await ask(person, 'play', { query: first.url });
    await ask(person, 'play', { query: second.url });
  }

  for (const name of ['ada', 'eve']) {
    await until(
      `${name} to hear both`,
      () => stage.match(name, second).matched.length === second.frames.length,
      30_000,
    );
    for (const song of [first, second]) {
      const { matched, gaps, repeats } = stage.match(name, song);
      expect(matched.map(({ index }) => index)).toEqual(song.frames.map((_, index) => index));
      expect([gaps, repeats]).toEqual([[], []]);
    }
  }
  // The last track is off the queue when the silence behind it has been sent.
  await until('silence', () => stage.match('ada', second).silence > 0, 5_000);
  await sees(ada, 'the end', ({ embeds }) => embeds[0]?.description?.includes('Nothing is playing') === true);
  expect((await ask(ada, 'queue')).content).toContain('empty');
});
