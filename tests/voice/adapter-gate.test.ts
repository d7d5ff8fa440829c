import type { DiscordGatewayAdapterLibraryMethods } from '@discordjs/voice';
import { beforeEach, expect, it } from 'vitest';
import { gated } from '../../src/voice/adapter-gate.ts';

type State = Parameters<DiscordGatewayAdapterLibraryMethods['onVoiceStateUpdate']>[0];

const op4 = (channelId: string | null) => ({ op: 4, d: { guild_id: '1', channel_id: channelId } });
const place = (channelId: string | null) => ({ channel_id: channelId }) as State;
const server = (token: string, endpoint: string | null = 'host:443') => ({ guild_id: '1', token, endpoint });

let mayJoin: boolean;
let mayEcho: boolean;
let sent: unknown[];
let told: string[];
let throws: Error | null;
let discord: DiscordGatewayAdapterLibraryMethods;
let send: (payload: unknown) => boolean;

beforeEach(() => {
  mayJoin = false;
  mayEcho = true;
  sent = [];
  told = [];
  throws = null;
  const create = gated(
    (library) => {
      discord = library;
      return { destroy: () => told.push('destroyed'), sendPayload: (payload) => sent.push(payload) > 0 };
    },
    {
      mayJoin: () => mayJoin,
      mayEcho: () => mayEcho,
      sent: () => told.push('sent'),
      placed: (channelId) => told.push(`placed ${channelId}`),
      removed: () => told.push('removed'),
      served: (available) => told.push(available ? 'served' : 'unserved'),
      fault: (error) => told.push(`fault ${String(error)}`),
    },
  );
  const adapter = create({
    destroy: () => told.push('library destroyed'),
    onVoiceStateUpdate: (state) => told.push(`library: in ${String(state.channel_id)}`),
    onVoiceServerUpdate: ({ token }) => {
      if (throws) throw throws;
      told.push(`library: ${token}`);
    },
  });
  send = (payload) => adapter.sendPayload(payload);
});

it('lets a join out only when it may, and leaving always', () => {
  expect(send(op4('7'))).toBe(false);
  expect(send(op4(null))).toBe(true);
  mayJoin = true;
  expect(send(op4('7'))).toBe(true);
  expect(sent).toEqual([op4(null), op4('7')]);
});

it('holds a server back until our place is known', () => {
  discord.onVoiceServerUpdate(server('first'));
  expect(told).toEqual([]);
  discord.onVoiceStateUpdate(place('7'));
  expect(told).toEqual(['library: in 7', 'placed 7', 'library: first', 'served']);
});

it('names the server again when our channel changes right after it', () => {
  discord.onVoiceStateUpdate(place('7'));
  discord.onVoiceServerUpdate(server('moved'));
  told.length = 0;
  discord.onVoiceStateUpdate(place('8'));
  expect(told).toEqual(['library: in 8', 'placed 8', 'library: moved', 'served']);
});

it('does not take the echo of an earlier leaving for a kick, and keeps a kick from the library', () => {
  discord.onVoiceStateUpdate(place(null));
  expect(told).toEqual([]);
  discord.onVoiceStateUpdate(place('7'));
  told.length = 0;
  discord.onVoiceStateUpdate(place(null));
  expect(told).toEqual(['removed']);
});

it('says when the voice server is taken away', () => {
  discord.onVoiceStateUpdate(place('7'));
  told.length = 0;
  discord.onVoiceServerUpdate(server('none', null));
  expect(told).toEqual(['library: none', 'unserved']);
});

it('reports what the library throws', () => {
  throws = new Error('Invalid URL');
  discord.onVoiceStateUpdate(place('7'));
  discord.onVoiceServerUpdate(server('bad'));
  expect(told.at(-1)).toBe('fault Error: Invalid URL');
});

it('takes for a kick what takes us out before we are in, when no earlier leaving can be meant', () => {
  mayEcho = false;
  discord.onVoiceStateUpdate(place(null));
  expect(told).toEqual(['removed']);
});
