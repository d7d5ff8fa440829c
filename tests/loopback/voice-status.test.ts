import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import { settleWithRest } from './rest-town.ts';

async function town() {
  const { rest, voice, text, world, application, guild, server } = await settleWithRest();
  const allow = (permissions: bigint) =>
    world.setOverwrite(voice.id, { id: application.bot.id, type: 'member', allow: permissions, deny: 0n });
  const set = (status: unknown, channelId = voice.id) =>
    rest.put(`/channels/${channelId}/voice-status`, { body: { status } });
  const enter = () => world.setVoiceState(guild.id, application.bot.id, { channelId: voice.id });
  return { voice, text, allow, set, enter, server };
}

it('stands below a voice channel until it is taken away', async () => {
  const { voice, allow, set, enter, server } = await town();
  allow(PermissionFlagsBits.SetVoiceChannelStatus);
  enter();
  await set('♪ a song');
  expect(voice.status).toBe('♪ a song');
  await set('x'.repeat(500));
  await set(null);
  expect(voice.status).toBeNull();
  await set('again');
  await set('');
  expect(voice.status).toBeNull();
  expect(server.problems).toEqual([]);
});

it('takes a permission, a second one from outside of the channel, and 500 characters at most', async () => {
  const { voice, text, allow, set, enter } = await town();
  enter();
  await expect(set('a')).rejects.toMatchObject({ code: 50_013, status: 403 });
  allow(PermissionFlagsBits.SetVoiceChannelStatus);
  const long = set('x'.repeat(501));
  await expect(long).rejects.toMatchObject({
    code: 50_035,
    rawError: { errors: { status: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } } },
  });
  await expect(set('a', text.id)).rejects.toMatchObject({ status: 403 });
  expect(voice.status).toBeNull();
});

it('takes Manage Channels from outside of the channel', async () => {
  const { voice, allow, set } = await town();
  allow(PermissionFlagsBits.SetVoiceChannelStatus);
  await expect(set('a')).rejects.toMatchObject({ code: 50_013 });
  allow(PermissionFlagsBits.SetVoiceChannelStatus | PermissionFlagsBits.ManageChannels);
  await set('a');
  expect(voice.status).toBe('a');
});
