import { describe, expect, it } from 'vitest';
import { guard, type Situation, type VoiceRoom } from '../../src/discord/guards.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import type { Needs } from '../../src/commands/command.ts';

const standing = { manages: false, dj: false, djRole: '"Musik-Chef"' };
const rules = { djOnly: false, blocked: false, channels: [] };
const present = ['42', '43'];
const ROOM: VoiceRoom = { id: 'A', view: true, connect: true, speak: true, full: false };
const room = (fields: Partial<VoiceRoom>): Situation => ({
  guildId: 'G',
  standing,
  rules,
  present,
  person: { ...ROOM, ...fields },
  bot: null,
});
const HERE: Situation = { guildId: 'G', standing, rules, present, person: ROOM, bot: { channelId: 'A', listeners: 1 } };
const ELSEWHERE: Situation = {
  guildId: 'G',
  standing,
  rules,
  present,
  person: ROOM,
  bot: { channelId: 'B', listeners: 1 },
};
const ALONE_ELSEWHERE: Situation = {
  guildId: 'G',
  standing,
  rules,
  present,
  person: ROOM,
  bot: { channelId: 'B', listeners: 0 },
};
const NO_BOT: Situation = { guildId: 'G', standing, rules, present, person: ROOM, bot: null };
const NO_VOICE: Situation = {
  guildId: 'G',
  standing,
  rules,
  present,
  person: null,
  bot: { channelId: 'B', listeners: 1 },
};
const MESSAGE: Situation = { guildId: null, standing, rules, present, person: null, bot: null };

/** The code of what is wrong, or `ok`. */
function verdict(needs: Needs, situation: Situation): string {
  try {
    guard(needs, situation);
    return 'ok';
  } catch (error) {
    if (error instanceof TenutoError) return error.code;
    throw error;
  }
}

describe('guard', () => {
  it.each<[string, Situation, string, string, string]>([
    // situation, guild, same-voice-channel, join-voice-channel
    ['in a direct message', MESSAGE, 'NOT_IN_GUILD', 'NOT_IN_GUILD', 'NOT_IN_GUILD'],
    ['not in voice', NO_VOICE, 'ok', 'NOT_IN_VOICE', 'NOT_IN_VOICE'],
    ['with the bot', HERE, 'ok', 'ok', 'ok'],
    ['while the bot is nowhere', NO_BOT, 'ok', 'ok', 'ok'],
    ['while the bot plays for others elsewhere', ELSEWHERE, 'ok', 'OTHER_VOICE_CHANNEL', 'OTHER_VOICE_CHANNEL'],
    ['while the bot is alone elsewhere', ALONE_ELSEWHERE, 'ok', 'OTHER_VOICE_CHANNEL', 'ok'],
    [
      'in a channel that the bot cannot see',
      room({ view: false, connect: false, speak: false }),
      'ok',
      'ok',
      'CANNOT_VIEW',
    ],
    ['in a channel that the bot may not join', room({ connect: false }), 'ok', 'ok', 'CANNOT_CONNECT'],
    ['in a channel where the bot may not speak', room({ speak: false }), 'ok', 'ok', 'CANNOT_SPEAK'],
    ['in a full channel', room({ full: true }), 'ok', 'ok', 'CHANNEL_FULL'],
    ['in a full channel with the bot', { ...HERE, person: { ...ROOM, full: true, connect: false } }, 'ok', 'ok', 'ok'],
  ])('somebody %s', (_who, situation, guild, same, join) => {
    expect({
      guild: verdict('guild', situation),
      same: verdict('same-voice-channel', situation),
      join: verdict('join-voice-channel', situation),
    }).toEqual({ guild, same, join });
  });

  it('lets nobody but managers and DJs mend voice, from wherever they are, and says who that is', () => {
    expect(verdict('manage-voice', MESSAGE)).toBe('NOT_IN_GUILD');
    expect(() => guard('manage-voice', HERE)).toThrow(
      expect.objectContaining({
        say: 'Only people with the "Manage Server" permission or the role "Musik-Chef" may do that.',
      }),
    );
    expect(verdict('manage-voice', { ...NO_VOICE, standing: { ...standing, manages: true } })).toBe('ok');
  });

  it('names the channel to go to by a mention', () => {
    expect(() => guard('same-voice-channel', ELSEWHERE)).toThrow(
      expect.objectContaining({ say: 'Join <#B> first: I am playing there.' }),
    );
  });
});
