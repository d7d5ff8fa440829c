import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { entersState, VoiceConnectionStatus } from '@discordjs/voice';
import { GatewayOpcodes } from 'discord-api-types/v10';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROUTES } from '../../loopback/control/routes.ts';
import { FAULTS } from '../../loopback/fault-table.ts';
import { startLoopback, type Loopback } from '../../loopback/index.ts';
import type { VoiceEvent } from '../../loopback/voice/voice-service.ts';
import { channelId, join, loggedIn } from './discordjs-client.ts';
import { RawClient } from './gateway-client.ts';

interface Scene {
  readonly loopback: Loopback;
  readonly client: RawClient;
  /** Asks for a voice channel with op 4. */
  readonly ask: (name: string | null) => void;
  readonly rest: (path?: string) => Promise<Response>;
}

async function scene(): Promise<Scene> {
  const loopback = await startLoopback({ gateway: { identifyWindowMs: 0 } });
  const client = new RawClient(loopback.gateway.url);
  onTestFinished(async () => {
    client.cut();
    await loopback.close();
  });
  await client.identify(loopback.application.token);
  await client.event('GUILD_CREATE');
  const ask = (name: string | null) =>
    client.send(GatewayOpcodes.VoiceStateUpdate, {
      guild_id: loopback.guild.id,
      channel_id: name === null ? null : channelId(loopback, name),
    });
  const rest = (path = '/users/@me') =>
    fetch(`${loopback.env['DISCORD_API_URL']}/v10${path}`, {
      headers: { authorization: `Bot ${loopback.application.token}` },
    });
  return { loopback, client, ask, rest };
}

describe('the tables in the README', () => {
  const readme = readFileSync(new URL('../../loopback/README.md', import.meta.url), 'utf8');
  const squeeze = (line: string) => line.replaceAll(/\s+/g, ' ').trim();
  const rows = (kind: RegExp) =>
    readme
      .split('\n')
      .map(squeeze)
      .filter((line) => kind.test(line));

  it('name every fault, with its sentence and its parameters, and no other', () => {
    const faults = Object.entries(FAULTS).map(([name, { doc, lasts, params }]) => {
      const names = Object.keys(params.shape).map((parameter) => `\`${parameter}\``);
      return squeeze(`| \`${name}\` | ${names.join(', ')} | ${lasts ? 'yes' : ''} | ${doc} |`);
    });
    expect(rows(/^\| `/)).toEqual(faults);
  });

  it('name every route of the control API, with its sentence, and no other', () => {
    const routes = ROUTES.map(({ method, path, doc }) => `| ${method} | \`${path}\` | ${doc} |`);
    expect(rows(/^\| [A-Z]+ \|/)).toEqual(routes);
  });
});

describe('a fault', () => {
  it('that lasts is listed until it is lifted, once', async () => {
    const { loopback } = await scene();
    const fault = loopback.faults.throw('slow-rest', { ms: 1 });
    expect(loopback.faults.lasting).toEqual([fault]);
    fault.lift();
    fault.lift();
    expect(loopback.faults.lasting).toEqual([]);
  });

  it('with parameters that its row does not allow is not thrown', async () => {
    const { loopback } = await scene();
    expect(() => loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 1006 })).toThrow(
      /close frame/,
    );
    expect(() => loopback.faults.throwByName('kick', {})).toThrow();
    expect(loopback.faults.throwByName('toString', {})).toBeNull();
  });

  it('that meets nothing says so', async () => {
    const { loopback } = await scene();
    const guildId = loopback.guild.id;
    expect(() => loopback.faults.throw('kick', { guildId })).toThrow(/no voice connection/);
    expect(() => loopback.faults.throw('close-voice', { guildId, code: 4006 })).toThrow(/no voice connection/);
    expect(() => loopback.faults.throw('refuse-voice', { guildId: '1', code: 4006 })).toThrow(/no guild 1/);
    expect(loopback.faults.lasting).toEqual([]);
  });
});

describe('faults that overlap', () => {
  it('go on when another of their kind is lifted, whichever came first', async () => {
    const { loopback, client, ask } = await scene();
    const { rules } = loopback.gateway.door;
    const slow = loopback.faults.throw('slow-voice-join', { ms: 600_000 });
    const slower = loopback.faults.throw('slow-voice-join', { ms: 1 });
    slow.lift();
    expect(rules.delayMs.value).toBe(1);
    slower.lift();
    const swapped = loopback.faults.throw('server-before-state', {});
    const silent = loopback.faults.throw('silent-voice-join', {});
    swapped.lift();
    ask('Lounge');
    await client.settle();
    expect(client.events).not.toContain('VOICE_STATE_UPDATE');
    silent.lift();
    expect([rules.delayMs.value, rules.answer.value]).toEqual([0, 'state-first']);
  });

  it('are not thrown when they would change nothing', async () => {
    const { loopback, client, ask } = await scene();
    const guildId = loopback.guild.id;
    ask('Lounge');
    await client.event('VOICE_SERVER_UPDATE');
    loopback.faults.throw('server-mute', { guildId });
    expect(() => loopback.faults.throw('server-mute', { guildId })).toThrow(/no voice connection/);
    loopback.faults.throw('guild-unavailable', { guildId });
    expect(() => loopback.faults.throw('guild-unavailable', { guildId })).toThrow(/unavailable already/);
    expect(loopback.faults.lasting).toHaveLength(2);
  });

  it('can all be lifted when the guild that they met is gone', async () => {
    const { loopback, client, ask } = await scene();
    const guildId = loopback.guild.id;
    ask('Lounge');
    await client.event('VOICE_SERVER_UPDATE');
    loopback.faults.throw('server-mute', { guildId });
    loopback.faults.throw('voice-server-away', { guildId });
    loopback.faults.throw('guild-unavailable', { guildId });
    const slow = loopback.faults.throw('slow-rest', { ms: 1 });
    loopback.faults.throw('remove-guild', { guildId });
    loopback.faults.liftAll();
    expect(loopback.faults.lasting).not.toContain(slow);
  });
});

describe('on the main gateway', () => {
  it('silent-gateway leaves heartbeats without an answer, until it is lifted', async () => {
    const { loopback, client } = await scene();
    const silent = loopback.faults.throw('silent-gateway', {});
    client.send(GatewayOpcodes.Heartbeat, null);
    client.send(GatewayOpcodes.RequestSoundboardSounds, { guild_ids: [loopback.guild.id] });
    await client.event('SOUNDBOARD_SOUNDS');
    expect(client.received.map(({ op }) => op)).not.toContain(GatewayOpcodes.HeartbeatAck);
    silent.lift();
    await client.settle();
  });

  it('an op 4 that waits is forgotten when its session ends', async () => {
    const { loopback, client, ask } = await scene();
    loopback.faults.throw('slow-voice-join', { ms: 30 });
    ask('Lounge');
    await client.settle();
    loopback.faults.throw('invalid-session', { resumable: false });
    // Timers of one length run in their order.
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(loopback.guild.voiceStates.has(loopback.application.id)).toBe(false);
  });

  it('an op 4 that waits is not overtaken by a later one', async () => {
    const { loopback, client, ask } = await scene();
    const slow = loopback.faults.throw('slow-voice-join', { ms: 30 });
    ask('Lounge');
    await client.settle();
    slow.lift();
    ask(null);
    await client.event('VOICE_STATE_UPDATE', ({ channel_id }) => channel_id === channelId(loopback, 'Lounge'));
    await client.event('VOICE_STATE_UPDATE', ({ channel_id }) => channel_id === null);
    expect(loopback.guild.voiceStates.has(loopback.application.id)).toBe(false);
  });

  it('close-gateway closes with the code', async () => {
    const { loopback, client } = await scene();
    loopback.faults.throw('close-gateway', { code: 4000 });
    expect((await client.closed).code).toBe(4000);
    expect(loopback.problems()).toEqual([]);
  });

  it('gateway-down cuts what there is and what comes, until it is lifted', async () => {
    const { loopback, client } = await scene();
    const down = loopback.faults.throw('gateway-down', {});
    expect((await client.closed).code).toBe(1006);
    const knocking = new RawClient(loopback.gateway.url);
    expect((await knocking.closed).code).toBe(1006);
    down.lift();
    const back = new RawClient(loopback.gateway.url);
    onTestFinished(() => back.cut());
    await back.op(GatewayOpcodes.Hello);
  });

  it('guild-unavailable is an outage until it is lifted', async () => {
    const { loopback, client } = await scene();
    const outage = loopback.faults.throw('guild-unavailable', { guildId: loopback.guild.id });
    expect((await client.event('GUILD_DELETE')).d).toEqual({ id: loopback.guild.id, unavailable: true });
    outage.lift();
    await client.settle();
    expect(client.events.filter((name) => name === 'GUILD_CREATE')).toHaveLength(2);
  });

  it('silent-voice-join, server-before-state and slow-voice-join change how op 4 is answered', async () => {
    const { loopback, client, ask } = await scene();
    const voice = () => client.events.filter((name) => name.startsWith('VOICE_'));
    const silent = loopback.faults.throw('silent-voice-join', {});
    ask('Lounge');
    await client.settle();
    expect(voice()).toEqual([]);
    silent.lift();
    const swapped = loopback.faults.throw('server-before-state', {});
    ask('Lounge');
    await client.event('VOICE_STATE_UPDATE');
    expect(voice()).toEqual(['VOICE_SERVER_UPDATE', 'VOICE_STATE_UPDATE']);
    swapped.lift();
    const slow = loopback.faults.throw('slow-voice-join', { ms: 30 });
    ask('Studio');
    await client.settle();
    expect(voice()).toHaveLength(2);
    await client.event('VOICE_STATE_UPDATE', ({ channel_id }) => channel_id === channelId(loopback, 'Studio'));
    slow.lift();
  });

  it('voice-server-away takes the endpoint away, and gives one back with a new token', async () => {
    const { loopback, client, ask } = await scene();
    ask('Lounge');
    const first = await client.event('VOICE_SERVER_UPDATE');
    const away = loopback.faults.throw('voice-server-away', { guildId: loopback.guild.id });
    await client.event('VOICE_SERVER_UPDATE', ({ endpoint }) => endpoint === null);
    away.lift();
    const fresh = ({ endpoint, token }: Record<string, unknown>) => endpoint !== null && token !== first.d['token'];
    await client.event('VOICE_SERVER_UPDATE', fresh);
    loopback.faults.throw('change-voice-server', { guildId: loopback.guild.id });
    await client.settle();
    expect(client.events.filter((name) => name === 'VOICE_SERVER_UPDATE')).toHaveLength(4);
  });

  it('server-mute and delete-channel are told as voice states', async () => {
    const { loopback, client, ask } = await scene();
    ask('Lounge');
    await client.event('VOICE_SERVER_UPDATE');
    const mute = loopback.faults.throw('server-mute', { guildId: loopback.guild.id });
    await client.event('VOICE_STATE_UPDATE', ({ mute }) => mute === true);
    mute.lift();
    loopback.faults.throw('delete-channel', { channelId: channelId(loopback, 'Lounge') });
    await client.event('CHANNEL_DELETE');
    const told = client.received
      .filter(({ t }) => t === 'VOICE_STATE_UPDATE')
      .map(({ d }) => [d['mute'], d['channel_id']]);
    expect(told.slice(1)).toEqual([
      [true, expect.any(String)],
      [false, expect.any(String)],
      [false, null],
    ]);
  });
});

describe('on REST', () => {
  it('fail-rest answers in Discord’s place as often as asked, on the routes that were meant', async () => {
    const { loopback, rest } = await scene();
    loopback.faults.throw('fail-rest', { status: 503, times: 2, route: 'GET /users' });
    const statuses = [];
    for (const path of ['/users/@me', '/gateway', '/users/@me', '/users/@me']) statuses.push((await rest(path)).status);
    expect(statuses).toEqual([503, 200, 503, 200]);
  });

  it('fail-rest with 429 says how long to wait', async () => {
    const { loopback, rest } = await scene();
    loopback.faults.throw('fail-rest', { status: 429, retryAfterS: 0.5 });
    const answer = await rest();
    // The header has whole seconds.
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    expect(answer.headers.get('x-ratelimit-reset-after')).toBe('0.500');
    expect(await answer.json()).toMatchObject({ retry_after: 0.5, global: false });
  });

  it.each([
    ['user', 'You are being rate limited.', '0', null],
    ['shared', 'The resource is being rate limited.', '0', null],
    ['global', 'You are being rate limited.', null, 'true'],
  ] as const)('fail-rest with 429 says that the limit is of scope %s', async (scope, message, remaining, global) => {
    const { loopback, rest } = await scene();
    loopback.faults.throw('fail-rest', { status: 429, scope });
    const { headers, ...answer } = await rest().then(async (response) => ({
      headers: response.headers,
      body: await response.json(),
    }));
    expect(answer.body).toEqual({ message, retry_after: 1, global: global !== null });
    const names = ['x-ratelimit-scope', 'x-ratelimit-remaining', 'x-ratelimit-global'];
    expect(names.map((name) => headers.get(name))).toEqual([scope, remaining, global]);
  });

  it('slow-rest waits before it answers', async () => {
    const { loopback, rest } = await scene();
    loopback.faults.throw('slow-rest', { ms: 120 });
    const from = performance.now();
    expect((await rest()).status).toBe(200);
    expect(performance.now() - from).toBeGreaterThan(110);
  });

  it('cut-rest ends the connection', async () => {
    const { loopback, rest } = await scene();
    const cut = loopback.faults.throw('cut-rest', {});
    await expect(rest()).rejects.toThrow();
    cut.lift();
    expect((await rest()).status).toBe(200);
  });
});

describe('on voice, with an unmodified client,', () => {
  const nextEvent = async ({ voice }: Loopback, what: VoiceEvent['what']): Promise<VoiceEvent> => {
    for (;;) {
      const [event] = (await once(voice.events, 'event')) as [VoiceEvent];
      if (event.what === what) return event;
    }
  };

  it('close-voice closes with the code, and the client comes back', async () => {
    const scene = await loggedIn();
    const connection = await join(scene);
    const [closed, again] = [nextEvent(scene.loopback, 'closed'), nextEvent(scene.loopback, 'described')];
    scene.loopback.faults.throw('close-voice', { guildId: scene.loopback.guild.id, code: 4006 });
    expect((await closed).code).toBe(4006);
    await again;
    await entersState(connection, VoiceConnectionStatus.Ready, 15_000);
    connection.destroy();
  });

  it('refuse-voice turns identifies away as often as asked', async () => {
    const scene = await loggedIn();
    scene.loopback.faults.throw('refuse-voice', { code: 4004, times: 2 });
    const connection = await join(scene);
    const refused = scene.loopback.voice.history.filter(({ what }) => what === 'refused');
    expect(refused.map(({ code }) => code)).toEqual([4004, 4004]);
    connection.destroy();
  });

  it('kick disconnects it for good', async () => {
    const scene = await loggedIn();
    const connection = await join(scene);
    scene.loopback.faults.throw('kick', { guildId: scene.loopback.guild.id });
    await entersState(connection, VoiceConnectionStatus.Disconnected, 15_000);
    expect(connection.state).toMatchObject({ closeCode: 4014 });
    expect(scene.loopback.gateway.sent.list(GatewayOpcodes.VoiceStateUpdate)).toHaveLength(1);
    connection.destroy();
  });
});
