import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { answerWithin } from '../../loopback/control/people.ts';
import { startControl } from '../../loopback/control/server.ts';
import { startLoopback, type Loopback } from '../../loopback/index.ts';
import type { Interaction } from '../../loopback/people.ts';
import { RawClient } from './gateway-client.ts';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Scene {
  readonly loopback: Loopback;
  readonly url: string;
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body: unknown) => Promise<Answer>;
}

async function read(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function scene(): Promise<Scene> {
  const loopback = await startLoopback();
  const { url, close } = await startControl(loopback);
  onTestFinished(async () => {
    await close();
    await loopback.close();
  });
  return {
    loopback,
    url,
    get: async (path) => read(await fetch(url + path)),
    post: async (path, body) =>
      read(
        await fetch(url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
  };
}

/** A bot of few words: it registers /echo and answers it with its option. */
async function echo({ loopback }: Scene): Promise<RawClient> {
  const { env, application } = loopback;
  const api = `${env['DISCORD_API_URL']}/v10`;
  const authorization = `Bot ${application.token}`;
  const send = (method: string, path: string, body: unknown) =>
    fetch(api + path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const option = { type: 3, name: 'words', description: 'What', required: true };
  const registered = await send('PUT', `/applications/${application.id}/commands`, [
    { name: 'echo', description: 'Says it again', options: [option] },
  ]);
  expect(registered.status).toBe(200);
  const bot = new RawClient(loopback.gateway.url);
  onTestFinished(() => bot.cut());
  await bot.identify(application.token);
  void (async () => {
    const { d } = await bot.event('INTERACTION_CREATE');
    const { options } = d['data'] as { options: { value: string }[] };
    const data = { content: options[0]?.value };
    await send('POST', `/interactions/${String(d['id'])}/${String(d['token'])}/callback`, { type: 4, data });
  })().catch(() => undefined);
  return bot;
}

describe('the control API', () => {
  it('lets people join, move and leave', async () => {
    const { loopback, get, post } = await scene();
    const where = () => loopback.guild.channels.get([...loopback.guild.voiceStates.values()][0]?.channelId ?? '')?.name;
    expect(await post('/people/ada/join', { channel: 'Lounge' })).toEqual({ status: 200, body: {} });
    expect(where()).toBe('Lounge');
    await post('/people/ada/move', { channel: 'Studio' });
    expect(where()).toBe('Studio');
    expect((await get('/wait/voice?user=ada&channel=Studio')).status).toBe(200);
    await post('/people/ada/leave', {});
    expect(where()).toBeUndefined();
    expect((await get('/wait/voice?user=ada')).body).toEqual({ channelId: null });
  });

  it('lets people type a command, and tells what they see', async () => {
    const control = await scene();
    await echo(control);
    expect((await control.get('/wait/online')).status).toBe(200);
    expect((await control.get('/wait/command?name=echo')).status).toBe(200);
    const asked = await control.post('/people/ada/slash', {
      command: 'echo',
      options: { words: 'hello' },
      waitMs: 10_000,
    });
    expect(asked.body).toMatchObject({ status: 'answered', message: { content: 'hello' } });
    const id = String(asked.body['interactionId']);
    expect((await control.get(`/interactions/${id}`)).body).toEqual(asked.body);
    expect((await control.get(`/wait/answer?interaction=${id}`)).body).toEqual(asked.body);
    expect((await control.get('/people/ada/sees')).body).toMatchObject({ messages: [{ content: 'hello' }] });
    expect((await control.get('/wait/message?person=ada&text=hell')).body).toMatchObject({ content: 'hello' });
    expect((await control.get('/problems')).body).toEqual({ problems: [] });
    expect((await control.get('/sent?op=2')).body).toMatchObject({ sent: [{ op: 2 }] });
    expect((await control.get('/requests?route=PUT')).body).toMatchObject({
      requests: [{ method: 'PUT', status: 200 }],
    });
  });

  it('answers a wait as soon as it holds', async () => {
    const { get, post } = await scene();
    await post('/people/ada/leave', {});
    const waiting = get('/wait/voice?user=ada&channel=Lounge');
    await post('/people/ada/join', { channel: 'Lounge' });
    expect((await waiting).status).toBe(200);
  });

  it('tells what was heard in parts, with hashes or bytes', async () => {
    const { loopback, url, get, post } = await scene();
    await post('/people/ada/join', { channel: 'Lounge' });
    for (const sequence of [1, 2, 3]) {
      loopback.ears('ada').hear({
        opus: Buffer.from([0xfc, sequence]),
        sequence,
        timestamp: sequence * 960,
        ssrc: 1,
        at: performance.now(),
        userId: loopback.application.id,
        dave: true,
      });
    }
    expect((await get('/wait/heard?person=ada&count=3')).body).toEqual({ count: 3 });
    expect((await get('/people/ada/heard?from=1&limit=1&payload=base64')).body).toMatchObject({
      count: 3,
      packets: [{ sequence: 2, bytes: 2, base64: '/AI=', dave: true }],
    });
    expect((await get('/people/ada/heard')).body).toMatchObject({
      packets: [{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }, {}, {}],
    });
    await fetch(`${url}/people/ada/heard`, { method: 'DELETE' });
    expect((await get('/people/ada/heard')).body).toMatchObject({ count: 0, packets: [] });
  });

  it('throws faults, lists those that last, and lifts them', async () => {
    const { url, get, post } = await scene();
    const thrown = await post('/faults', { name: 'silent-voice-join' });
    expect(thrown.body).toMatchObject({ name: 'silent-voice-join', lasts: true });
    expect((await get('/faults')).body['lasting']).toMatchObject([{ id: thrown.body['id'] }]);
    const lift = () => fetch(`${url}/faults/${String(thrown.body['id'])}`, { method: 'DELETE' });
    expect((await lift()).status).toBe(200);
    expect((await get('/faults')).body['lasting']).toEqual([]);
    expect((await lift()).status).toBe(404);
  });

  it('makes guilds, in which people act by the guild’s name', async () => {
    const { loopback, get, post } = await scene();
    const made = await post('/guilds', { name: 'Second' });
    await post('/people/ada/join', { channel: 'Lounge', guild: 'Second' });
    expect(loopback.world.guild(String(made.body['id'])).voiceStates.size).toBe(1);
    expect(loopback.guild.voiceStates.size).toBe(0);
    expect((await get('/state')).body).toMatchObject({ guilds: [{ name: 'Loopback' }, { name: 'Second' }] });
  });

  it.each([
    ['a field of the wrong type', 400, '/people/ada/join', { channel: 7 }, 'channel: '],
    ['a field that there is not', 400, '/people/ada/leave', { chanel: 'x' }, 'chanel'],
    ['a strange name', 400, '/people/%2e%2e%2fada/leave', {}, 'a name has'],
    ['a channel that there is not', 422, '/people/ada/join', { channel: 'Nowhere' }, 'there is no channel Nowhere'],
    ['a command that nobody registered', 422, '/people/ada/slash', { command: 'nothing' }, 'nothing'],
    ['a fault that there is not', 404, '/faults', { name: 'constructor' }, 'there is no fault'],
    [
      'a fault with wrong parameters',
      400,
      '/faults',
      { name: 'close-voice', params: { code: 1006 } },
      'code: not a code',
    ],
    ['a fault that meets nothing', 422, '/faults', { name: 'kick', params: { guildId: '1' } }, 'there is no guild 1'],
    ['a path that there is not', 404, '/nothing', {}, 'GET / lists'],
  ])('says what is wrong with %s', async (_what, status, path, body, words) => {
    const { post } = await scene();
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toContain(words);
  });

  it.each([
    ['/wait/online?timeoutMs=30', 408],
    ['/wait/heard?person=nobody&count=1', 404],
    ['/wait/heard?person=owner&count=1&timeoutMs=30', 408],
    ['/wait/sent?op=4&count=1&timeoutMs=30', 408],
    ['/wait/sent?op=four&count=1', 400],
    ['/wait/message?person=owner&timeoutMs=30', 408],
    ['/wait/online?timeoutMs=999999999', 400],
    ['/people/nobody/heard', 404],
    ['/interactions/1', 404],
    ['/people/%ff/heard', 400],
  ])('answers GET %s with %i', async (path, status) => {
    const { get } = await scene();
    const answer = await get(path);
    expect(answer).toMatchObject({ status, body: { error: expect.stringMatching(/./) } });
  });

  it('refuses what a web page in a browser could send', async () => {
    const { url } = await scene();
    const plain = await fetch(`${url}/people/ada/leave`, { method: 'POST', body: '{}' });
    expect(plain.status).toBe(415);
    const rebound = request(`${url}/env`, { headers: { host: 'evil.example' } }).end();
    const [response] = (await once(rebound, 'response')) as [{ statusCode: number; resume: () => void }];
    response.resume();
    expect(response.statusCode).toBe(403);
  });
});

it('waits for an answer only as long as somebody wants it', async () => {
  const never: Interaction = {
    id: '1',
    outcome: { interactionId: '1', status: 'pending', firstResponseMs: null, message: null },
    answered: () => new Promise(() => undefined),
  };
  const gone = new AbortController();
  const waiting = answerWithin(never, 600_000, gone.signal);
  gone.abort();
  await expect(waiting).rejects.toThrow('no answer came');
  await expect(answerWithin(never, 600_000, gone.signal)).rejects.toThrow('no answer came');
});

describe('npm run loopback', () => {
  /** The double as its own process, and what its first line says. */
  async function started(...flags: readonly string[]) {
    const dataDir = await mkdtemp(join(tmpdir(), 'loopback-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const child = spawn(process.execPath, ['loopback/main.ts', '--json', `--data-dir=${dataDir}`, ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const facts = JSON.parse(line) as {
      control: string;
      env: Record<string, string>;
      channels: Record<string, string>;
    };
    const token = facts.env['DISCORD_TOKEN'] ?? '';
    const api = (method: string, path: string, body?: unknown) =>
      fetch(`${facts.env['DISCORD_API_URL']}/v10${path}`, {
        method,
        headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const act = (path: string, body: unknown) =>
      fetch(facts.control + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const login = async () => {
      const way = (await (await api('GET', '/gateway/bot')).json()) as { url: string };
      const bot = new RawClient(way.url);
      onTestFinished(() => bot.cut());
      return { bot, ready: await bot.identify(token) };
    };
    return { ...facts, child, exit, api, act, login };
  }

  it('runs as its own process, says as JSON how to reach it, and ends on SIGTERM', async () => {
    const { child, exit, control, env, channels, login } = await started();
    expect(Object.keys(channels)).toEqual(['music', 'Lounge', 'Studio']);
    expect(await (await fetch(`${control}/env`)).json()).toEqual(env);
    const { bot } = await login();
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    await bot.closed;
  });

  it('ends on SIGTERM though answers are waited for and REST is slow', async () => {
    const { child, exit, env, api, act, control } = await started();
    const commands = `/applications/${env['DISCORD_APPLICATION_ID']}/commands`;
    await api('PUT', commands, [{ name: 'play', description: 'Play a song' }]);
    await act('/faults', { name: 'slow-rest', params: { ms: 120_000 } });
    const waiting = [act('/people/ada/slash', { command: 'play', waitMs: 120_000 }), api('GET', '/users/@me')];
    for (const request of waiting) request.catch(() => undefined);
    const typed = async () => {
      const { people } = (await (await fetch(`${control}/state`)).json()) as { people: object };
      return 'ada' in people;
    };
    await expect.poll(typed).toBe(true);
    const from = performance.now();
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    // Both would have gone on for two minutes.
    expect(performance.now() - from).toBeLessThan(30_000);
  });

  it('offers the transport encryptions that it is told to, and knows no other', async () => {
    const { env, channels, login } = await started('--modes=aead_xchacha20_poly1305_rtpsize');
    const { bot, ready } = await login();
    const guild_id = env['DISCORD_GUILD_ID'] ?? '';
    bot.send(4, { guild_id, channel_id: channels['Lounge'] });
    const { d } = await bot.event('VOICE_SERVER_UPDATE');
    const ca = await readFile(env['NODE_EXTRA_CA_CERTS'] ?? '');
    const voice = new WebSocket(`wss://${String(d['endpoint'])}?v=8`, { ca });
    onTestFinished(() => voice.terminate());
    await once(voice, 'open');
    const identify = {
      server_id: guild_id,
      user_id: env['DISCORD_APPLICATION_ID'],
      session_id: ready['session_id'],
      token: d['token'],
      max_dave_protocol_version: 1,
    };
    voice.send(JSON.stringify({ op: 0, d: identify }));
    const modes = await new Promise((resolve) => {
      voice.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { op: number; d: { modes: unknown } };
        if (message.op === 2) resolve(message.d.modes);
      });
    });
    expect(modes).toEqual(['aead_xchacha20_poly1305_rtpsize']);

    const wrong = spawn(process.execPath, ['loopback/main.ts', '--modes=rot13'], { stdio: 'ignore' });
    onTestFinished(() => void wrong.kill('SIGKILL'));
    expect(await once(wrong, 'exit')).toEqual([2, null]);
  });
});
