import { describe, expect, it } from 'vitest';
import type { Attachment, PostedMessage } from '../../src/commands/command.ts';
import { playThis } from '../../src/commands/messages/play-this.ts';
import { wishesIn } from '../../src/commands/wishes/in-message.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { entry } from './fixtures/music.ts';
import { context, services, type Script } from './fixtures/services.ts';

const file = (filename: string, contentType: string | null): Attachment => ({
  url: `https://cdn.discordapp.com/attachments/1/2/${filename}?ex=1`,
  filename,
  sizeBytes: 1_000,
  contentType,
});
const posted = (content: string, attachments: readonly Attachment[] = []): PostedMessage => ({ content, attachments });
const wishes = (content: string, attachments: readonly Attachment[] = []) =>
  wishesIn(posted(content, attachments)).map((wish) => (wish.kind === 'query' ? wish.text : wish.file.filename));
const links = (count: number) => Array.from({ length: count }, (_, n) => `https://a.example/${n}`).join(' ');

async function run(message: PostedMessage, script: Script = { enqueued: { entries: [entry('1')], place: 1 } }) {
  const { services: parts, asked } = services(script);
  const said = await playThis.run(context(), message, parts);
  return { said, resolved: asked.filter((call) => /^(resolve|file) /.test(call)) };
}

describe('what is in a message', () => {
  it.each<[string, string[]]>([
    ['https://a.example/x', ['https://a.example/x']],
    ['first https://a.example/x, then <http://b.example/y?z=1>!', ['https://a.example/x', 'http://b.example/y?z=1']],
    ['[a song](https://a.example/x)', ['https://a.example/x']],
    ['(https://en.example/wiki/Tenuto_(music))', ['https://en.example/wiki/Tenuto_(music))']],
    ['||https://a.example/x||', ['https://a.example/x']],
    ['**https://a.example/x**', ['https://a.example/x']],
    ['https://a.example/x https://a.example/x', ['https://a.example/x']],
    ['file:///etc/passwd javascript:alert(1) ftp://a.example/x a.example/x', []],
    ['no link at all', []],
    ['', []],
  ])('%s', (content, expected) => {
    expect(wishes(content)).toEqual(expected);
  });

  it('is sound, or may be: what Discord calls so, and what it has no name for', () => {
    const files = [
      file('song.mp3', 'audio/mpeg'),
      file('clip.mp4', 'video/mp4'),
      file('old.ogx', 'application/ogg'),
      file('unknown', null),
      file('cover.png', 'image/png'),
      file('words.txt', 'text/plain; charset=utf-8'),
      file('page.pdf', 'application/pdf'),
    ];
    expect(wishes('', files)).toEqual(['song.mp3', 'clip.mp4', 'old.ogx', 'unknown']);
  });
});

describe('Play this', () => {
  it('says of one thing what /play says', async () => {
    const { said, resolved } = await run(posted('https://a.example/x'), {
      enqueued: { entries: [entry('1')], place: 0 },
    });
    expect(said).toBe('Playing **Song 1** (3:00).');
    expect(resolved).toEqual(['resolve https://a.example/x']);
  });

  it('plays several in their order, links before files', async () => {
    const sound = file('song.mp3', 'audio/mpeg');
    const { said, resolved } = await run(posted(links(2), [sound]));
    expect(said).toBe('Added **3** songs from that message.');
    expect(resolved).toEqual(['resolve https://a.example/0', 'resolve https://a.example/1', `file ${sound.url}`]);
  });

  it('takes ten, and says so', async () => {
    const { said, resolved } = await run(posted(links(12)));
    expect(resolved).toHaveLength(10);
    expect(said).toBe('Added **10** songs from that message. I take no more than 10 from one message.');
  });

  it('leaves out what cannot be played, and says why', async () => {
    const { services: parts } = services({ enqueued: { entries: [entry('1')], place: 1 } });
    const sources = {
      ...parts.sources,
      resolve: async (text: string) => {
        if (text.endsWith('1')) throw new TenutoError('NOT_AUDIO');
        return { kind: 'track', track: entry('1').track } as const;
      },
    };
    const said = await playThis.run(context(), posted(links(3)), { ...parts, sources });
    expect(said).toBe(
      'Added **2** songs from that message. Left out 1: There is no sound in that link that I can play.',
    );
  });

  it('throws the first reason where nothing can be played', async () => {
    const failing = { resolve: new TenutoError('SITE_NOT_ALLOWED') };
    await expect(run(posted(links(3)), { failing })).rejects.toMatchObject({ code: 'SITE_NOT_ALLOWED' });
  });

  it.each(['QUEUE_FULL', 'VOICE_UNAVAILABLE', 'YOUR_LIMIT'] as const)(
    'looks nothing more up when it would be in vain: %s',
    async (code) => {
      const { services: parts, asked } = services({ failing: { play: new TenutoError(code, '2') } });
      await expect(playThis.run(context(), posted(links(3)), parts)).rejects.toMatchObject({ code });
      expect(asked.filter((call) => call.startsWith('resolve'))).toHaveLength(1);
    },
  );

  it('hides no defect behind what was added', async () => {
    const failing = { resolve: new TenutoError('UNEXPECTED') };
    await expect(run(posted(links(2)), { failing })).rejects.toMatchObject({ code: 'UNEXPECTED' });
  });

  it('says so when there is nothing in it', async () => {
    const say = 'There is no link and no sound file in that message.';
    await expect(run(posted('hello', [file('cover.png', 'image/png')]))).rejects.toMatchObject({ say });
  });
});
