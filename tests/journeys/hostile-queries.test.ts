import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask, setStage } from './stage.ts';

/** What somebody may type, and what they read. None of it may reach a shell, an option of a program, a file or a private network. */
const QUERIES: readonly (readonly [query: string, line: RegExp])[] = [
  ['--exec=touch PROOF', /found nothing|did not answer|cannot be played|cannot reach/i],
  ['-o PROOF https://example.com', /found nothing|did not answer|cannot be played|cannot reach/i],
  ['--config-locations /etc/passwd', /found nothing|did not answer|cannot be played|cannot reach/i],
  ['first line\nsecond line', /cannot use that/i],
  ['x'.repeat(5_900), /cannot use that/i],
  ['file:///etc/passwd', /cannot use that/i],
  ['data:audio/mp3;base64,AAAA', /cannot use that/i],
  ['http://2130706433/song.mp3', /not on the public internet/i],
  ['http://0x7f.1/song.mp3', /not on the public internet/i],
  ['http://0177.0.0.1/song.mp3', /not on the public internet/i],
  ['http://[::1]/song.mp3', /not on the public internet/i],
  ['http://[::ffff:10.0.0.1]/song.mp3', /not on the public internet/i],
  ['http://169.254.169.254/latest/meta-data/', /not on the public internet/i],
  ['http://192.168.1.1/song.mp3', /not on the public internet/i],
  ['http://localhost:8080/song.mp3', /not on the public internet/i],
  ['https://user:secret@example.com/song.mp3', /cannot use that/i],
  ['\u202Egnos a\u202C\u200B', /found nothing|did not answer|cannot be played|cannot use that|cannot reach/i],
  ['@everyone <@&1> `x`', /found nothing|did not answer|cannot be played|cannot reach/i],
];

/** What a host may answer, by the path on ours. */
const ANSWERS: readonly (readonly [path: string, line: RegExp])[] = [
  ['page.mp3', /no sound|cannot be played/i],
  ['empty.mp3', /no sound|cannot be played/i],
  ['zero', /no sound|cannot be played/i],
  ['redirect-loop', /cannot be played|redirect/i],
  ['404', /cannot be played|not there/i],
];

it('answers every hostile query with one clear line, and goes on', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  const bot = await stage.startBot({ ALLOW_PRIVATE_HOSTS: new URL(stage.media.url).host });
  const ada = loopback.user('ada');
  ada.join('Lounge');

  const hostile = [...QUERIES, ...ANSWERS.map(([path, line]) => [stage.media.urlOf(path), line] as const)];
  for (const [query, line] of hostile) {
    const answer = await ask(ada, 'play', { query });
    const what = JSON.stringify(query).slice(0, 60);
    expect(answer.content, what).toMatch(line);
    expect(answer.content, what).not.toMatch(/\n|Something broke/);
    expect(answer.content.length, what).toBeLessThan(300);
    expect(answer.ephemeral, what).toBe(true);
  }

  expect(existsSync(join(process.cwd(), 'PROOF'))).toBe(false);
  expect(bot.log()).not.toContain('secret@');
  expect(bot.log()).not.toContain('"level":50');
  expect((await ask(ada, 'play', { query: song.url })).content).toContain('Playing');
  await loopback.ears('ada').waitFor(50, 20_000);
});
