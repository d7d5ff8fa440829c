import { expect, it, onTestFinished, vi } from 'vitest';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { createSources } from '../../src/sources/index.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { fakeYtDlp } from './fake-yt-dlp.ts';
import { makeSound, temporaryFolder } from './sounds.ts';

const signal = new AbortController().signal;

it.each([
  [
    'cannot be reached',
    { stderr: 'ERROR: <urlopen error [Errno -2] Name or service not known>', code: 1 },
    /I cannot reach/,
  ],
  ['finds nothing', { stdout: '{"_type":"playlist","entries":[]}' }, /Elsewhere I found nothing/],
])('says that the library is still being read, when that takes long and YouTube %s', async (_what, youTube, said) => {
  const folder = await temporaryFolder();
  onTestFinished(() => folder.remove());
  const subprocesses = new Subprocesses(process.env);
  onTestFinished(() => subprocesses.closeAll());
  await makeSound(`${folder.path}/note.wav`, { seconds: 0.2 });
  const fake = await fakeYtDlp(folder.path, youTube);
  const all = createSources({
    store: new MemoryStore(),
    subprocesses,
    dataDir: folder.path,
    musicDir: folder.path,
    ytDlpPath: fake.path,
    playlistLimit: 50,
    allowPrivateHosts: [],
  });
  onTestFinished(() => all.close());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const search = all.resolve('note', signal);
  // It waits no longer than that, and no file has been looked at by then.
  vi.advanceTimersByTime(3_000);
  vi.useRealTimers();

  await expect(search).rejects.toMatchObject({
    code: 'LIBRARY_UNREAD',
    say: expect.stringMatching(/^I am still reading the music library/),
    detail: expect.stringMatching(said),
  });
  await all.warmUp();
  expect(await all.resolve('note', signal)).toMatchObject({ track: { source: 'library' } });
});
