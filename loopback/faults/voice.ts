import { z } from 'zod';
import { lasting, moment } from '../fault-row.ts';
import { code, guildId, hit, scope } from './parameters.ts';

/** What goes wrong with connections to the voice gateway after they are made. */
export const VOICE_FAULTS = {
  'close-voice': moment(
    "Closes the bot's voice websocket with `code`; below 4000 and 4015 leave the session resumable.",
    z.strictObject({ guildId, code }),
    ({ voice, botId }, { guildId, code }) => hit(voice.faults.closeVoice(guildId, botId, code)),
  ),
  'cut-voice': moment(
    "Cuts the bot's voice websocket without a close frame, so that the client sees 1006.",
    z.strictObject({ guildId }),
    ({ voice, botId }, { guildId }) => hit(voice.faults.cutVoice(guildId, botId)),
  ),
  'refuse-voice': lasting(
    'Closes voice identifies with `code`, `times` times or until lifted; with `resumes` also resumes.',
    z.strictObject({ code, ...scope, resumes: z.boolean().optional() }),
    ({ voice }, refusal) => voice.faults.refuseIdentify(refusal),
  ),
  'refuse-voice-resume': lasting(
    'Closes resumes with `code`, `times` times or until lifted; identifies are welcome.',
    z.strictObject({ code, ...scope }),
    ({ voice }, refusal) => voice.faults.refuseResume(refusal),
  ),
  'limit-voice-identifies': lasting(
    'Closes identifies with 4021 that come after `count` others in the same guild within `windowMs`.',
    z.strictObject({ count: z.number().int().min(0), windowMs: z.number().int().min(1).default(60_000) }),
    ({ voice }, { count, windowMs }) => voice.faults.limitIdentifies({ count, windowMs, code: 4021 }),
  ),
  'garble-voice': moment(
    'Sends bytes (`base64`) to the bot as they are: `as` a udp datagram, a binary or a text frame of its voice websocket.',
    z.strictObject({ guildId, as: z.enum(['udp', 'binary', 'text']), base64: z.base64() }),
    ({ voice: { faults }, botId }, { guildId, as, base64 }) => {
      const bytes = Buffer.from(base64, 'base64');
      if (as === 'udp') hit(faults.sendRaw(guildId, botId, bytes));
      else if (as === 'binary') hit(faults.sendBinary(guildId, botId, bytes));
      else hit(faults.sendText(guildId, botId, bytes.toString()));
    },
  ),
} as const;
