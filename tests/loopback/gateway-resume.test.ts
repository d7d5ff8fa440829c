import { GatewayOpcodes } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import type { RawClient } from './gateway-client.ts';
import { stage, type Stage } from './gateway-fixture.ts';

const lastSequence = (client: RawClient) => Math.max(...client.received.map(({ s }) => s ?? 0));

async function loggedIn(scene: Stage): Promise<{ client: RawClient; sessionId: unknown }> {
  const client = scene.connect();
  const ready = await client.identify(scene.application.token);
  await client.event('GUILD_CREATE');
  return { client, sessionId: ready['session_id'] };
}

describe('a lost session', () => {
  it('is resumed with every event that was missed, in order and once', async () => {
    const scene = await stage();
    const { client, sessionId } = await loggedIn(scene);
    const seen = lastSequence(client);
    client.cut();
    await client.closed;
    scene.world.setVoiceState(scene.guild.id, scene.ada, { channelId: scene.lounge.id });
    scene.world.setVoiceState(scene.guild.id, scene.ada, null);

    const again = scene.connect();
    await again.resume(scene.application.token, sessionId, seen);
    await again.event('RESUMED');
    expect(again.events).toEqual(['VOICE_STATE_UPDATE', 'VOICE_STATE_UPDATE', 'RESUMED']);
    expect(again.received.flatMap(({ s }) => s ?? [])).toEqual([seen + 1, seen + 2, seen + 3]);
  });

  it('goes on with new events after the resume', async () => {
    const scene = await stage();
    const { client, sessionId } = await loggedIn(scene);
    client.cut();
    const again = scene.connect();
    await again.resume(scene.application.token, sessionId, lastSequence(client));
    await again.event('RESUMED');
    scene.world.setVoiceState(scene.guild.id, scene.ada, { channelId: scene.lounge.id });
    await again.event('VOICE_STATE_UPDATE');
  });

  it('takes the socket away from an older connection', async () => {
    const scene = await stage();
    const { client, sessionId } = await loggedIn(scene);
    const again = scene.connect();
    await again.resume(scene.application.token, sessionId, lastSequence(client));
    await again.event('RESUMED');
    expect((await client.closed).code).toBe(1006);
    scene.world.setVoiceState(scene.guild.id, scene.ada, { channelId: scene.lounge.id });
    await again.event('VOICE_STATE_UPDATE');
  });

  it.each([
    ['an unknown session', () => ({ session_id: 'nobody', seq: 1 })],
    ['more lost events than were kept', (id: unknown) => ({ session_id: id, seq: 0 })],
  ])('is not resumed for %s: op 9 false', async (_what, wrong) => {
    const scene = await stage({ replayCapacity: 1 });
    const { client, sessionId } = await loggedIn(scene);
    client.cut();
    const again = scene.connect();
    await again.op(GatewayOpcodes.Hello);
    again.send(GatewayOpcodes.Resume, { token: scene.application.token, ...wrong(sessionId) });
    expect((await again.op(GatewayOpcodes.InvalidSession)).d).toBe(false);
  });

  it('is resumed when exactly what was lost was kept', async () => {
    const scene = await stage({ replayCapacity: 1 });
    const { client, sessionId } = await loggedIn(scene);
    client.cut();
    const again = scene.connect();
    await again.resume(scene.application.token, sessionId, lastSequence(client) - 1);
    await again.event('RESUMED');
    expect(again.events).toEqual(['GUILD_CREATE', 'RESUMED']);
  });

  it("is not resumed with another application's token", async () => {
    const scene = await stage();
    const { client, sessionId } = await loggedIn(scene);
    client.cut();
    const again = scene.connect();
    await again.resume(scene.world.addApplication('other').token, sessionId, lastSequence(client));
    expect((await again.op(GatewayOpcodes.InvalidSession)).d).toBe(false);
  });

  it('closes with 4007 when the client claims a sequence that was never sent', async () => {
    const scene = await stage();
    const { client, sessionId } = await loggedIn(scene);
    client.cut();
    const again = scene.connect();
    await again.resume(scene.application.token, sessionId, 1_000);
    expect((await again.closed).code).toBe(4007);
  });

  it('closes with 4004 when the token is wrong', async () => {
    const scene = await stage();
    const again = scene.connect();
    await again.resume('wrong', 'any', 1);
    expect((await again.closed).code).toBe(4004);
  });
});

describe('the end of a session', () => {
  const join = async (scene: Stage, client: RawClient) => {
    client.send(GatewayOpcodes.VoiceStateUpdate, { guild_id: scene.guild.id, channel_id: scene.lounge.id });
    await client.event('VOICE_SERVER_UPDATE');
  };
  /** Resolves when the bot is out of voice. */
  const gone = ({ world, application }: Stage) =>
    new Promise<void>((resolve) => {
      world.on('change', (change) => {
        if (change.type === 'voice-state' && change.userId === application.id && change.state === null) resolve();
      });
    });

  it.each([1000, 1001])('comes with close code %i from the client, and takes the bot out of voice', async (code) => {
    const scene = await stage();
    const { client } = await loggedIn(scene);
    await join(scene, client);
    const out = gone(scene);
    client.close(code);
    await out;
    expect(scene.gateway.sessions).toEqual([]);
    expect(scene.voiceCalls).toContain('dismiss tenuto with 4014');
  });

  it('does not come with a lost socket: the bot stays in voice until nobody resumed in time', async () => {
    const scene = await stage({ resumableMs: 50 });
    const { client } = await loggedIn(scene);
    await join(scene, client);
    const out = gone(scene);
    client.close(4200);
    await client.closed;
    expect(scene.guild.voiceStates.has(scene.application.id)).toBe(true);
    await out;
    expect(scene.gateway.sessions).toEqual([]);
  });

  it('comes with op 9 false; op 9 true leaves it resumable', async () => {
    const scene = await stage();
    const { client, sessionId } = await loggedIn(scene);
    await join(scene, client);
    scene.gateway.invalidate(true);
    expect((await client.op(GatewayOpcodes.InvalidSession)).d).toBe(true);
    const again = scene.connect();
    await again.resume(scene.application.token, sessionId, lastSequence(client));
    await again.event('RESUMED');
    const out = gone(scene);
    scene.gateway.invalidate(false);
    await out;
    expect((await again.op(GatewayOpcodes.InvalidSession)).d).toBe(false);
    expect(scene.gateway.sessions).toEqual([]);
  });
});
