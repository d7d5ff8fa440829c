import type { DiscordGatewayAdapterCreator } from '@discordjs/voice';

/** https://discord.com/developers/docs/events/gateway-events#update-voice-state */
const UPDATE_VOICE_STATE = 4;

/** `unanswered`: within the deadline; the answer may still come. `unsent`: nobody could be asked. */
export type Leaving = 'left' | 'unanswered' | 'unsent';

/**
 * Asks Discord to take us out of the guild's voice. An abort ends the wait, so that the guild's adapter is free for the
 * next connection.
 */
export function leaveVoice(
  create: DiscordGatewayAdapterCreator,
  guildId: string,
  deadlineMs: number,
  life: AbortSignal,
): Promise<Leaving> {
  return new Promise((resolve) => {
    if (life.aborted) return resolve('unsent');
    const end = (how: Leaving) => {
      clearTimeout(timer);
      life.removeEventListener('abort', giveUp);
      adapter.destroy();
      resolve(how);
    };
    const giveUp = () => end('unanswered');
    const timer = setTimeout(giveUp, deadlineMs);
    life.addEventListener('abort', giveUp, { once: true });
    const adapter = create({
      destroy: giveUp,
      onVoiceServerUpdate: () => undefined,
      onVoiceStateUpdate: ({ channel_id: channelId }) => {
        if (channelId === null) end('left');
      },
    });
    const d = { guild_id: guildId, channel_id: null, self_mute: false, self_deaf: false };
    if (!adapter.sendPayload({ op: UPDATE_VOICE_STATE, d })) end('unsent');
  });
}
