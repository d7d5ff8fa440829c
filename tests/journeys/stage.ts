import '../../src/voice/sodium-bridge.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, onTestFinished } from 'vitest';
import { matchFrames, opusPacketsOf, type Expected, type FrameMatch } from '../../loopback/ears.ts';
import type { Person, SeenMessage } from '../../loopback/people.ts';
import { startLoopback, type Loopback, type LoopbackOptions } from '../../loopback/index.ts';
import { makeFixtures, startMediaHost, type MediaHost } from '../../loopback/media.ts';
import { until } from '../../loopback/until.ts';
import { createApp, type App } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

/** Made once a checkout, and kept. */
const FIXTURES = join(import.meta.dirname, '../../data/loopback/media');
const SONG_SECONDS = 30;

/** A song by the double's audio host: its address and its Opus packets. */
export interface Song {
  readonly url: string;
  readonly frames: readonly Buffer[];
}

/** Everything that a journey plays on: the double, an audio host, and bots in this process, all closed after the test. */
export interface Stage {
  readonly loopback: Loopback;
  readonly media: MediaHost;
  /** The folder of the bot that is started next; it outlives bots that stop. */
  readonly dataDir: string;
  /** Starts a bot in this process and waits until it is ready. */
  startBot(settings?: Readonly<Record<string, string>>): Promise<Bot>;
  song(name: 'song.webm' | 'song.opus' | 'second.webm' | 'third.opus'): Promise<Song>;
  /** Which frames of the song a listener heard. */
  match(listener: string, song: Song, expected?: Expected): FrameMatch;
}

export interface Bot extends App {
  /** Every log line so far. */
  log(): string;
}

/** Sets the stage. */
export async function setStage(options: LoopbackOptions = {}, songSeconds = SONG_SECONDS): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-journey-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const fixtures = await makeFixtures(FIXTURES, { seconds: songSeconds });
  const media = await startMediaHost(fixtures);
  onTestFinished(() => media.close());
  const loopback = await startLoopback(options);
  // Every journey is also a witness: nothing unknown was asked of the double, and no rule of Discord's was broken.
  onTestFinished(async () => {
    const problems = loopback.problems();
    await loopback.close();
    expect(problems).toEqual([]);
  });

  async function startBot(settings: Readonly<Record<string, string>> = {}): Promise<Bot> {
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const env = {
      ...process.env,
      ...loopback.env,
      DATA_DIR: dataDir,
      ALLOW_PRIVATE_HOSTS: '127.0.0.1',
      EXTRACTORS: 'music,generic',
      ...settings,
    };
    const app = createApp(parseConfig(env), createLogger({ level: 'debug', destination }), env);
    let stopped: Promise<void> | null = null;
    const bot = { ...app, stop: () => (stopped ??= app.stop()), log: () => lines.join('') };
    onTestFinished(async ({ task }) => {
      await bot.stop();
      if (task.result?.state === 'fail') process.stderr.write(bot.log());
    });
    await bot.start();
    return bot;
  }

  return {
    loopback,
    media,
    dataDir,
    startBot,
    song: async (name) => ({ url: media.urlOf(name), frames: await opusPacketsOf(fixtures.pathOf(name)) }),
    match: (listener, song, expected) => matchFrames(loopback.heard(listener), song.frames, expected),
  };
}

/** Types a command and resolves with what the person then reads. */
export async function ask(
  person: Person,
  command: string,
  options: Readonly<Record<string, string | number | boolean>> = {},
): Promise<SeenMessage> {
  const interaction = await person.slash(command, options);
  return await interaction.answered();
}

/** Resolves with the newest message that the person sees and that is as described. */
export function sees(person: Person, what: string, like: (message: SeenMessage) => boolean): Promise<SeenMessage> {
  return until(`${person.name} sees ${what}`, () => person.sees().findLast(like), 20_000);
}
