import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import type { Person } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage, type Stage } from './stage.ts';

/** A bot that plays to Ada in the Lounge. */
async function playing(settings: Readonly<Record<string, string>> = {}) {
  const stage = await setStage();
  const song = await stage.song('song.webm');
  const bot = await stage.startBot(settings);
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await stage.loopback.ears('ada').waitFor(50, 20_000);
  return { stage, loopback: stage.loopback, bot, song, ada };
}

/** What the person read about voice without having asked. */
const notices = (person: Person) => person.sees().filter(({ content }) => /^(🔌|🔇|🔊)/u.test(content));
const incidents = (status: string) => status.split('\n').filter((line) => line.includes('**4006 '));
const close = ({ loopback }: Stage) => loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4006 });

it('tells an outage of three seconds in one message, which ends with how long it took', async () => {
  const { stage, loopback, ada } = await playing();
  const slow = loopback.faults.throw('slow-voice-join', { ms: 3_000 });
  close(stage);

  const first = await sees(ada, 'that voice was lost', ({ content }) => content.startsWith('🔌'));
  expect(first.content).toMatch(/^🔌 The voice session is no longer valid \(4006\): joining again, attempt \d of 5\.$/);
  expect(first.pinged).toEqual([]);
  const last = await sees(ada, 'that it is back', ({ content }) => content.includes('back after'));
  slow.lift();

  expect(last.content).toMatch(/^🔌 The voice session is no longer valid \(4006\): back after 3\.\d s\.$/);
  expect(last.id).toBe(first.id);
  expect(notices(ada)).toHaveLength(1);
});

it('says nothing about outages that nobody noticed, and lists them in /voicestatus', async () => {
  const { stage, loopback, ada } = await playing();
  for (let time = 0; time < 2; time += 1) {
    const before = loopback.ears('ada').count;
    close(stage);
    await loopback.ears('ada').waitFor((packets) => packets.length > before + 60, 20_000);
  }
  const status = (await ask(ada, 'voicestatus')).embeds[0]?.description ?? '';
  expect(incidents(status)).toHaveLength(2);
  // On a machine with much else to do a recovery may take longer, and is told then.
  const noticed = incidents(status).filter((line) => !/, 0\.[0-2] s,/.test(line));
  expect(notices(ada)).toHaveLength(noticed.length);
});

it('says nothing about an outage while the music is paused', async () => {
  const { stage, loopback, bot, ada } = await playing();
  await ask(ada, 'pause');
  const slow = loopback.faults.throw('slow-voice-join', { ms: 1_000 });
  close(stage);
  await until('the end of the outage', () => bot.log().includes(`"result":"rejoined"`), 20_000);
  slow.lift();
  expect(notices(ada)).toEqual([]);
});

it.each([
  ['a stage, whose audience it is in', ChannelType.GuildStageVoice, 0n],
  ['a channel in which it may not speak', ChannelType.GuildVoice, PermissionFlagsBits.Speak],
] as const)('says that nobody hears it when it is moved to %s', async (_where, type, deny) => {
  const { loopback, ada } = await playing();
  const { world, guild, application } = loopback;
  const channel = world.addChannel(guild.id, 'Elsewhere', type);
  world.setOverwrite(channel.id, { id: application.bot.id, type: 'member', allow: 0n, deny });
  loopback.faults.throw('move', { guildId: guild.id, channelId: channel.id });
  ada.move('Elsewhere');
  await sees(ada, 'that it may not speak', ({ content }) => content.startsWith('🔇 I may not speak in this channel'));
  expect(guild.voiceStates.get(application.bot.id)?.channelId).toBe(channel.id);
});

it('says that it is muted and that it can be heard again, in one message', async () => {
  const { loopback, ada } = await playing();
  const { world, guild, application } = loopback;
  world.setVoiceState(guild.id, application.bot.id, { serverMute: true });
  const told = await sees(ada, 'that it is muted', ({ content }) => content.includes('A moderator muted me'));
  world.setVoiceState(guild.id, application.bot.id, { serverMute: false });
  const again = await sees(ada, 'that it is heard', ({ content }) => content.includes('can be heard again'));
  expect(again.id).toBe(told.id);
  expect(notices(ada)).toHaveLength(1);
});
