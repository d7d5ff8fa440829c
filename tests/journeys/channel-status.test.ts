import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, setStage } from './stage.ts';

/** A bot that may set the status of the Lounge, unless `allow` says otherwise. */
async function titling(
  settings: Readonly<Record<string, string>> = {},
  allow = PermissionFlagsBits.SetVoiceChannelStatus,
) {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild, world, application } = loopback;
  const lounge = [...guild.channels.values()].find(({ name }) => name === 'Lounge');
  if (!lounge) throw new Error('there is no Lounge');
  world.setOverwrite(lounge.id, { id: application.bot.id, type: 'member', allow, deny: 0n });
  const bot = await stage.startBot(settings);
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const asked = () => loopback.rest.requests.filter(({ route }) => route.endsWith('/voice-status'));
  const shows = (text: string | null) => until(`the status ${text}`, () => lounge.status === text || null, 30_000);
  return { stage, loopback, lounge, bot, ada, asked, shows };
}

it('shows the current title below the channel, also after a voice fault, and nothing when the bot has left', async () => {
  const { stage, loopback, ada, shows, asked } = await titling();
  await ask(ada, 'play', { query: (await stage.song('song.webm')).url });
  await shows('♪ Long Note · Tenuto Demo');
  await ask(ada, 'pause');
  await ask(ada, 'resume');
  loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4006 });
  await loopback.ears('ada').waitFor(300, 30_000);
  await shows('♪ Long Note · Tenuto Demo');
  expect(asked()).toHaveLength(1);

  await ask(ada, 'leave');
  await shows(null);
  expect(asked().map(({ status }) => status)).toEqual([204, 204]);
});

it('changes it at most every ten seconds, however often somebody skips, and ends with what plays', async () => {
  const { stage, ada, shows, asked } = await titling();
  for (const name of ['song.webm', 'third.opus', 'song.opus', 'second.webm'] as const)
    await ask(ada, 'play', { query: (await stage.song(name)).url });
  await shows('♪ Long Note · Tenuto Demo');
  for (let skips = 0; skips < 3; skips++) await ask(ada, 'skip');
  await shows('♪ Second Wind · Tenuto Demo');
  const [first, second, ...others] = asked().map(({ at }) => at);
  expect(others).toEqual([]);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(9_900);
});

it('takes it away when the bot stops', async () => {
  const { stage, ada, bot, shows, lounge } = await titling();
  await ask(ada, 'play', { query: (await stage.song('song.webm')).url });
  await shows('♪ Long Note · Tenuto Demo');
  await bot.stop();
  expect(lounge.status).toBeNull();
});

it.each<[string, Readonly<Record<string, string>>, bigint]>([
  ['it may not', {}, 0n],
  ['the operator does not want it', { VOICE_CHANNEL_STATUS: 'false' }, PermissionFlagsBits.SetVoiceChannelStatus],
])('asks for nothing where %s', async (_, settings, allow) => {
  const { stage, loopback, ada, asked } = await titling(settings, allow);
  await ask(ada, 'play', { query: (await stage.song('song.webm')).url });
  await loopback.ears('ada').waitFor(50, 30_000);
  await ask(ada, 'leave');
  expect(asked()).toEqual([]);
});

it('says once that it failed, and plays on', async () => {
  const { stage, loopback, ada, bot, asked } = await titling();
  const refusal = { status: 403, body: { code: 50_013, message: 'Missing Permissions' } };
  loopback.rest.interfere(({ route }) =>
    route.endsWith('/voice-status') ? { answer: { answer: refusal, headers: {} } } : null,
  );
  await ask(ada, 'play', { query: (await stage.song('song.webm')).url });
  await until('the refusal', () => asked().length > 0 || null, 30_000);
  await ask(ada, 'leave');
  await until('the second refusal', () => asked().length > 1 || null, 30_000);
  await until('the line', () => bot.log().includes('voice channel status not set') || null, 10_000);
  expect(bot.log().split('voice channel status not set')).toHaveLength(2);
});
