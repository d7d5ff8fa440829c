import { expect, it } from 'vitest';
import { ask, setStage } from './stage.ts';

it.each([4006, 4009, 1006, 4015])('goes on with the song after voice was closed with %i', async (code) => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild, application } = loopback;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  const ears = loopback.ears('ada');
  await ears.waitFor(100, 20_000);

  if (code === 1006) loopback.faults.throw('cut-voice', { guildId: guild.id });
  else loopback.faults.throw('close-voice', { guildId: guild.id, code });
  const before = ears.packets.length;
  await ears.waitFor((packets) => packets.length > before + 100, 20_000);

  const heard = stage.match('ada', song);
  expect(heard.firstIndex).toBe(0);
  expect(heard.repeats).toEqual([]);
  expect(heard.foreign).toEqual([]);
  // Lost are only frames that were on their way when the session ended: the double counted those as late.
  const lost = heard.gaps.reduce((sum, { missing }) => sum + missing, 0);
  expect(lost).toBeLessThanOrEqual(loopback.voice.strayDatagrams().late);
  expect(loopback.gateway.sent.list(4).length).toBeLessThanOrEqual(2);
  expect(guild.voiceStates.get(application.bot.id)).toBeDefined();
});
