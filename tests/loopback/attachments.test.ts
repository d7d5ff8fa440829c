import { expect, it, onTestFinished } from 'vitest';
import { startCdn } from '../../loopback/cdn.ts';
import { settle } from './rest-town.ts';

const FILE = { name: 'Long Note (live).mp3', bytes: Buffer.from('the sound of it') };
const DAY_MS = 24 * 60 * 60_000;

function withFileOption() {
  const town = settle();
  const file = { type: 11, name: 'file', description: 'A file', required: false } as const;
  town.register({ name: 'play', options: [file, { type: 3, name: 'query', description: 'words' }] });
  /** The one attachment of the last interaction. */
  const given = () => {
    const interaction = town.latest();
    const { data } = interaction;
    if (data === undefined || !('resolved' in data) || !data.resolved || !('attachments' in data.resolved))
      throw new Error('no attachment was resolved');
    const [attachment, ...others] = Object.values(data.resolved.attachments ?? {});
    if (!attachment || others.length > 0) throw new Error('not one attachment');
    return { attachment, data };
  };
  return { ...town, given };
}

async function withCdn() {
  const town = withFileOption();
  const cdn = await startCdn(town.world.uploads);
  onTestFinished(() => cdn.close());
  await town.ada.slash('play', { file: FILE });
  const { url } = town.given().attachment;
  return { ...town, cdn, url };
}

it('gives an option its file by id, and the file as Discord describes one', async () => {
  const { ada, given, application } = withFileOption();
  await ada.slash('play', { file: FILE });
  const { attachment, data } = given();
  expect(data).toMatchObject({ options: [{ name: 'file', type: 11, value: attachment.id }] });
  expect(attachment).toEqual({
    id: expect.stringMatching(/^\d+$/),
    filename: 'Long_Note_live.mp3',
    title: 'Long Note (live)',
    size: FILE.bytes.length,
    content_type: 'audio/mpeg',
    ephemeral: true,
    url: expect.stringContaining(`/ephemeral-attachments/${application.id}/${attachment.id}/Long_Note_live.mp3?ex=`),
    proxy_url: attachment.url,
  });
});

it('leaves the type out of a file whose name does not tell it', async () => {
  const { ada, given } = withFileOption();
  await ada.slash('play', { file: { name: 'ソング', bytes: FILE.bytes } });
  expect(given().attachment).toMatchObject({ filename: 'unknown', title: 'ソング' });
  expect(given().attachment).not.toHaveProperty('content_type');
});

it.each([
  ['words for a file', { file: 'song.mp3' }, 'option "file" takes a file'],
  ['a file for words', { query: FILE }, 'option "query" takes text'],
  ['more than 10 MiB', { file: { name: 'a.mp3', bytes: Buffer.alloc(10 * 1024 * 1024 + 1) } }, 'too large for Discord'],
])('does not send %s', async (_, options, problem) => {
  await expect(withFileOption().ada.slash('play', options)).rejects.toThrow(problem);
});

it('serves the file, whole and in parts', async () => {
  const { url } = await withCdn();
  const whole = await fetch(url);
  expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
  expect(await whole.text()).toBe('the sound of it');
  const part = await fetch(url, { headers: { range: 'bytes=4-8' } });
  expect([part.status, await part.text()]).toEqual([206, 'sound']);
  expect((await fetch(url, { headers: { range: 'bytes=99-' } })).status).toBe(416);
  expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe('15');
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

it('refuses links that nobody signed, and those older than a day', async () => {
  const { url, cdn, world, given } = await withCdn();
  const told = async (link: string) => {
    const response = await fetch(link);
    return [response.status, await response.text()];
  };
  const gone = [404, 'This content is no longer available.'];
  expect(await told(url.split('?')[0] ?? '')).toEqual(gone);
  expect(await told(url.replace(/ex=[\da-f]+/, 'ex=ffffffff'))).toEqual(gone);
  expect(await told(`${cdn.url}/`)).toEqual(gone);
  world.uploads.advance(DAY_MS - 60_000);
  expect((await fetch(url)).status).toBe(200);
  world.uploads.advance(60_000);
  expect(await told(url)).toEqual(gone);
  expect((await fetch(world.uploads.renewed(given().attachment).url)).status).toBe(200);
});
