import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import '../../src/voice/sodium-bridge.ts';
import { PassThrough } from 'node:stream';
import {
  createAudioPlayer,
  createAudioResource,
  StreamType,
  VoiceUDPSocket,
  VoiceWebSocket,
  type VoiceConnection,
} from '@discordjs/voice';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { guildInContext, inGuild } from '../../src/voice/guild-context.ts';
import { isLibraryFault, LibraryFaults } from '../../src/voice/library-faults.ts';

const GUILD = '100000000000000001';

// What is uncaught goes to the test that provokes it, and not to the runner of the tests.
const events = ['uncaughtException', 'unhandledRejection'] as const;
const others = new Map(events.map((event) => [event, process.listeners(event as 'uncaughtException')]));
const limit = Error.stackTraceLimit;
beforeEach(() => {
  for (const event of events) process.removeAllListeners(event);
  Error.stackTraceLimit = 50;
});
afterEach(() => {
  for (const event of events) {
    process.removeAllListeners(event);
    for (const listener of others.get(event) ?? []) process.on(event as 'uncaughtException', listener);
  }
  Error.stackTraceLimit = limit;
});

/** What `look` says in the handler of the exception that follows from `act`. */
function uncaught<T>(act: () => void, look: (error: unknown) => T): Promise<T> {
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => resolve(look(error)));
    act();
  });
}

/** The library sends at once, and the port is impossible. */
function badPort(): VoiceUDPSocket {
  const socket = new VoiceUDPSocket({ ip: '127.0.0.1', port: 99_999 });
  onTestFinished(() => socket.destroy());
  return socket;
}

/** The library's own timer fails, with nothing of ours on the stack. */
const failAlone = () => void badPort();

describe('a fault of the library is', () => {
  it('what it throws in its own timer', async () => {
    expect(await uncaught(failAlone, (error) => isLibraryFault(error, false))).toBe(true);
  });

  it('what a package below it throws, when that happened for a guild', async () => {
    const act = () => {
      const socket = new WebSocket('ws://127.0.0.1:9');
      socket.on('error', () => undefined);
      onTestFinished(() => socket.terminate());
      process.nextTick(socket.ping.bind(socket));
    };
    expect(await uncaught(act, (error) => isLibraryFault(error, true))).toBe(true);
    expect(await uncaught(act, (error) => isLibraryFault(error, false))).toBe(false);
  });

  it('what it throws on a message', async () => {
    const socket = new VoiceWebSocket('ws://127.0.0.1:9', false);
    socket.on('error', () => undefined);
    onTestFinished(() => socket['ws'].terminate());
    const event = { data: Buffer.of(1) } as unknown as Parameters<VoiceWebSocket['onMessage']>[0];
    const act = () => void setImmediate(socket.onMessage.bind(socket), event);
    expect(await uncaught(act, (error) => isLibraryFault(error, false))).toBe(true);
  });
});

describe('no fault of the library is', () => {
  it('what we throw in a listener that it calls', async () => {
    const socket = new VoiceWebSocket('ws://127.0.0.1:9', false);
    onTestFinished(() => socket['ws'].terminate());
    const act = () =>
      void socket.on('error', () => {
        throw new Error('ours');
      });
    expect(await uncaught(act, (error) => isLibraryFault(error, true))).toBe(false);
  });

  it('what it throws while we wait for it', async () => {
    const socket = new VoiceUDPSocket({ ip: '127.0.0.1', port: 9 });
    onTestFinished(() => socket.destroy());
    const act = () => void setImmediate(() => socket.send(null as unknown as Buffer));
    const [code, verdict] = await uncaught(act, (error) => [error, isLibraryFault(error, true)]);
    expect(code).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(verdict).toBe(false);
  });

  it('what stops the clock of all players', async () => {
    const player = createAudioPlayer();
    const connection = { state: { status: 'ready' } } as VoiceConnection;
    player['subscribe'](connection);
    onTestFinished(() => {
      Object.assign(connection, { setSpeaking: () => undefined });
      player.stop(true);
    });
    const frames = new PassThrough({ objectMode: true });
    frames.write(Buffer.of(0xf8, 0xff, 0xfe));
    const act = () => player.play(createAudioResource(frames, { inputType: StreamType.Opus }));
    const [stack, verdict] = await uncaught(act, (error) => [(error as Error).stack, isLibraryFault(error, true)]);
    expect(stack).toMatch(/at audioCycleStep \([^\n]+@discordjs/);
    expect(verdict).toBe(false);
  });

  it('what says that it is one', () => {
    const error = new Error('x\n    at VoiceWebSocket.onMessage (/a/node_modules/@discordjs/voice/dist/index.mjs:1:1)');
    error.stack = `Error: ${error.message}`;
    expect(isLibraryFault(error, true)).toBe(false);
  });

  it('one of which only a part of the stack is known', async () => {
    Error.stackTraceLimit = 2;
    expect(await uncaught(failAlone, (error) => isLibraryFault(error, true))).toBe(false);
  });

  it.each([
    ['a text', 'at VoiceWebSocket (/a/node_modules/ws/index.js:1:1)'],
    ['nothing', undefined],
    ['an error without a stack', Object.assign(new Error('x'), { stack: undefined })],
    ['an error of node alone', Object.assign(new Error('x'), { stack: 'Error: x\n    at node:internal/x:1:1' })],
    [
      'one in code without a file',
      Object.assign(new Error('x'), { stack: 'Error: x\n    at f (eval at g (a.js:1:1), b:1:1)' }),
    ],
  ])('%s', (_what, thrown) => {
    expect(isLibraryFault(thrown, true)).toBe(false);
  });
});

describe('the guild of a fault is known', () => {
  it.each<[string, (fail: () => void) => void]>([
    ['in a timer', (fail) => void setTimeout(fail, 1)],
    ['after a promise', (fail) => void Promise.resolve().then(fail)],
    ['in what follows from it', (fail) => void setImmediate(() => void setTimeout(fail, 1))],
  ])('%s', async (_where, later) => {
    const fail = () => {
      throw new Error('x');
    };
    expect(await uncaught(() => inGuild(GUILD, () => later(fail)), guildInContext)).toBe(GUILD);
    expect(await uncaught(() => later(fail), guildInContext)).toBeNull();
  });
});

describe('the last resort', () => {
  function lastResort() {
    const rebuilt: (string | null)[] = [];
    let survived = 0;
    let now = 0;
    const faults = new LibraryFaults({
      rebuild: (guildId) => void rebuilt.push(guildId),
      survived: () => void (survived += 1),
      log: pino({ level: 'silent' }),
      now: () => now,
    });
    return { faults, rebuilt, count: () => survived, pass: (ms: number) => void (now += ms) };
  }

  it('makes the voice of the guild anew, or of all guilds when nobody knows whose fault it is', async () => {
    const { faults, rebuilt, count } = lastResort();
    expect(
      await uncaught(
        () => inGuild(GUILD, failAlone),
        (error) => faults.survives(error),
      ),
    ).toBe(true);
    expect(await uncaught(failAlone, (error) => faults.survives(error))).toBe(true);
    expect(rebuilt).toEqual([GUILD, null]);
    expect(count()).toBe(2);
  });

  it('leaves everything else to the end of the process', () => {
    const { faults, rebuilt, count } = lastResort();
    expect(faults.survives(new Error('ours'))).toBe(false);
    expect([rebuilt, count()]).toEqual([[], 0]);
  });

  it('gives up when voice cannot be made anew', async () => {
    const rebuild = () => {
      throw new Error('ours');
    };
    const faults = new LibraryFaults({ rebuild, survived: () => undefined, log: pino({ level: 'silent' }) });
    expect(await uncaught(failAlone, (error) => faults.survives(error))).toBe(false);
  });

  it('gives up at the sixth fault within a minute', async () => {
    const { faults, pass } = lastResort();
    const fail = () => uncaught(failAlone, (error) => faults.survives(error));
    for (let fault = 1; fault <= 5; fault += 1) expect(await fail()).toBe(true);
    pass(59_999);
    expect(await fail()).toBe(false);
    pass(1);
    expect(await fail()).toBe(true);
  });
});
