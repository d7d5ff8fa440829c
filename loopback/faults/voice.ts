import { z } from 'zod';
import { lasting, moment } from '../fault-row.ts';
import { code, guildId, hit, times } from './parameters.ts';

/** What goes wrong on voice websockets. */
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
    z.strictObject({ code, times: times.optional(), resumes: z.boolean().optional() }),
    ({ voice }, { code, times, resumes }) =>
      voice.faults.refuseIdentify({
        code,
        ...(times !== undefined && { times }),
        ...(resumes !== undefined && { resumes }),
      }),
  ),
  'silence-voice': lasting(
    "Leaves one of the voice server's answers out: `what` is hello, ready, discovery, description, heartbeat-ack or resumed.",
    z.strictObject({ what: z.enum(['hello', 'ready', 'discovery', 'description', 'heartbeat-ack', 'resumed']) }),
    ({ voice }, { what }) => voice.faults.silence(what),
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
