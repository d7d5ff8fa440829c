import { sleep } from '../../src/lib/time.ts';
import { Acting } from './acting.ts';
import { comeToRest, proveHealth } from './finale.ts';
import { raiseMusic } from './opening.ts';
import { excesses, judgeBlame, judgeOp4, mistakes, op4Peaks } from './invariants.ts';
import { LiveSessions } from './live-sessions.ts';
import { leftOver, resources } from './resources.ts';
import { setScene } from './scene.ts';
import { inWords, scheduleOf, type Step } from './schedule.ts';
import { Unhandled } from './unhandled.ts';

export interface SeedOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly guilds: number;
}

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  /** What was violated, in words; nothing when all held. */
  readonly violations: readonly string[];
  /** What had been done by then, in words. */
  readonly done: readonly string[];
  readonly steps: number;
  readonly faults: number;
  readonly commands: number;
  readonly frames: number;
  readonly op4: { readonly guild: number; readonly shard: number };
  readonly unhandled: number;
  /** Exceptions of the voice library that nothing caught, and that the bot went on after. */
  readonly survived: number;
  readonly leaks: number;
  readonly seconds: number;
  /** The newest lines of the bot's log, when something was violated. */
  readonly log: readonly string[];
}

/** Plays a seed's schedule to a bot and looks after each step whether everything that must hold does; stops at the first that does not. */
export async function runSeed({ seed, minutes, guilds }: SeedOptions): Promise<SeedResult> {
  const began = performance.now();
  await using ends = new AsyncDisposableStack();
  const life = new AbortController();
  const scene = await setScene(guilds, ends);
  const unhandled = new Unhandled((error) => scene.bot.survives(error));
  ends.defer(() => unhandled.close());
  ends.defer(() => life.abort());
  const sessions = new LiveSessions();
  scene.loopback.voice.events.on('event', (event) => sessions.take(event));
  const beforeBot = await resources();
  await scene.bot.start();
  const atRest = await resources();

  const acting = new Acting(scene, life.signal);
  const done: string[] = [];
  let leaks: string[] = [];
  const look = (): string[] => [
    ...scene.rooms.flatMap((room) => room.listen()),
    ...judgeOp4(op4Peaks(scene.loopback.gateway.sent.list(4))),
    ...excesses(scene.loopback.gateway.sent.list(4)),
    ...sessions.judge(performance.now()),
    ...unhandled.found,
    ...(scene.log.fatal > 0 ? ['the bot logged a fatal error'] : []),
    ...mistakes(scene.loopback.problems()),
    ...scene.rooms.flatMap((room) => judgeBlame(room.told, acting.thrownAt(room))),
    ...bugsTold(acting),
  ];

  const violations = await play();
  return {
    seed,
    violations,
    done,
    steps: done.length,
    faults: acting.faults,
    commands: acting.asked.length,
    frames: scene.rooms.reduce((sum, { hearing }) => sum + hearing.frames, 0),
    op4: op4Peaks(scene.loopback.gateway.sent.list(4)),
    unhandled: unhandled.found.length,
    survived: unhandled.survived,
    leaks: leaks.length,
    seconds: Math.round((performance.now() - began) / 1_000),
    log: violations.length === 0 ? [] : scene.log.lines,
  };

  async function play(): Promise<readonly string[]> {
    const wrong = await raiseMusic(scene);
    if (wrong.length > 0) return wrong;
    for (const step of scheduleOf(seed, { minutes, guilds })) {
      const violated = await take(step);
      if (violated.length > 0) return violated;
    }
    for (const finish of [rest, health, stop]) {
      done.push(finish.name);
      const violated = [...(await finish()), ...look()];
      if (violated.length > 0) return violated;
    }
    return [];
  }

  async function take(step: Step): Promise<string[]> {
    await sleep(step.afterMs);
    done.push(inWords(step));
    await acting.act(step);
    return look();
  }

  async function rest(): Promise<string[]> {
    scene.loopback.faults.liftAll();
    const restless = await comeToRest(scene);
    leaks = restless.length > 0 ? [] : await leftOver(atRest);
    return [...restless, ...leaks.map((leak) => `left over at rest: ${leak}`)];
  }

  async function health(): Promise<string[]> {
    return await proveHealth(scene);
  }

  async function stop(): Promise<string[]> {
    for (const room of scene.rooms) room.empty();
    await scene.bot.stop();
    leaks = await leftOver(beforeBot);
    return leaks.map((leak) => `left over after the bot stopped: ${leak}`);
  }
}

/** Answers that admit a bug. */
function bugsTold(acting: Acting): string[] {
  return acting.asked.flatMap(({ outcome: { message } }) =>
    message?.content.includes('Something broke on my side') === true ? [`somebody read "${message.content}"`] : [],
  );
}
