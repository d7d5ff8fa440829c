import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { isRecord } from '../garble.ts';

/** An event on its way to a bot. */
export interface Told {
  readonly t: GatewayDispatchEvents;
  readonly d: unknown;
  readonly botId: string;
}

/** What can be done to an event before it is numbered: to the client it is as if Discord had done so. */
export type EventTrick =
  | { readonly kind: 'swallow' | 'double' }
  /** Others overtake it. */
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'change'; readonly change: (d: unknown) => unknown };

/** The events by which a bot joins voice, and knows that it has resumed. */
export const EVENTS = {
  'voice-state': ({ t, d, botId }) =>
    t === GatewayDispatchEvents.VoiceStateUpdate && isRecord(d) && d['user_id'] === botId,
  'voice-server': ({ t }) => t === GatewayDispatchEvents.VoiceServerUpdate,
  resumed: ({ t }) => t === GatewayDispatchEvents.Resumed,
} as const satisfies Record<string, (told: Told) => boolean>;
export type EventName = keyof typeof EVENTS;

/** True for an event of this kind, of this guild when one is given. */
export const isEvent = (told: Told, name: EventName, guildId?: string): boolean =>
  EVENTS[name](told) && (guildId === undefined || (isRecord(told.d) && told.d['guild_id'] === guildId));

/** Does to an event what is to be done: `send` is called for each time that it comes, and with what. */
export function perform(trick: EventTrick | null, d: unknown, send: (d: unknown) => void): void {
  switch (trick?.kind) {
    case undefined:
      return send(d);
    case 'swallow':
      return;
    case 'double':
      send(d);
      return send(d);
    case 'delay':
      return void setTimeout(send, trick.ms, d).unref();
    case 'change':
      return send(trick.change(d));
  }
}
