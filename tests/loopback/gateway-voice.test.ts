import { ChannelType, GatewayOpcodes, PermissionFlagsBits } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import type { RawClient } from './gateway-client.ts';
import { stage, type Stage } from './gateway-fixture.ts';

interface Joined extends Stage {
  readonly client: RawClient;
  readonly ask: (channelId: string | null, more?: object) => void;
  /** The voice events since the last look, each with what is telling of it. */
  readonly news: () => Promise<unknown[]>;
}

async function loggedIn(): Promise<Joined> {
  const scene = await stage();
  const client = scene.connect();
  await client.identify(scene.application.token);
  await client.event('GUILD_CREATE');
  let from = client.received.length;
  const ask = (channelId: string | null, more = {}) =>
    client.send(GatewayOpcodes.VoiceStateUpdate, {
      guild_id: scene.guild.id,
      channel_id: channelId,
      self_mute: false,
      self_deaf: true,
      ...more,
    });
  const news = async () => {
    await client.settle();
    const events = client.received.slice(from).filter(({ t }) => t?.startsWith('VOICE_'));
    from = client.received.length;
    return events.map(({ t, d }) =>
      t === 'VOICE_STATE_UPDATE' ? ['state', d['channel_id']] : ['server', d['endpoint']],
    );
  };
  return { ...scene, client, ask, news };
}

const SERVER = ['server', '127.0.0.1:9'];

describe('op 4', () => {
  it('is answered by the state, then the server with the token that was admitted', async () => {
    const { client, ask, lounge, application, guild, voiceCalls, gateway } = await loggedIn();
    ask(lounge.id);
    const server = await client.event('VOICE_SERVER_UPDATE');
    const state = await client.event('VOICE_STATE_UPDATE');
    expect(state.s).toBeLessThan(server.s ?? 0);
    expect(state.d).toMatchObject({
      guild_id: guild.id,
      channel_id: lounge.id,
      user_id: application.id,
      session_id: gateway.sessions[0]?.id,
      self_deaf: true,
      self_mute: false,
      member: { joined_at: expect.any(String), user: { id: application.id } },
    });
    expect(server.d).toEqual({ token: 'token-2', guild_id: guild.id, endpoint: '127.0.0.1:9' });
    expect(voiceCalls).toEqual(['Lounge: tenuto', 'admit tenuto to Lounge']);
  });

  it('repeated for the same channel is answered again, but not when it only mutes', async () => {
    const { ask, news, lounge } = await loggedIn();
    ask(lounge.id);
    ask(lounge.id);
    expect(await news()).toEqual([['state', lounge.id], SERVER, ['state', lounge.id], SERVER]);
    ask(lounge.id, { self_mute: true });
    expect(await news()).toEqual([['state', lounge.id]]);
  });

  it('for another channel closes the old voice session and names a server anew', async () => {
    const { ask, news, lounge, studio, voiceCalls } = await loggedIn();
    ask(lounge.id);
    ask(studio.id);
    expect(await news()).toEqual([['state', lounge.id], SERVER, ['state', studio.id], SERVER]);
    expect(voiceCalls.slice(2)).toEqual([
      'Lounge: nobody',
      'Studio: tenuto',
      'dismiss tenuto with 4014',
      'admit tenuto to Studio',
    ]);
  });

  it('for no channel leaves, and says nothing when there was nothing to leave', async () => {
    const { ask, news, lounge, voiceCalls } = await loggedIn();
    ask(null);
    expect(await news()).toEqual([]);
    ask(lounge.id);
    ask(null);
    expect(await news()).toEqual([['state', lounge.id], SERVER, ['state', null]]);
    expect(voiceCalls.slice(2)).toEqual(['Lounge: nobody', 'dismiss tenuto with 4014']);
  });

  const silences: readonly [string, (scene: Joined) => void][] = [
    ['an unknown guild', ({ ask, lounge }) => ask(lounge.id, { guild_id: '1' })],
    ['an unknown channel', ({ ask }) => ask('1')],
    ['a text channel', ({ ask, text }) => ask(text.id)],
    [
      'a channel that it may not enter',
      ({ ask, lounge, world, guild }) => {
        world.setOverwrite(lounge.id, { id: guild.id, type: 'role', allow: 0n, deny: PermissionFlagsBits.Connect });
        ask(lounge.id);
      },
    ],
    [
      'a full channel',
      ({ ask, studio, world, guild, ada }) => {
        world.setVoiceState(guild.id, ada, { channelId: studio.id });
        ask(studio.id);
      },
    ],
    [
      'a guild in an outage',
      ({ ask, lounge, world, guild }) => {
        world.setGuildAvailable(guild.id, false);
        ask(lounge.id);
      },
    ],
    [
      'a guild that the bot is not in',
      ({ ask, world, ada }) => {
        const other = world.addGuild('Other', { owner: ada });
        ask(world.addChannel(other.id, 'Lounge', ChannelType.GuildVoice).id, { guild_id: other.id });
      },
    ],
  ];
  it.each(silences)('for %s is met with silence', async (_what, act) => {
    const scene = await loggedIn();
    act(scene);
    await scene.client.settle();
    expect(scene.client.events).not.toContain('VOICE_SERVER_UPDATE');
    expect(scene.voiceCalls.filter((call) => call.startsWith('admit'))).toEqual([]);
  });

  it('that makes no sense closes with 4001', async () => {
    const { client, ask } = await loggedIn();
    ask(null, { guild_id: 7 });
    expect((await client.closed).code).toBe(4001);
  });

  it('passes the limit of a full channel with Move Members', async () => {
    const { ask, news, world, guild, ada, studio } = await loggedIn();
    world.setVoiceState(guild.id, ada, { channelId: studio.id });
    world.setRolePermissions(guild.id, guild.id, (1n << 53n) - 1n);
    ask(studio.id);
    expect(await news()).toEqual([['state', studio.id], ['state', studio.id], SERVER]);
  });
});

describe('what others do to the bot in voice', () => {
  it('a kick is a state without channel and a voice session closed with 4014', async () => {
    const { ask, news, world, guild, application, lounge, voiceCalls } = await loggedIn();
    ask(lounge.id);
    await news();
    world.setVoiceState(guild.id, application.id, null);
    expect(await news()).toEqual([['state', null]]);
    expect(voiceCalls.at(-1)).toBe('dismiss tenuto with 4014');
  });

  it('a move keeps the session id and comes with a new server', async () => {
    const { ask, news, client, world, guild, application, lounge, studio, gateway } = await loggedIn();
    ask(lounge.id);
    await news();
    world.moveMember(guild.id, application.id, studio.id);
    expect(await news()).toEqual([['state', studio.id], SERVER]);
    const state = await client.event('VOICE_STATE_UPDATE', ({ channel_id }) => channel_id === studio.id);
    expect(state.d['session_id']).toBe(gateway.sessions[0]?.id);
  });

  it('a guild that is deleted takes its voice sessions with it', async () => {
    const { ask, news, world, guild, lounge, voiceCalls } = await loggedIn();
    ask(lounge.id);
    await news();
    world.removeGuild(guild.id);
    expect(voiceCalls.slice(2)).toEqual(['Lounge: nobody', 'dismiss tenuto with 4022']);
  });

  it('a channel that is deleted ends the call in it with 4022, and removing the bot from the guild is a kick', async () => {
    const { ask, news, world, guild, application, lounge, studio, voiceCalls } = await loggedIn();
    ask(lounge.id);
    await news();
    world.deleteChannel(lounge.id);
    expect(await news()).toEqual([['state', null]]);
    expect(voiceCalls.at(-1)).toBe('dismiss tenuto with 4022');
    ask(studio.id);
    await news();
    world.removeMember(guild.id, application.id);
    expect(voiceCalls.at(-1)).toBe('dismiss tenuto with 4014');
  });

  it('a voice server that changes ends the call with 4022 before the new one is named', async () => {
    const { ask, news, gateway, guild, application, lounge, voiceCalls } = await loggedIn();
    ask(lounge.id);
    await news();
    gateway.door.changeServer(guild.id, application.id);
    expect(await news()).toEqual([SERVER]);
    expect(voiceCalls.slice(2)).toEqual(['dismiss tenuto with 4022', 'admit tenuto to Lounge']);
  });

  it('people coming and going are told to the bot and to the voice servers', async () => {
    const { news, world, guild, ada, lounge, studio, voiceCalls } = await loggedIn();
    world.setVoiceState(guild.id, ada, { channelId: lounge.id });
    world.moveMember(guild.id, ada, studio.id);
    world.setVoiceState(guild.id, ada, null);
    expect(await news()).toEqual([
      ['state', lounge.id],
      ['state', studio.id],
      ['state', null],
    ]);
    expect(voiceCalls).toEqual(['Lounge: ada', 'Lounge: nobody', 'Studio: ada', 'Studio: nobody']);
  });
});

describe('who is heard', () => {
  const mutes: readonly [string, (scene: Joined) => unknown][] = [
    [
      'muted by a moderator',
      ({ world, guild, application }) => world.setVoiceState(guild.id, application.id, { serverMute: true }),
    ],
    ['muted by itself', ({ ask, lounge }) => ask(lounge.id, { self_mute: true })],
    [
      'not allowed to speak',
      ({ world, guild, lounge }) =>
        world.setOverwrite(lounge.id, { id: guild.id, type: 'role', allow: 0n, deny: PermissionFlagsBits.Speak }),
    ],
  ];
  it.each(mutes)('is told to the voice servers: not a bot that is %s', async (_what, act) => {
    const scene = await loggedIn();
    scene.ask(scene.lounge.id);
    await scene.news();
    act(scene);
    expect(await scene.news()).toEqual([['state', scene.lounge.id]]);
    expect(scene.voiceCalls.slice(2)).toEqual(['Lounge: tenuto (silent)']);
  });
});

describe('the rules of the door', () => {
  it('can swallow joins, but never leaving', async () => {
    const { gateway, ask, news, lounge } = await loggedIn();
    ask(lounge.id);
    await news();
    gateway.door.rules.answer.lay('never');
    ask(lounge.id);
    expect(await news()).toEqual([]);
    ask(null);
    expect(await news()).toEqual([['state', null]]);
  });

  it('can name the server before the state', async () => {
    const { gateway, ask, news, lounge } = await loggedIn();
    gateway.door.rules.answer.lay('server-first');
    ask(lounge.id);
    expect(await news()).toEqual([SERVER, ['state', lounge.id]]);
  });

  it('can have no server for a while', async () => {
    const { gateway, ask, news, lounge, guild, application } = await loggedIn();
    const found = gateway.door.loseServer(guild.id, application.id);
    ask(lounge.id);
    expect(await news()).toEqual([
      ['state', lounge.id],
      ['server', null],
    ]);
    const again = gateway.door.loseServer(guild.id, application.id);
    found();
    expect(await news()).toEqual([['server', null]]);
    again();
    again();
    expect(await news()).toEqual([SERVER]);
  });

  it('what was sent is kept, with the opcode and the guild to find it by, and without the token', async () => {
    const { gateway, ask, news, lounge, guild, application } = await loggedIn();
    ask(lounge.id);
    ask(null);
    await news();
    expect(gateway.sent.list(GatewayOpcodes.VoiceStateUpdate, guild.id)).toMatchObject([
      { applicationId: application.id, d: { channel_id: lounge.id } },
      { applicationId: application.id, d: { channel_id: null } },
    ]);
    expect(JSON.stringify(gateway.sent.list())).not.toContain(application.token);
  });
});
