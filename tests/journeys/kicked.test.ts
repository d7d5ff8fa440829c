import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('stays out when somebody disconnects it, says so, and goes on at the frame when asked', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild, application } = loopback;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);

  loopback.faults.throw('kick', { guildId: guild.id });
  await sees(ada, 'that it was disconnected', ({ content }) => content.includes('disconnected me'));

  expect(guild.voiceStates.has(application.bot.id)).toBe(false);
  expect((await ask(ada, 'queue')).embeds[0]?.description).toContain('Long Note');
  const before = stage.match('ada', song).matched.length;
  await ask(ada, 'resume');
  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 50, 20_000);
  const { repeats, gaps } = stage.match('ada', song);
  expect(repeats).toEqual([]);
  // Lost are only frames that came too late, and one that was read but had not left yet.
  const { late } = loopback.voice.strayDatagrams();
  expect(gaps.reduce((sum, { missing }) => sum + missing, 0)).toBeLessThanOrEqual(late + 1);
});

/** A bot that plays to Ada in the Lounge. */
async function playing(settings: Readonly<Record<string, string>> = {}) {
  const stage = await setStage({ gateway: { identifyWindowMs: 0 } });
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  const bot = await stage.startBot(settings);
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);
  const heard = () => stage.match('ada', song);
  const kick = () => loopback.faults.throw('kick', { guildId: loopback.guild.id });
  const kickedMessage = () =>
    sees(ada, 'that it was disconnected', ({ content }) => content.includes('Somebody disconnected me. The queue'));
  return { stage, loopback, bot, ada, heard, kick, kickedMessage };
}

it('goes on at the frame when somebody presses Resume, and says so when there is nothing to go on with', async () => {
  const { loopback, ada, heard, kick, kickedMessage } = await playing();
  kick();
  const message = await kickedMessage();
  const before = heard().matched.length;

  await (await ada.press(message.id, 'do:resume')).answered();
  await until('the song to go on', () => heard().matched.length > before + 50, 20_000);

  expect(heard().repeats).toEqual([]);
  const { late } = loopback.voice.strayDatagrams();
  expect(heard().gaps.reduce((sum, { missing }) => sum + missing, 0)).toBeLessThanOrEqual(late + 1);
  const disconnected = ada.sees().filter(({ content }) => content.includes('isconnected'));
  expect(disconnected.map(({ id }) => id)).toEqual([message.id]);

  await ask(ada, 'stop');
  const answer = await (await ada.press(message.id, 'do:resume')).answered();
  expect(answer).toMatchObject({ ephemeral: true, content: 'Nothing is playing. Use /play to start something.' });
});

it('goes on when Resume is pressed after a restart', async () => {
  const { stage, loopback, bot, ada, heard, kick, kickedMessage } = await playing();
  kick();
  const message = await kickedMessage();
  await bot.stop();
  await stage.startBot();
  expect(loopback.guild.voiceStates.has(loopback.application.bot.id)).toBe(false);
  const before = heard().matched.length;

  await (await ada.press(message.id, 'do:resume')).answered();

  await until('the song to go on', () => heard().matched.length > before + 50, 20_000);
});

it('comes back once where the operator wants that, and stays out when somebody means it', async () => {
  const { loopback, ada, heard, kick, kickedMessage } = await playing({ REJOIN_WHEN_KICKED: 'true' });
  kick();
  await sees(ada, 'that it comes back', ({ content }) => content.includes('I come back this once'));
  const before = heard().matched.length;
  await until('the song to go on', () => heard().matched.length > before + 50, 20_000);
  expect(heard().repeats).toEqual([]);

  kick();
  await kickedMessage();
  expect(loopback.guild.voiceStates.has(loopback.application.bot.id)).toBe(false);
});

it('follows when somebody moves it', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild } = loopback;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);
  const before = stage.match('ada', song).matched.length;

  const studio = [...guild.channels.values()].find(({ name }) => name === 'Studio');
  loopback.faults.throw('move', { guildId: guild.id, channelId: studio?.id ?? '' });
  ada.move('Studio');
  await until('the song to go on there', () => stage.match('ada', song).matched.length > before + 100, 20_000);

  const { repeats, gaps } = stage.match('ada', song);
  expect(repeats).toEqual([]);
  // What was sent while Ada was on her way, and what was in the air when the old door was closed.
  expect(gaps.reduce((sum, { missing }) => sum + missing, 0)).toBeLessThanOrEqual(25);
});
