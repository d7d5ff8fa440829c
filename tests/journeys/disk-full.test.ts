import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Person } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { lockFile, mountSmallDisk } from '../storage/fixtures/bad-disks.ts';
import { startBotProcess } from './process.ts';
import { ask, sees, setStage } from './stage.ts';

const FRAME_MS = 20;

/** A folder whose disk can be full; where nothing can be mounted, one whose database another program can lock. */
async function badPlace(fallback: string) {
  const disk = await mountSmallDisk();
  if (disk !== null) {
    return {
      folder: disk.folder,
      words: 'the disk is full',
      begin: async () => disk.fill(),
      end: async () => disk.makeRoom(),
    };
  }
  let release = async () => {};
  const begin = async () => {
    release = await lockFile(join(fallback, 'tenuto.sqlite'));
  };
  return { folder: fallback, words: 'the database is locked by another program', begin, end: () => release() };
}

const notices = (person: Person) => person.sees().filter(({ content }) => content.startsWith('💾'));

it('plays on while the disk takes nothing, says so once, and has lost nothing when there is room again', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const place = await badPlace(stage.dataDir);
  const env = { ...loopback.env, DATA_DIR: place.folder, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const song = await stage.song('song.webm');
  const second = await stage.song('second.webm');
  const ada = loopback.user('ada');
  const ears = loopback.ears('ada');
  ada.join('Lounge');
  const first = await startBotProcess(env);
  await ask(ada, 'play', { query: song.url });
  await ears.waitFor(50, 20_000);

  await place.begin();
  await until('the alert', () => first.log().includes('"alert":"not-saved"'), 20_000);
  expect(notices(ada)).toEqual([]);
  const added = await ask(ada, 'play', { query: second.url });
  expect(added.content + JSON.stringify(added.embeds)).toContain('Second Wind');
  await ask(ada, 'loop', { mode: 'queue' });
  const note = await sees(ada, 'that nothing is saved', ({ content }) => content.startsWith('💾'));
  expect(note.content.replace(/<t:\d+:R>/, 'TIME')).toBe(
    `💾 I cannot save at the moment (${place.words}): the music goes on, but what has changed since TIME would be lost if I restarted. The operator knows.`,
  );
  const before = ears.packets.length;
  await ears.waitFor((packets) => packets.length > before + 100, 20_000);
  expect(stage.match('ada', song)).toMatchObject({ gaps: [], repeats: [] });
  await ask(ada, 'skip');
  await until('the next song', () => stage.match('ada', second).matched.length > 100, 20_000);
  expect(stage.match('ada', second)).toMatchObject({ gaps: [], repeats: [] });
  expect(notices(ada)).toHaveLength(1);

  await place.end();
  const saved = await sees(ada, 'that all is saved', ({ content }) => content === '💾 Saved again; nothing was lost.');
  expect(saved.id).toBe(note.id);
  first.child.kill('SIGKILL');
  await first.ended;
  const heard = stage.match('ada', second).matched.at(-1)?.index ?? -1;
  const heardBefore = ears.packets.length;
  expect(first.log()).toContain(`changes are not saved because ${place.words}; the music goes on`);

  await startBotProcess(env);
  const after = await ears.waitFor((packets) => packets.length > heardBefore + 100, 30_000);
  const resumed = stage.match('ada', second).matched.find(({ packet }) => after.indexOf(packet) >= heardBefore)?.index;
  expect(Math.abs((resumed ?? Infinity) - heard) * FRAME_MS).toBeLessThanOrEqual(1_500);
  const [queue] = (await ask(ada, 'queue')).embeds;
  expect(queue?.description).toContain('Second Wind');
  expect(queue?.footer?.text).toContain('repeating the queue');
});

it('refuses to start on a disk that is full, and says so', async () => {
  const stage = await setStage();
  const place = await badPlace(stage.dataDir);
  const env = { ...stage.loopback.env, DATA_DIR: place.folder, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const first = await startBotProcess(env);
  first.child.kill('SIGTERM');
  await first.ended;
  await place.begin();
  await expect(startBotProcess(env)).rejects.toThrow(
    /Tenuto cannot start: .*(disk is full|is locked by another program)/,
  );
});
