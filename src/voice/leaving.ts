import type { DiscordGatewayAdapterCreator } from '@discordjs/voice';

/** https://discord.com/developers/docs/events/gateway-events#update-voice-state */
const UPDATE_VOICE_STATE = 4;

/**
 * Asks Discord to take us out of the guild's voice. Resolves with true when it has; with false after `deadlineMs`, when its
 * answer may still come, or at once when it could not be asked. An abort ends the wait, so that the guild's adapter is free
 * for the next connection.
 */
export function leaveVoice(
  create: DiscordGatewayAdapterCreator,
  guildId: string,
  deadlineMs: number,
  life: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    if (life.aborted) return resolve(false);
    const end = (left: boolean) => {
      clearTimeout(timer);
      life.removeEventListener('abort', giveUp);
      adapter.destroy();
      resolve(left);
    };
    const giveUp = () => end(false);
    const timer = setTimeout(giveUp, deadlineMs);
    life.addEventListener('abort', giveUp, { once: true });
    const adapter = create({
      destroy: giveUp,
      onVoiceServerUpdate: () => undefined,
      onVoiceStateUpdate: ({ channel_id: channelId }) => {
        if (channelId === null) end(true);
      },
    });
    const d = { guild_id: guildId, channel_id: null, self_mute: false, self_deaf: false };
    if (!adapter.sendPayload({ op: UPDATE_VOICE_STATE, d })) giveUp();
  });
}
