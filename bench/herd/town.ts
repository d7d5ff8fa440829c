import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ears } from '../../loopback/ears.ts';
import { startLoopback, type Loopback } from '../../loopback/index.ts';
import { makeFixtures, startMediaHost } from '../../loopback/media.ts';
import type { Person } from '../../loopback/people.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { QueueEntry } from '../../src/queue/queue.ts';
import { openStore } from '../../src/storage/index.ts';

const FIXTURES = join(import.meta.dirname, '../../data/loopback/media');
const SONG_SECONDS = 90;

/** A guild with somebody in its Lounge. */
export interface Home {
  readonly guildId: string;
  readonly lounge: string;
  readonly music: string;
  readonly person: Person;
  readonly ears: Ears;
}

/** Many guilds of one bot on one double, and what the bot will find on its disk when it starts. */
export interface Town {
  readonly loopback: Loopback;
  readonly songUrl: string;
  /** Settings of the bot. */
  readonly env: Readonly<Record<string, string>>;
  /** The bot has a queue there, and comes at its start. In the first few it plays. */
  readonly homes: readonly Home[];
  /** Nothing is known of these yet. */
  readonly newcomers: readonly Home[];
}

export interface TownPlan {
  readonly guilds: number;
  /** In so many of them the music plays; in all others it is paused. */
  readonly playing: number;
  readonly newcomers: number;
}

/** Builds it; the bot is not started. All that it needs ends with `ends`. */
export async function buildTown(plan: TownPlan, ends: AsyncDisposableStack): Promise<Town> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-herd-'));
  ends.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  const media = await startMediaHost(await makeFixtures(FIXTURES, { seconds: SONG_SECONDS }));
  ends.defer(() => media.close());
  const loopback = await startLoopback({ trust: false });
  ends.defer(() => loopback.close());
  const homes = Array.from({ length: plan.guilds }, (_, index) => settle(loopback, `Guild ${index + 1}`));
  const newcomers = Array.from({ length: plan.newcomers }, (_, index) => settle(loopback, `Newcomer ${index + 1}`));
  const songUrl = media.urlOf('song.webm');
  await remember(join(dataDir, 'tenuto.sqlite'), homes, plan.playing, songUrl);
  const env = { ...loopback.env, DATA_DIR: dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1', LOG_LEVEL: 'info' };
  return { loopback, songUrl, env, homes, newcomers };
}

function settle(loopback: Loopback, name: string): Home {
  const guild = loopback.addGuild(name);
  const channel = (wanted: string) => [...guild.channels.values()].find((each) => each.name === wanted)?.id ?? '';
  const person = loopback.user(`somebody of ${name}`, guild);
  person.join('Lounge');
  return {
    guildId: guild.id,
    lounge: channel('Lounge'),
    music: channel('music'),
    person,
    ears: loopback.ears(person.name),
  };
}

/** What an earlier process would have left: a song in each guild, for ever. */
async function remember(file: string, homes: readonly Home[], playing: number, songUrl: string): Promise<void> {
  const store = await openStore(`sqlite:${file}`, (line) => console.error(line));
  const queues = new AdvancedQueueManager({ store });
  await queues.load();
  const prepare = async ({ guildId, lounge, music, person }: Home, index: number) => {
    await queues.apply(guildId, { type: 'add', entries: [entry(songUrl, person.id)], start: true });
    await queues.apply(guildId, { type: 'loop', mode: 'track' });
    const paused = index < playing ? 'no' : 'person';
    await queues.updateSession(guildId, { voiceChannelId: lounge, textChannelId: music, paused });
  };
  await Promise.all(homes.map(prepare));
  await queues.close();
  await store.close();
}

const entry = (url: string, requestedBy: string): QueueEntry => ({
  id: crypto.randomUUID(),
  track: {
    source: 'direct-url',
    identifier: url,
    title: 'Long Note',
    artist: null,
    link: url,
    thumbnail: null,
    durationMs: SONG_SECONDS * 1_000,
    live: false,
  },
  requestedBy,
  addedAt: Date.now(),
});
