import { CHANNEL_FAULTS } from './faults/channels.ts';
import { DAVE_FAULTS } from './faults/dave.ts';
import { DISCOVERY_FAULTS } from './faults/discovery.ts';
import { EVENT_FAULTS } from './faults/events.ts';
import { GATEWAY_FAULTS } from './faults/gateway.ts';
import { JOIN_FAULTS } from './faults/join.ts';
import { MODERATION_FAULTS } from './faults/moderation.ts';
import { REST_FAULTS } from './faults/rest.ts';
import { UDP_FAULTS } from './faults/udp.ts';
import { VOICE_MESSAGE_FAULTS } from './faults/voice-messages.ts';
import { VOICE_PORT_FAULTS } from './faults/voice-port.ts';
import { VOICE_FAULTS } from './faults/voice.ts';
import { WORLD_FAULTS } from './faults/world.ts';

/** Everything that can be made to go wrong, by name. A new fault is a new row of one of these tables. */
export const FAULTS = {
  ...VOICE_FAULTS,
  ...VOICE_MESSAGE_FAULTS,
  ...VOICE_PORT_FAULTS,
  ...UDP_FAULTS,
  ...DISCOVERY_FAULTS,
  ...DAVE_FAULTS,
  ...MODERATION_FAULTS,
  ...CHANNEL_FAULTS,
  ...WORLD_FAULTS,
  ...JOIN_FAULTS,
  ...EVENT_FAULTS,
  ...GATEWAY_FAULTS,
  ...REST_FAULTS,
} as const;
