import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, setStage } from './stage.ts';

it('refuses, so that only the asker sees it, what cannot work from where the person is', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = loopback.user('ada');
  const ben = loopback.user('ben');

  const outside = await ask(ada, 'play', { query: song.url });
  expect(outside).toMatchObject({ ephemeral: true, content: 'Join a voice channel first, then try again.' });
  expect(ben.sees()).toEqual([]);

  ada.join('Lounge');
  ben.join('Studio');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(10, 20_000);
  for (const command of ['pause', 'skip', 'stop', 'leave']) {
    const refusal = await ask(ben, command);
    expect(refusal.ephemeral, command).toBe(true);
    expect(refusal.content, command).toContain('I am playing there');
  }
  expect((await ask(ben, 'play', { query: song.url })).content).toContain('I am playing there');
});

it.each([
  ['ViewChannel', 'cannot see'],
  ['Connect', 'may not join'],
  ['Speak', 'may not speak'],
] as const)('says that %s is missing', async (permission, words) => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild, world, application } = loopback;
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const lounge = [...guild.channels.values()].find(({ name }) => name === 'Lounge');
  world.setOverwrite(lounge?.id ?? '', {
    id: application.bot.id,
    type: 'member',
    allow: 0n,
    deny: PermissionFlagsBits[permission],
  });

  const refusal = await ask(ada, 'play', { query: 'anything' });

  expect(refusal.ephemeral).toBe(true);
  expect(refusal.content).toContain(words);
  expect(guild.voiceStates.has(application.bot.id)).toBe(false);
});

it('comes only for what can be played, and goes again when that was nothing', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild, application, world } = loopback;
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  let came = false;
  world.on('change', () => (came ||= guild.voiceStates.has(application.bot.id)));

  expect((await ask(ada, 'play', { query: 'file:///etc/passwd' })).content).toContain('only http and https');
  expect((await ask(ada, 'voicestatus')).embeds[0]?.description).toContain('Not in a voice channel');
  expect(came).toBe(false);

  expect((await ask(ada, 'play', { query: stage.media.urlOf('404') })).content).toContain('cannot be played');
  await until('it to go', () => came && !guild.voiceStates.has(application.bot.id), 10_000);
  expect((await ask(ada, 'voicestatus')).embeds[0]?.description).toContain('Not in a voice channel');
});
