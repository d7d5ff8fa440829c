import type { DiscordGatewayAdapterCreator } from '@discordjs/voice';

/** https://discord.com/developers/docs/events/gateway-events#update-voice-state */
const UPDATE_VOICE_STATE = 4;

/**
 * Asks Discord to take us out of the guild's voice. Resolves when it has, after `deadlineMs`, or at once when it could not
 * be asked. An abort ends the wait, so that the guild's adapter is free for the next connection.
 */
export function leaveVoice(
  create: DiscordGatewayAdapterCreator,
  guildId: string,
  deadlineMs: number,
  life: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (life.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      life.removeEventListener('abort', done);
      adapter.destroy();
      resolve();
    };
    const timer = setTimeout(done, deadlineMs);
    life.addEventListener('abort', done, { once: true });
    const adapter = create({
      destroy: done,
      onVoiceServerUpdate: () => undefined,
      onVoiceStateUpdate: ({ channel_id: channelId }) => {
        if (channelId === null) done();
      },
    });
    const d = { guild_id: guildId, channel_id: null, self_mute: false, self_deaf: false };
    if (!adapter.sendPayload({ op: UPDATE_VOICE_STATE, d })) done();
  });
}
