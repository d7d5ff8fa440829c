import { z } from 'zod';
import { lasting, moment } from '../fault-row.ts';
import { code, ms, none, times } from './parameters.ts';

/** What goes wrong with connections and sessions of the main gateway. */
export const GATEWAY_FAULTS = {
  'drop-gateway': moment('Cuts every main gateway connection; sessions stay resumable.', none, ({ gateway }) =>
    gateway.drop(),
  ),
  'close-gateway': moment(
    'Closes every main gateway connection with `code`.',
    z.strictObject({ code }),
    ({ gateway }, { code }) => gateway.drop(code),
  ),
  'refuse-gateway': lasting(
    'Closes every main gateway connection with `code`, and then identifies and resumes, `times` times or until lifted: 4004 is for a token, 4014 for intents that are valid no more.',
    z.strictObject({ code, times: times.optional() }),
    ({ gateway }, { code, times }) => {
      const lift = gateway.switches.refusals.lay(code, { times });
      gateway.drop(code);
      return lift;
    },
  ),
  'slow-identify': lasting(
    'READY comes `ms` milliseconds after the identify.',
    z.strictObject({ ms }),
    ({ gateway }, { ms }) => gateway.switches.readyDelayMs.lay(ms),
  ),
  'gateway-down': lasting('Cuts every main gateway connection and every new one.', none, ({ gateway }) => {
    const lift = gateway.switches.down.lay(true);
    gateway.drop();
    return lift;
  }),
  'silent-gateway': lasting(
    'Heartbeats of the main gateway are not acknowledged, so that clients take the connection for dead.',
    none,
    ({ gateway }) => gateway.switches.silent.lay(true),
  ),
  'gateway-reconnect': moment('Sends op 7: clients should reconnect and resume.', none, ({ gateway }) =>
    gateway.askToReconnect(),
  ),
  'invalid-session': moment(
    'Sends op 9; when not `resumable` the session is over and the bot is out of voice (4014).',
    z.strictObject({ resumable: z.boolean() }),
    ({ gateway }, { resumable }) => gateway.invalidate(resumable),
  ),
} as const;
