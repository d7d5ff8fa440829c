import { z } from 'zod';
import { lasting, moment, type FaultTargets, type Lift } from '../fault-row.ts';
import { guildId, ms, none, scope } from './parameters.ts';

/** What goes wrong between op 4 of the main gateway and the voice server that it names. */
export const JOIN_FAULTS = {
  'change-voice-server': moment(
    "Replaces the guild's voice server, as when the region changes: close code 4022, and VOICE_SERVER_UPDATE with a new token.",
    z.strictObject({ guildId }),
    ({ gateway, botId }, { guildId }) => gateway.door.changeServer(guildId, botId),
  ),
  'voice-server-away': lasting(
    'VOICE_SERVER_UPDATE says `endpoint: null`; when lifted, the old server closes with 4022 and another is named.',
    z.strictObject({ guildId }),
    ({ gateway: { door }, botId }, { guildId }) => door.loseServer(guildId, botId),
  ),
  'unresolvable-voice-server': lasting(
    'VOICE_SERVER_UPDATE names a host that does not exist.',
    z.strictObject(scope),
    (targets, scope) => naming(targets, 'voice-server-of-nobody.invalid:443', scope),
  ),
  'nonsense-voice-server': lasting(
    'VOICE_SERVER_UPDATE names an `endpoint` that is none.',
    z.strictObject({ ...scope, endpoint: z.string().default('http://[nonsense') }),
    (targets, { endpoint, ...scope }) => naming(targets, endpoint, scope),
  ),
  'silent-voice-join': lasting(
    'Op 4 that joins or moves is never answered; leaving still works.',
    none,
    ({ gateway: { door } }) => door.rules.answer.lay('never'),
  ),
  'server-before-state': lasting(
    'VOICE_SERVER_UPDATE comes before VOICE_STATE_UPDATE.',
    none,
    ({ gateway: { door } }) => door.rules.answer.lay('server-first'),
  ),
  'slow-voice-join': lasting(
    'Op 4 is looked at only after `ms` milliseconds.',
    z.strictObject({ ms }),
    ({ gateway: { door } }, { ms }) => door.rules.delayMs.lay(ms),
  ),
} as const;

function naming(
  { gateway }: FaultTargets,
  endpoint: string,
  { guildId, times }: { readonly guildId?: string | undefined; readonly times?: number | undefined },
): Lift {
  const fits = (guild: string): boolean => guildId === undefined || guild === guildId;
  return gateway.door.rules.endpoint.lay(endpoint, { fits, times });
}
