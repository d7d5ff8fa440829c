import { quantile, rounded } from '../statistics.ts';
import type { End, Life } from './bot.ts';
import type { Guild } from './guild.ts';
import type { Wrong } from './model.ts';

/** What came of a run, for programs. */
export interface CrashFigures {
  readonly kills: number;
  /** Commands that changed something and were answered. */
  readonly acknowledged: number;
  /** Of these, gone after a restart. */
  readonly lost: number;
  readonly wrong_states: number;
  readonly position_error_ms_p95: number;
  readonly position_error_ms_max: number;
  readonly positions: number;
  /** From the start of the process to the first sound. */
  readonly restore_ms_p95: number;
  /** From when it said that it is ready; below 0 when the music came before that. */
  readonly restore_from_ready_ms_p95: number;
  readonly restored: number;
  readonly silent: number;
  /** Another song than the current one, or any while it is paused. */
  readonly wrong_sounds: number;
  readonly commands: number;
  readonly refused: number;
  /** Under way when the bot was killed. */
  readonly interrupted: number;
  readonly unanswered: number;
  readonly died_alone: number;
  readonly unhandled: number;
  readonly problems: number;
  readonly seconds: number;
}

const SAY_EVERY = 10;

/** Counts, and tells what is wrong as soon as it is known. */
export class Tally {
  readonly #begunAt = performance.now();
  readonly #seed: number;
  readonly #guilds: readonly Guild[];
  readonly #say: (line: string) => void;
  readonly #restores: { readonly ms: number; readonly fromReadyMs: number }[] = [];
  readonly #errorsMs: number[] = [];
  readonly #counts = { kills: 0, lost: 0, wrong: 0, silent: 0, sounds: 0, unanswered: 0, alone: 0, unhandled: 0 };

  constructor(seed: number, guilds: readonly Guild[], say: (line: string) => void) {
    this.#seed = seed;
    this.#guilds = guilds;
    this.#say = say;
  }

  /** In these guilds music should be heard again. */
  returned(life: Life, guilds: readonly Guild[]): void {
    for (const guild of guilds) {
      const { back } = guild.listener;
      if (back === null) {
        if (guild.sounds !== true) continue;
        this.#counts.silent += 1;
        this.#say(`seed ${this.#seed}, after kill ${this.#counts.kills}, guild ${guild.number}: no music came back`);
        continue;
      }
      this.#restores.push({ ms: back.at - life.begunAt, fromReadyMs: back.at - (life.readyAt ?? back.at) });
      if (back.errorMs !== null) this.#errorsMs.push(back.errorMs);
    }
  }

  heardWrong(guild: Guild, what: string): void {
    this.#counts.sounds += 1;
    this.#say(`seed ${this.#seed}, after kill ${this.#counts.kills}, guild ${guild.number}: ${what} was heard`);
  }

  ended({ early, unhandled }: End): void {
    this.#counts.alone += early ? 1 : 0;
    this.#counts.unhandled += unhandled.length;
    for (const line of unhandled) this.#say(`unhandled: ${line}`);
    if (early) this.#say('the bot died by itself');
  }

  /** Somebody could not go on; that the bot is dead is no news. */
  failed(reason: unknown): void {
    if (reason instanceof Error && /no answer|did not respond/.test(reason.message)) {
      this.#counts.unanswered += 1;
      this.#say(reason.message);
    } else if (!isDeath(reason)) throw reason;
  }

  compared(kill: number, guild: Guild, wrong: Wrong | null): void {
    const all = [...guild.takeWrong(), ...(wrong === null ? [] : [wrong])];
    this.#counts.wrong += all.length;
    for (const { lost, words } of all) {
      this.#counts.lost += lost;
      this.#say(`seed ${this.#seed}, kill ${kill}, guild ${guild.number}:\n  ${words}`);
      this.#say(`  answered last:\n    ${guild.recent.join('\n    ')}`);
    }
  }

  /** The records as they were found are not as they should be. */
  warned(kill: number, warnings: readonly string[]): void {
    this.#counts.wrong += warnings.length;
    for (const warning of warnings) this.#say(`seed ${this.#seed}, kill ${kill}: ${warning}`);
  }

  progress(kill: number, kills: number): void {
    this.#counts.kills = kill;
    if (kill % SAY_EVERY !== 0 && kill !== kills) return;
    const {
      acknowledged,
      lost,
      wrong_states: wrong,
      position_error_ms_p95: off,
      restore_ms_p95: back,
    } = this.figures([]);
    this.#say(
      `${kill} kills: ${acknowledged} acknowledged, ${lost} lost, ${wrong} wrong states, ${off} ms off, back in ${back} ms (p95)`,
    );
  }

  figures(problems: readonly string[]): CrashFigures {
    const total = (figure: (guild: Guild) => number) => this.#guilds.reduce((sum, guild) => sum + figure(guild), 0);
    const p95 = (values: readonly number[]) => rounded(quantile(values, 0.95), 0);
    const { kills, lost, wrong, silent, sounds, unanswered, alone, unhandled } = this.#counts;
    for (const problem of problems) this.#say(`problem: ${problem}`);
    return {
      kills,
      acknowledged: total(({ model }) => model.acknowledged),
      lost,
      wrong_states: wrong,
      position_error_ms_p95: p95(this.#errorsMs),
      position_error_ms_max: Math.max(0, ...this.#errorsMs),
      positions: this.#errorsMs.length,
      restore_ms_p95: p95(this.#restores.map(({ ms }) => ms)),
      restore_from_ready_ms_p95: p95(this.#restores.map(({ fromReadyMs }) => fromReadyMs)),
      restored: this.#restores.length,
      silent,
      wrong_sounds: sounds,
      commands: total(({ figures }) => figures.commands),
      refused: total(({ figures }) => figures.refused),
      interrupted: total(({ figures }) => figures.interrupted),
      unanswered,
      died_alone: alone,
      unhandled,
      problems: problems.length,
      seconds: Math.round((performance.now() - this.#begunAt) / 1_000),
    };
  }
}

const isDeath = (reason: unknown): boolean =>
  reason instanceof Error && (reason.name === 'AbortError' || reason.message.startsWith('nobody waits for'));
