import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import type { FaultName } from '../../loopback/faults.ts';
import { ask, sees, setStage } from './stage.ts';

/** A bot that has played two seconds to Ada in the Lounge. */
async function playing() {
  const stage = await setStage({ gateway: { identifyWindowMs: 0 } });
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);
  const closes = () => loopback.voice.history.filter(({ what }) => what === 'closed').map(({ code }) => code);
  return { stage, loopback, song, ada, closes };
}

const ENDINGS: readonly [FaultName, number, (guildId: string) => object][] = [
  ['change-voice-server', 4022, (guildId) => ({ guildId })],
  ['invalid-session', 4014, () => ({ resumable: false })],
];

it.each(ENDINGS)('goes on with the song after %s, which closes voice with %i', async (fault, code, params) => {
  const { stage, loopback, song, closes } = await playing();
  loopback.faults.throwByName(fault, params(loopback.guild.id));
  expect(closes()).toEqual([code]);
  const before = stage.match('ada', song).matched.length;
  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 100, 40_000);
  expect(stage.match('ada', song).repeats).toEqual([]);
});

it('stays out of a channel that was deleted, which closes voice with 4022, and says so', async () => {
  const { loopback, ada, closes } = await playing();
  const { guild, application } = loopback;
  const lounge = guild.voiceStates.get(application.id)?.channelId ?? '';
  loopback.faults.throw('delete-channel', { channelId: lounge });
  expect(closes()).toEqual([4022]);
  await sees(ada, 'that the channel is gone', ({ content }) => content.includes('voice channel was deleted'));
  expect(guild.voiceStates.has(application.id)).toBe(false);
});
