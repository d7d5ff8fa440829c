import { expect, it, vi } from 'vitest';
import { Client, Events } from 'discord.js';
import { pino } from 'pino';
import { guardDispatches } from '../../src/discord/dispatch-guard.ts';

const STATE = { guild_id: '1', channel_id: null, user_id: '2', session_id: 's' };
const SERVER = { guild_id: '1', token: 't', endpoint: null };

type Packets = readonly { readonly t: string; readonly d: unknown }[];

/** The dispatches that reach a client behind the guard. */
function reaching(...packets: Packets): readonly unknown[] {
  return reachingOf(new Client({ intents: [] }), ...packets);
}

function reachingOf(client: Client, ...packets: Packets): readonly unknown[] {
  const handled = vi.fn<(packet: { readonly d: unknown }) => boolean>(() => true);
  const manager = client.ws as unknown as { handlePacket: typeof handled };
  manager.handlePacket = handled;
  guardDispatches(client, pino({ level: 'silent' }));
  for (const packet of packets) manager.handlePacket(packet);
  return handled.mock.calls.map(([{ d }]) => d);
}

it('lets voice events through as Discord documents them, and what it knows nothing of', () => {
  const state = { ...STATE, channel_id: '3', member: { user: { id: '2' } }, new_field: 1 };
  const packets = [
    { t: 'VOICE_STATE_UPDATE', d: STATE },
    { t: 'VOICE_STATE_UPDATE', d: state },
    { t: 'VOICE_SERVER_UPDATE', d: SERVER },
    { t: 'SOMETHING_NEW', d: null },
  ];
  expect(reaching(...packets)).toEqual(packets.map(({ d }) => d));
});

it.each([null, undefined, 7, {}, [], { ...STATE, user_id: 2 }, { ...STATE, channel_id: {} }, { ...STATE, member: {} }])(
  'keeps a voice state away that is %j',
  (d) => {
    expect(reaching({ t: 'VOICE_STATE_UPDATE', d })).toEqual([]);
  },
);

it.each([null, undefined, 'text', {}, { ...SERVER, guild_id: 1 }, { ...SERVER, endpoint: ['host'] }])(
  'keeps a voice server away that is %j',
  (d) => {
    expect(reaching({ t: 'VOICE_SERVER_UPDATE', d })).toEqual([]);
  },
);

it('keeps messages away for as long as nobody listens for them', () => {
  const message = { t: 'MESSAGE_CREATE', d: { id: '1' } };
  const client = new Client({ intents: [] });
  expect(reachingOf(client, message)).toEqual([]);
  client.on(Events.MessageCreate, () => undefined);
  expect(reachingOf(client, message)).toEqual([message.d]);
});
