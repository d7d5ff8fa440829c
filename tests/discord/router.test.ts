import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandContext, Reply } from '../../src/commands/command.ts';
import type { Situation } from '../../src/discord/guards.ts';
import { Router, type Request } from '../../src/discord/router.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { context, services } from '../commands/fixtures/services.ts';
import { answerable } from './fixtures/answerable.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const never = new Promise<never>(() => undefined);
const standing = { manages: false, dj: false, djRole: '"DJ"' };
const rules = { djOnly: false, blocked: false, channels: [] };
const IN_GUILD: Situation = { guildId: 'G', standing, rules, person: null, bot: null, present: [] };

interface Scene {
  readonly run?: (context: CommandContext) => Promise<Reply>;
  readonly ephemeral?: boolean;
  readonly situation?: Situation;
  readonly ready?: Promise<unknown>;
  readonly failing?: Parameters<typeof answerable>[0];
}

/** A router, one request to it, and everything that can be seen from outside. */
function scene({ run = async () => 'done', ephemeral = false, situation = IN_GUILD, ready, failing }: Scene = {}) {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const router = new Router({ services: services().services, djRole: 'DJ', log, ready: ready ?? Promise.resolve() });
  const { to, calls } = answerable(failing);
  const request: Request = {
    name: '/test',
    command: { needs: 'guild', ephemeral, run },
    situation: () => situation,
    context: context(),
    answerable: to,
  };
  const logged = () => lines.map((line) => JSON.parse(line) as { level: number; msg: string; incident?: string });
  return { router, request, calls, logged };
}

describe('the way of a command', () => {
  it('is deferred at once, run and answered', async () => {
    const { router, request, calls } = scene();
    await router.handle(request);
    expect(calls).toEqual(['deferReply', 'editReply: done']);
  });

  it('is deferred before anything that takes time', () => {
    const { router, request, calls } = scene({ run: () => never, ready: never });
    void router.handle(request);
    expect(calls).toEqual(['deferReply']);
  });

  it('is seen only by the person who asked when the command says so', async () => {
    const { router, request, calls } = scene({ ephemeral: true });
    await router.handle(request);
    expect(calls).toEqual(['deferReply ephemeral', 'editReply: done']);
  });

  it('ends at the guard, with one answer and nothing run', async () => {
    const run = vi.fn(async () => 'done');
    const { router, request, calls, logged } = scene({ run, situation: { ...IN_GUILD, guildId: null } });
    await router.handle(request);
    expect(calls).toEqual(['reply ephemeral: This works only in a server.']);
    expect(run).not.toHaveBeenCalled();
    expect(logged().map(({ level }) => level)).toEqual([20]);
  });
});

describe('a failure', () => {
  const failing = (failure: Error): Scene => ({
    run: async () => {
      throw failure;
    },
  });

  it('is told only to the person who asked, although the answer was to be public', async () => {
    const { router, request, calls } = scene(failing(new TenutoError('NOTHING_FOUND')));
    await router.handle(request);
    expect(calls).toEqual([
      'deferReply',
      'deleteReply',
      'followUp ephemeral: I found nothing for that. Try other words or a link.',
    ]);
  });

  it('takes the place of an answer that was private anyway', async () => {
    const { router, request, calls } = scene({ ...failing(new TenutoError('NOTHING_FOUND')), ephemeral: true });
    await router.handle(request);
    expect(calls).toEqual(['deferReply ephemeral', 'editReply: I found nothing for that. Try other words or a link.']);
  });

  it.each([
    ['of the person', new TenutoError('NOTHING_PLAYING'), 20],
    ['of somebody outside', new TenutoError('EXTRACTION_TIMED_OUT'), 40],
    ['of ours', new TypeError('x is not a function'), 50],
  ])('%s is logged by who can do something about it', async (_whose, error, level) => {
    const { router, request, logged } = scene(failing(error));
    await router.handle(request);
    expect(logged().map((line) => line.level)).toEqual([level]);
  });

  it('of ours gives an incident number that is also in the log, and no details', async () => {
    const { router, request, calls, logged } = scene(failing(new TypeError('secret is not a function')));
    await router.handle(request);
    const said = calls.at(-1) ?? '';
    expect(said).toContain(`(Incident ${logged()[0]?.incident})`);
    expect(logged()[0]?.incident).toMatch(/^[0-9a-f]{8}$/);
    expect(said).not.toContain('secret');
  });

  it('of Discord, or of the way to it, is no bug of ours', async () => {
    const cut = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
    const { router, request, calls, logged } = scene(failing(cut));
    await router.handle(request);
    expect(calls.at(-1)).toContain('Discord did not take');
    expect(logged()).toMatchObject([{ level: 40, msg: 'request failed' }]);
  });

  it('that cannot be told either is logged, and nothing is thrown', async () => {
    const { router, request, logged } = scene({
      ...failing(new Error('one')),
      failing: { deleteReply: new Error('two') },
    });
    await router.handle(request);
    expect(logged().map(({ msg }) => msg)).toEqual(['request failed', 'failure could not be told']);
  });

  it('thrown while looking at the situation is caught too', async () => {
    const { router, request, calls } = scene();
    const broken = {
      ...request,
      situation: () => {
        throw new Error('cache');
      },
    };
    await router.handle(broken);
    expect(calls).toEqual([expect.stringContaining('reply ephemeral: Something broke on my side.')]);
  });

  it.each([10062, 40060])('to defer with code %d is a warning, and the command is not run', async (code) => {
    const run = vi.fn(async () => 'done');
    const refusal = Object.assign(new Error('refused'), { code });
    const { router, request, calls, logged } = scene({ run, failing: { deferReply: refusal } });
    await router.handle(request);
    expect(run).not.toHaveBeenCalled();
    expect(calls).toEqual(['deferReply']);
    expect(logged().map(({ level }) => level)).toEqual([40]);
  });

  it('to answer because the answer was deleted is a warning', async () => {
    const gone = Object.assign(new Error('Unknown Message'), { code: 10008 });
    const { router, request, calls, logged } = scene({ failing: { editReply: gone } });
    await router.handle(request);
    expect(calls).toEqual(['deferReply', 'editReply: done']);
    expect(logged().map(({ level }) => level)).toEqual([40]);
  });
});

describe('while the bot logs in', () => {
  it('a command waits, and is then answered', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { router, request, calls } = scene({ ready: promise });
    const handling = router.handle(request);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(calls).toEqual(['deferReply']);
    resolve();
    await handling;
    expect(calls.at(-1)).toBe('editReply: done');
  });

  it('a command is put off after ten seconds', async () => {
    const { router, request, calls } = scene({ ready: never });
    const handling = router.handle(request);
    await vi.advanceTimersByTimeAsync(10_000);
    await handling;
    expect(calls.at(-1)).toBe('followUp ephemeral: I am just starting. Try again in a few seconds.');
  });
});

describe('the signal of a command', () => {
  it('is aborted when the time for an answer is over, and the person is told', async () => {
    let signal: AbortSignal | undefined;
    const { router, request, calls } = scene({
      run: (context) => {
        signal = context.signal;
        return never;
      },
    });
    const handling = router.handle(request);
    await vi.advanceTimersByTimeAsync(14 * 60_000 - 1);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await handling;
    expect(signal?.reason).toMatchObject({ code: 'TOOK_TOO_LONG' });
    expect(calls.at(-1)).toContain('That took too long');
  });

  it('is aborted when the bot stops; the person is told, and close waits for that', async () => {
    let signal: AbortSignal | undefined;
    const { router, request, calls } = scene({
      run: (context) => {
        signal = context.signal;
        return never;
      },
    });
    void router.handle(request);
    await vi.advanceTimersByTimeAsync(0);
    await router.close();
    expect(signal?.aborted).toBe(true);
    expect(calls.at(-1)).toContain('I am restarting');
  });

  it('is aborted when one part of the command fails, so that the others end too', async () => {
    let signal: AbortSignal | undefined;
    const { router, request } = scene({
      run: (context) => {
        signal = context.signal;
        return Promise.reject(new Error('x'));
      },
    });
    await router.handle(request);
    expect(signal?.aborted).toBe(true);
  });

  it('stays quiet after a command that went well, and no timer is left', async () => {
    let signal: AbortSignal | undefined;
    const { router, request } = scene({
      run: async (context) => {
        signal = context.signal;
        return 'done';
      },
    });
    await router.handle(request);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(15 * 60_000);
    expect(signal?.aborted).toBe(false);
  });
});

it('gives up on answers that Discord does not take, a second after the stop', async () => {
  const { router, request, logged } = scene();
  const slow = { ...request, answerable: { ...request.answerable, deferReply: () => never } };
  void router.handle(slow);
  let closed = false;
  const closing = router.close().then(() => (closed = true));
  await vi.advanceTimersByTimeAsync(999);
  expect(closed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await closing;
  expect(logged()).toMatchObject([{ level: 40, error: { message: 'answers not delivered in time: 1' } }]);
  expect(vi.getTimerCount()).toBe(0);
});

it('refuses what comes after the stop', async () => {
  const { router, request, calls } = scene();
  await router.close();
  await router.handle(request);
  expect(calls).toEqual([expect.stringContaining('reply ephemeral: I am restarting')]);
});
