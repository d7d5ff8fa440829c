import '../../src/voice/sodium-bridge.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { opusPacketsOf } from '../../loopback/ears.ts';
import { startLoopback, type Loopback } from '../../loopback/index.ts';
import { makeFixtures, startMediaHost, type MediaHost } from '../../loopback/media.ts';
import { createApp, type App } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { BotLog } from './bot-log.ts';
import { Room } from './room.ts';
import { SongBook } from './song-book.ts';
import { SwallowLog } from './swallowed.ts';

const ROOT = join(import.meta.dirname, '../..');
const SONGS = ['song.webm', 'second.webm', 'third.opus'] as const;
/** Short, so that songs also end by themselves while things go wrong. */
const SONG_SECONDS = 10;
/** Waits are shortened so that a minute has in it what a day has; the limits of op 4, attempts, back-off and their order are the bot's own. */
const SETTINGS = {
  ALONE_LEAVE_AFTER_MS: '2000',
  QUEUE_END_LEAVE_AFTER_MS: '4000',
  VOICE_COOLDOWNS_S: '3,6,12',
  VOICE_STABLE_AFTER_MS: '20000',
};
/** So that a heartbeat that is not acknowledged, and a session that nobody resumes, matter within seconds. */
const HASTE = { gateway: { heartbeatIntervalMs: 8_000, resumableMs: 10_000 }, voice: { heartbeatIntervalMs: 2_000 } };

/** The double, its guilds with the people in them, and one bot, all in this process. */
export interface Scene {
  readonly loopback: Loopback;
  readonly rooms: readonly Room[];
  readonly log: BotLog;
  readonly swallowed: SwallowLog;
  readonly songs: SongBook;
  /** The address of the song with this number, of a few that follow each other in a circle. */
  songUrl(number: number): string;
  readonly bot: App;
  /** Another guild, with people in it. */
  addRoom(): Room;
}

/** Sets the scene; what is opened is closed by `ends`. */
export async function setScene(guilds: number, ends: AsyncDisposableStack): Promise<Scene> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-chaos-'));
  ends.defer(() => rm(dataDir, { recursive: true, force: true }));
  const fixtures = await makeFixtures(join(ROOT, 'data/loopback/media'), { seconds: SONG_SECONDS });
  const media: MediaHost = await startMediaHost(fixtures);
  ends.defer(() => media.close());
  const loopback = await startLoopback(HASTE);
  ends.defer(() => loopback.close());
  const frames = SONGS.map(async (name) => [name, await opusPacketsOf(fixtures.pathOf(name))] as const);
  const songs = new SongBook(Object.fromEntries(await Promise.all(frames)));
  const life = new AbortController();
  ends.defer(() => life.abort());
  const swallowed = new SwallowLog(loopback, life.signal);

  const rooms: Room[] = [];
  const addRoom = (): Room => {
    const guild = rooms.length === 0 ? loopback.guild : loopback.addGuild(`Guild ${rooms.length}`);
    const room = new Room(rooms.length, guild, { loopback, songs, swallowed });
    rooms.push(room);
    return room;
  };
  while (rooms.length < guilds) addRoom();

  const log = new BotLog();
  const env = { ...process.env, ...loopback.env, DATA_DIR: dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1', ...SETTINGS };
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.take(chunk.toString());
      done();
    },
  });
  const bot = createApp(parseConfig(env), createLogger({ level: 'info', destination }), env);
  ends.defer(() => bot.stop());
  return {
    loopback,
    rooms,
    log,
    swallowed,
    songs,
    songUrl: (number) => media.urlOf(SONGS[number % SONGS.length] ?? SONGS[0]),
    bot,
    addRoom,
  };
}
