import { SlashCommandBuilder, type RouteLike } from 'discord.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.ts';
import { registerCommands } from '../../src/discord/register.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';

const command = (name: string): Command => ({
  data: new SlashCommandBuilder().setName(name).setDescription('Does something'),
  needs: 'guild',
  run: async () => 'done',
});

let store: MemoryStore;
let puts: [RouteLike, readonly { readonly name: string; readonly contexts?: unknown }[]][];
let levels: number[];
/** A part of the routes that Discord refuses. */
let refused: string;

beforeEach(() => {
  store = new MemoryStore();
  puts = [];
  levels = [];
  refused = 'none';
});

async function start(commands: readonly Command[], guildIds: readonly string[] = [], applicationId = '1') {
  puts = [];
  const log = createLogger({
    level: 'warn',
    destination: { write: (line) => void levels.push((JSON.parse(line) as { level: number }).level) },
  });
  const rest = {
    put: async (route: RouteLike, options?: { readonly body?: unknown }) => {
      puts.push([route, options?.body as (typeof puts)[0][1]]);
      if (route.includes(refused)) throw new Error('no network');
    },
  };
  await registerCommands(commands, { rest, applicationId, guildIds, store, log });
  return puts.map(([route, body]) => `${route}: ${body.map(({ name }) => name).join(' ')}`);
}

describe('registerCommands', () => {
  it('registers once, and again only when something changed', async () => {
    expect(await start([command('play')])).toEqual(['/applications/1/commands: play']);
    expect(await start([command('play')])).toEqual([]);
    expect(await start([command('play'), command('skip')])).toEqual(['/applications/1/commands: play skip']);
  });

  it('asks for guilds only, where that can be said', async () => {
    await start([command('play')]);
    expect(puts[0]?.[1][0]?.contexts).toEqual([0]);
    await start([command('play')], ['7']);
    expect(JSON.stringify(puts[0]?.[1])).not.toContain('contexts');
  });

  it('registers for the given guilds, and takes away what people would see twice', async () => {
    await start([command('play')]);
    expect(await start([command('play')], ['7', '8'])).toEqual([
      '/applications/1/guilds/7/commands: play',
      '/applications/1/guilds/8/commands: play',
      '/applications/1/commands: ',
    ]);
    expect(await start([command('play')], ['7', '8'])).toEqual([]);
    expect(await start([command('play')], ['8'])).toEqual(['/applications/1/guilds/7/commands: ']);
    expect(await start([command('play')])).toEqual([
      '/applications/1/commands: play',
      '/applications/1/guilds/8/commands: ',
    ]);
  });

  it('knows one application from another', async () => {
    await start([command('play')], ['7'], '1');
    expect(await start([command('play')], ['7'], '2')).toEqual(['/applications/2/guilds/7/commands: play']);
  });

  it('goes on with the others when one guild is refused', async () => {
    await start([command('play')], ['6', '7']);
    refused = '/guilds/7/';
    expect(await start([command('skip')], ['7', '8'])).toEqual([
      '/applications/1/guilds/7/commands: skip',
      '/applications/1/guilds/8/commands: skip',
      '/applications/1/guilds/6/commands: ',
    ]);
    expect(levels).toEqual([40]);
    expect(await start([command('skip')], ['8'])).toEqual(['/applications/1/guilds/7/commands: ']);
    expect(await start([command('skip')], ['7', '8'])).toEqual(['/applications/1/guilds/7/commands: skip']);
  });

  it('survives a store that cannot be read', async () => {
    store.keys = () => Promise.reject(new Error('disk'));
    expect(await start([command('play')])).toEqual(['/applications/1/commands: play']);
    expect(levels).toEqual([40]);
  });

  it('only warns when Discord refuses, and tries again at the next start', async () => {
    refused = '/commands';
    await start([command('play')]);
    expect(levels).toEqual([40]);
    refused = 'none';
    expect(await start([command('play')])).toEqual(['/applications/1/commands: play']);
  });
});
