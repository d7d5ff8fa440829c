import { GatewayOpcodes } from 'discord-api-types/v10';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { TestContext } from 'vitest';
import { startLoopback, type Loopback, type LoopbackOptions } from '../../loopback/index.ts';
import { channelId } from './discordjs-client.ts';
import { RawClient, type Received } from './gateway-client.ts';
import { described, type Described, type identity } from './voice-dial.ts';

/** The whole double, and a bot of a few lines that is logged in and does nothing by itself. */
export interface FaultScene {
  readonly loopback: Loopback;
  readonly guildId: string;
  readonly bot: RawClient;
  /** Asks for a voice channel with op 4. */
  ask(name: string | null): void;
  /** Joins the lounge, as far as the session description. Ada is there. */
  inVoice(): Promise<Described>;
  /** The same, and op 5 is said. */
  speaking(): Promise<Described>;
  /** The voice identify that fits the newest state and server. */
  identity(): ReturnType<typeof identity>;
  /** The voice events so far: channel and flags of the bot's states, endpoints of servers. */
  news(): Promise<readonly unknown[]>;
}

export async function faultScene(test: TestContext, options: LoopbackOptions = {}): Promise<FaultScene> {
  const loopback = await startLoopback({ gateway: { identifyWindowMs: 0 }, ...options });
  const bot = new RawClient(loopback.gateway.url);
  test.onTestFinished(async () => {
    bot.cut();
    await loopback.close();
  });
  await bot.identify(loopback.application.token);
  await bot.event('GUILD_CREATE');
  const guildId = loopback.guild.id;
  const ask = (name: string | null): void =>
    bot.send(GatewayOpcodes.VoiceStateUpdate, {
      guild_id: guildId,
      channel_id: name === null ? null : channelId(loopback, name),
    });
  const isItsOwn = ({ t, d }: Received): boolean =>
    t === 'VOICE_SERVER_UPDATE' || d['user_id'] === loopback.application.id;
  const newest = (name: string) => bot.received.findLast((one) => one.t === name && isItsOwn(one))?.d ?? {};
  const own: FaultScene['identity'] = () => ({
    server_id: guildId,
    user_id: loopback.application.id,
    session_id: String(newest('VOICE_STATE_UPDATE')['session_id']),
    token: String(newest('VOICE_SERVER_UPDATE')['token']),
    max_dave_protocol_version: 1,
  });
  const inVoice = async (): Promise<Described> => {
    ask('Lounge');
    await bot.event('VOICE_SERVER_UPDATE');
    const client = await described(loopback, test, 'aead_aes256_gcm_rtpsize', own());
    loopback.user('ada').join('Lounge');
    return client;
  };
  return {
    loopback,
    guildId,
    bot,
    ask,
    inVoice,
    identity: own,
    async speaking() {
      const client = await inVoice();
      client.client.send(VoiceOpcodes.Speaking, { speaking: 1, delay: 0, ssrc: client.ssrc });
      await test.expect.poll(() => loopback.voice.sessions()[0]?.speaking, { timeout: 20_000 }).toBe(true);
      return client;
    },
    async news() {
      await bot.settle();
      return bot.received.flatMap(({ t, d }) => {
        if (t === 'VOICE_SERVER_UPDATE') return ['server'];
        if (t !== 'VOICE_STATE_UPDATE' || d['user_id'] !== loopback.application.id) return [];
        if (d['channel_id'] === null) return ['nowhere'];
        const flags = ['mute', 'deaf', 'self_mute', 'self_deaf', 'suppress'].filter((flag) => d[flag] === true);
        const name = loopback.guild.channels.get(d['channel_id'] as string)?.name;
        return [[name, ...flags].join(' ')];
      });
    },
  };
}
