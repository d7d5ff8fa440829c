import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLoopback, type Loopback } from '../../loopback/index.ts';
import { until } from '../../loopback/until.ts';
import { sleep } from '../../src/lib/time.ts';
import { Dice } from '../chaos/dice.ts';
import { Life, type End } from './bot.ts';
import { Guild } from './guild.ts';
import { makeMusic } from './music.ts';
import { Remains } from './record.ts';
import { Tally, type CrashFigures } from './tally.ts';

export interface CrashOptions {
  readonly kills: number;
  readonly guilds: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Killed so soon after its start that most guilds have no music again. */
const EARLY_SHARE = 0.25;
const EARLY_MS = 2_000;
const LONGEST_PLAY_MS = 2_000;
/** With nothing to lose there would be nothing to find. */
const FIRST_SONGS = 3;
/** In so many guilds people do not wait for the music before they type. */
const HASTY_SHARE = 0.25;
const ONLINE_MS = 40_000;
const SOUND_MS = 30_000;
/** Music that should not be is heard by then. */
const QUIET_MS = 500;
/** Discord allows one identify in five seconds; waiting for it would only make the run longer. */
const HASTE = { gateway: { identifyWindowMs: 100, sessionStarts: 1_000_000 } };

/** Kills the bot again and again, and compares what it comes back with to what people were told. */
export async function runCrash({ kills, guilds: count, seed, signal, say }: CrashOptions): Promise<CrashFigures> {
  await using ends = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-crash-'));
  ends.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const music = await makeMusic(folder);
  const loopback = await startLoopback(HASTE);
  ends.defer(() => loopback.close());
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  const env = { ...loopback.env, DATA_DIR: dataDir, MUSIC_DIR: music.folder, LOG_LEVEL: 'info' };
  const guilds = Array.from({ length: count }, (_, number) => {
    const place = number === 0 ? loopback.guild : loopback.addGuild(`Guild ${number}`);
    return new Guild(number, seed, place, { loopback, music });
  });
  const dice = new Dice(seed);
  let registered = false;
  const tally = new Tally(seed, guilds, say);
  let before: Life | null = null;

  for (let kill = 1; kill <= kills; kill += 1) {
    signal.throwIfAborted();
    const early = kill > 1 && dice.chance(EARLY_SHARE);
    const playMs = dice.between(0, early ? EARLY_MS : LONGEST_PLAY_MS);
    const hasty = guilds.map(() => dice.chance(HASTY_SHARE));
    await using life = new Life(env);
    const acting = Promise.allSettled(
      guilds.map((guild, index) => act(guild, life, { hasty: hasty[index] === true, looks: kill % count === index })),
    );
    if (kill === 1) await until('songs in every guild', () => guilds.every(hasSongs), SOUND_MS, signal);
    else if (!early) await heard(life);
    await sleep(playMs, signal);
    end(await life.kill(), await acting);
    before = life;
    await compare(kill);
  }
  await finish();
  return tally.figures(loopback.problems());

  /** People wait until the bot is there, most of them until they hear music, and then type. */
  async function act(guild: Guild, life: Life, { hasty, looks }: { hasty: boolean; looks: boolean }): Promise<void> {
    // Before it has been ready for the first time there are no commands to type.
    const isThere = () => (registered ? isOnline(loopback) : life.readyAt !== null);
    await until('the bot to be there', isThere, ONLINE_MS, life.signal);
    registered = true;
    if (looks) await guild.look(life.signal);
    if (!hasty) await listen(guild, life);
    await guild.act(life.signal);
  }

  /** Before anybody types: what is heard is what should be, and where it is paused, nothing. */
  async function listen(guild: Guild, life: Life): Promise<void> {
    if (guild.sounds === true) {
      // Where none comes, that is counted when the others have it.
      const back = await until('music', () => guild.listener.back, SOUND_MS, life.signal).catch(() => null);
      const song = back?.song ?? null;
      if (song !== null && guild.song !== null && song !== guild.song)
        tally.heardWrong(guild, 'another song than the current one');
    } else if (guild.sounds === false) {
      await until('the bot to be ready', () => life.readyAt !== null, ONLINE_MS, life.signal);
      await sleep(QUIET_MS, life.signal);
      if (guild.listener.back !== null) tally.heardWrong(guild, 'music where there should be none');
    }
  }

  async function heard(life: Life): Promise<void> {
    const silent = guilds.filter(({ sounds }) => sounds === true);
    const all = () =>
      life.readyAt !== null && silent.every(({ listener, sounds }) => sounds !== true || listener.back !== null);
    await until('music in every guild', all, SOUND_MS, signal).catch(() => undefined);
    tally.returned(life, silent);
    for (const { id, listener, sounds } of silent) {
      if (sounds !== true || listener.back !== null) continue;
      // Why it is not there may have been decided in the life before.
      for (const line of [...((await before?.said(id)) ?? []), 'killed', ...(await life.said(id))]) say(`    ${line}`);
    }
  }

  function end(ending: End, outcomes: readonly PromiseSettledResult<void>[]): void {
    tally.ended(ending);
    for (const outcome of outcomes) if (outcome.status === 'rejected') tally.failed(outcome.reason);
    for (const guild of guilds) guild.settle();
  }

  async function compare(kill: number): Promise<void> {
    await using remains = await Remains.of(dataDir);
    const found = await remains.read(guilds.map(({ id }) => id));
    tally.warned(kill, found.warnings);
    for (const guild of guilds) {
      const seen = found.guilds.get(guild.id);
      if (seen !== undefined) tally.compared(kill, guild, guild.model.look(seen));
    }
    tally.progress(kill, kills);
  }

  /** At last everybody looks at everything, and the bot ends as it should. */
  async function finish(): Promise<void> {
    await using life = new Life(env);
    await until('the bot to be ready', () => life.readyAt !== null, ONLINE_MS, signal);
    await heard(life);
    for (const guild of guilds) {
      await guild.look(life.signal);
      tally.compared(kills, guild, null);
    }
    tally.ended(await life.stop());
  }
}

const hasSongs = ({ model }: Guild): boolean => model.acknowledged >= FIRST_SONGS;

const isOnline = ({ gateway }: Loopback): boolean => gateway.sessions.some(({ attached }) => attached);
