import { expect, it } from 'vitest';
import type { Person, SeenMessage } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, setStage, type Stage } from './stage.ts';

const SETTINGS = { NOW_PLAYING_REFRESH_MS: '60000' };

/** A bot that plays the first of two songs with the second in its queue. Ada listens; ben is in no voice channel. */
async function playing(settings: Readonly<Record<string, string>> = {}) {
  const stage = await setStage();
  const { loopback } = stage;
  const [song, second] = [await stage.song('song.webm'), await stage.song('second.webm')];
  const start = () => stage.startBot({ ...SETTINGS, ...settings });
  const bot = await start();
  const [ada, ben] = [loopback.user('ada'), loopback.user('ben')];
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await ask(ada, 'play', { query: second.url });
  return { stage, start, bot, song, second, ada, ben };
}

const text = ({ content, embeds }: SeenMessage) =>
  [content, ...embeds.map(({ description }) => description ?? '')].join('\n').trim();
const says = async (...asked: Parameters<typeof ask>) => text(await ask(...asked));

it('keeps the queue under a name over a restart, and plays it again', async () => {
  const { stage, start, bot, second, ada } = await playing();
  const saved = await ask(ada, 'playlist save', { name: 'Friday 🎷' });
  expect([saved.ephemeral, saved.content]).toEqual([
    true,
    'Saved 2 tracks as *Friday 🎷*. Only you see it, until you use /playlist share.',
  ]);
  await ask(ada, 'stop');
  await bot.stop();
  await start();

  expect(await ada.autocomplete('playlist load', {}, 'name')).toEqual([
    { name: 'Friday 🎷 (2 tracks)', value: 'Friday 🎷' },
  ]);
  const loaded = await ask(ada, 'playlist load', { name: 'FRIDAY 🎷' });
  expect([loaded.ephemeral, loaded.content]).toEqual([false, 'Added **2 tracks** of *Friday 🎷*.']);
  await ask(ada, 'skip');
  await until('the second song', () => stage.match('ada', second).matched.length > 50, 20_000);
});

it('adds, shows, removes, renames and deletes', async () => {
  const { ada, second } = await playing();
  await ask(ada, 'playlist save', { name: 'mine' });
  expect(await says(ada, 'playlist add', { name: 'mine' })).toBe('Added **Long Note** by Tenuto Demo to *mine*.');
  expect(await says(ada, 'playlist add', { name: 'mine', query: second.url })).toMatch(/^Added \*\*Second Wind\*\*/);
  const lines = ['Long Note', 'Second Wind', 'Long Note', 'Second Wind'];
  const shown = lines.map((title, index) => `${index + 1}\\. ${title} (0:30)`).join('\n');
  expect(await says(ada, 'playlist show', { name: 'mine', page: 9 })).toBe(shown);
  expect(await ada.autocomplete('playlist remove', { name: 'mine', place: 'wind' }, 'place')).toMatchObject([
    { value: 2 },
    { value: 4 },
  ]);
  expect(await says(ada, 'playlist remove', { name: 'mine', place: 2 })).toMatch(/^Removed \*\*Second Wind\*\*/);
  expect(await says(ada, 'playlist rename', { name: 'mine', to: 'Ours' })).toBe('*mine* is called *Ours* now.');
  expect(await says(ada, 'playlist list')).toBe('**Ours** · 3 tracks');
  expect(await says(ada, 'playlist delete', { name: 'ours' })).toBe('Deleted *Ours* with its 3 tracks.');
  expect(await says(ada, 'playlist list')).toBe('There is no playlist yet. /playlist save keeps the queue as one.');
});

it('shows a playlist to others only while it is shared, and lets only its owner change it', async () => {
  const { ada, ben } = await playing();
  await ask(ada, 'playlist save', { name: 'secret' });
  expect(await says(ben, 'playlist show', { name: 'secret' })).toMatch(/^I know no playlist "secret"/);
  expect(await ben.autocomplete('playlist show', {}, 'name')).toEqual([]);

  expect(await says(ada, 'playlist share', { name: 'secret', on: true })).toMatch(/^Everybody in this server/);
  expect(await says(ben, 'playlist list')).toBe(`**secret** · 2 tracks · by <@${ada.id}>`);
  const [choice] = await ben.autocomplete('playlist show', {}, 'name');
  expect(choice?.name).toBe('secret (2 tracks, shared)');
  // What can only be refused is not offered.
  expect(await ben.autocomplete('playlist delete', {}, 'name')).toEqual([]);
  await ask(ben, 'playlist save', { name: 'Secret' });
  expect(await says(ben, 'playlist show', { name: String(choice?.value) })).toContain('Long Note');
  for (const [command, options] of [
    ['delete', {}],
    ['rename', { to: 'mine' }],
    ['add', {}],
    ['remove', { place: 1 }],
    ['share', { on: false }],
  ] as const) {
    const answer = await says(ben, `playlist ${command}`, { name: String(choice?.value), ...options });
    expect(answer, command).toMatch(/^Only the person who made that playlist/);
  }
  // Whoever wants to hear it has to be where music is heard.
  expect(await says(ben, 'playlist load', { name: 'secret' })).toBe('Join a voice channel first, then try again.');

  await ask(ada, 'playlist share', { name: 'secret', on: false });
  expect(await says(ben, 'playlist show', { name: String(choice?.value) })).toMatch(/^I know no playlist/);
});

it('takes as many of a playlist as the queue has room for, and says so', async () => {
  const { ada } = await playing({ QUEUE_LIMIT: '3' });
  await ask(ada, 'playlist save', { name: 'long' });
  expect(await says(ada, 'playlist load', { name: 'long' })).toBe(
    'Added **1 track** of *long* from position #2. 1 did not get in: the queue or your share of it is full, or this server keeps them out.',
  );
  expect(await says(ada, 'playlist load', { name: 'long' })).toMatch(/^The queue is full \(3 tracks\)/);
});

it.each([
  ['playlist save', { name: '\u200b \u202e' }, 'That cannot be the name of a playlist: there are no visible letters'],
  ['playlist save', { name: 'x'.repeat(51) }, 'That cannot be the name of a playlist: it is longer than 50 characters'],
  ['playlist load', { name: '@everyone' }, String.raw`I know no playlist "\@everyone" of yours`],
  ['playlist add', { name: 'mine', query: 'http://169.254.169.254/a.mp3' }, 'That address is not on the public'],
  ['playlist add', { name: 'mine', query: 'file:///etc/passwd' }, 'I cannot use that: only http and https'],
  ['playlist remove', { name: 'mine', place: 3 }, 'There is no track at #3 of that list'],
  ['favorites remove', { place: 1 }, 'There is no track at #1 of that list'],
])('refuses /%s with %j to the asker alone, and everything is as it was', async (command, options, said) => {
  const { ada } = await playing();
  await ask(ada, 'playlist save', { name: 'mine' });
  const answer = await ask(ada, command, options);
  expect([answer.ephemeral, answer.pinged, answer.content]).toEqual([true, [], expect.stringContaining(said)]);
  expect(await says(ada, 'playlist list')).toBe('**mine** · 2 tracks');
});

it('takes no name twice, in whatever letters', async () => {
  const { ada } = await playing();
  await ask(ada, 'playlist save', { name: 'Blue' });
  await ask(ada, 'playlist save', { name: 'Red' });
  expect(await says(ada, 'playlist save', { name: 'BLUE' })).toMatch(/^You already have a playlist "BLUE"/);
  expect(await says(ada, 'playlist rename', { name: 'red', to: 'blue' })).toMatch(/^You already have a playlist/);
  expect(await says(ada, 'playlist rename', { name: 'red', to: 'RED' })).toBe('*red* is called *RED* now.');
});

it('has nothing to save where nothing plays', async () => {
  const stage = await setStage();
  await stage.startBot(SETTINGS);
  const ada = stage.loopback.user('ada');
  expect(await says(ada, 'playlist save', { name: 'mine' })).toMatch(/^Nothing is playing/);
  expect(await says(ada, 'favorites add')).toMatch(/^Nothing is playing/);
  expect(await says(ada, 'favorites list')).toMatch(/^You have no favourites yet/);
});

it('keeps what a person likes, suggests it, and plays it, also after a restart', async () => {
  const { stage, start, bot, ada, ben } = await playing();
  expect(await says(ada, 'favorites add')).toBe('**Long Note** by Tenuto Demo is now one of your favourites.');
  expect(await says(ada, 'favorites add')).toBe('**Long Note** by Tenuto Demo is already one of your favourites.');
  await ask(ada, 'skip');
  await ask(ada, 'favorites add');
  expect(await says(ada, 'favorites remove', { place: 1 })).toMatch(/^\*\*Long Note\*\* .* no longer/);
  await ask(ada, 'stop');
  await bot.stop();
  await start();

  expect(await says(ada, 'favorites list')).toBe('1\\. Second Wind (0:30)');
  // In a guild that has not heard it: only she knows of it.
  const elsewhere = stage.loopback.addGuild('Elsewhere');
  const there = { ada: stage.loopback.user('ada', elsewhere), ben: stage.loopback.user('ben', elsewhere) };
  const suggested = async (person: Person) =>
    (await person.autocomplete('play', { query: 'wind' }, 'query')).map(({ name }) => name);
  await expect.poll(() => suggested(there.ada), { timeout: 20_000 }).toEqual(['Second Wind · Tenuto Demo (0:30)']);
  expect(await suggested(there.ben)).toEqual([]);

  expect(await says(ben, 'favorites play')).toBe('Join a voice channel first, then try again.');
  expect(await says(ada, 'favorites play')).toBe('Added **1 track** of your favourites.');
  await until('the song', () => heard(stage) > 50, 20_000);
});

it('saves, adds and loads while the voice connection is being mended', async () => {
  const { stage, ada } = await playing();
  await until('music', () => heard(stage) > 50, 20_000);
  stage.loopback.faults.throw('close-voice', { guildId: stage.loopback.guild.id, code: 4006 });
  expect(await says(ada, 'playlist save', { name: 'mended' })).toMatch(/^Saved 2 tracks/);
  expect(await says(ada, 'playlist load', { name: 'mended' })).toBe('Added **2 tracks** of *mended* from position #2.');
  const before = heard(stage);
  await until('music again', () => heard(stage) > before + 100, 30_000);
});

const heard = ({ loopback }: Stage) => loopback.heard('ada').length;
