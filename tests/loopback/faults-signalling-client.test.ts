import { joinVoiceChannel, VoiceConnectionStatus, type DiscordGatewayAdapterCreator } from '@discordjs/voice';
import { expect, it } from 'vitest';
import type { FaultName } from '../../loopback/faults.ts';
import { until } from '../../loopback/until.ts';
import { channelId, loggedIn } from './discordjs-client.ts';

const guild = 'the guild';

/** `loggedIn` holds at the end of each test that the double accuses the client of nothing. */
it.for<readonly [FaultName, Readonly<Record<string, unknown>>]>([
  ['swallow-voice-message', { what: 'hello' }],
  ['swallow-voice-message', { what: 'ready', guildId: guild, times: 1 }],
  ['swallow-voice-message', { what: 'description', guildId: guild, times: 1 }],
  ['double-voice-message', { what: 'hello' }],
  ['double-voice-message', { what: 'ready' }],
  ['double-voice-message', { what: 'description' }],
  ['reorder-voice-message', { what: 'hello' }],
  ['delay-voice-message', { what: 'ready', ms: 20 }],
  ['garble-voice-message', { what: 'ready', how: 'cut', times: 1 }],
  ['voice-heartbeat-interval', { ms: 1_000_000 }],
  ['unknown-voice-fields', {}],
  ['close-voice-after-ready', { code: 4006, times: 2 }],
  ['close-voice-at-select-protocol', { code: 4015, times: 1 }],
  ['close-voice-after-description', { code: 1006, times: 1 }],
  ['close-voice-at-hello', { code: 4009, times: 2 }],
  ['http-voice-port', { status: 502 }],
  ['reset-voice-port', {}],
  ['double-event', { what: 'voice-server' }],
  ['delay-event', { what: 'voice-server', ms: 20 }],
])('an unmodified client gets through %s %j, and is accused of nothing', async ([name, params], test) => {
  const { loopback, client } = await loggedIn();
  const guildId = loopback.guild.id;
  const fault = loopback.faults.throwByName(name, { ...params, ...('guildId' in params && { guildId }) });
  const connection = joinVoiceChannel({
    guildId,
    channelId: channelId(loopback, 'Lounge'),
    adapterCreator: client.guilds.cache.get(guildId)?.voiceAdapterCreator as DiscordGatewayAdapterCreator,
  });
  test.onTestFinished(() => connection.destroy());
  let failures = 0;
  connection.on('error', () => {
    failures += 1;
    if (failures === 3) fault?.lift();
  });
  // What the client never does by itself: to begin anew when an answer does not come.
  const restart = setInterval(() => {
    if (connection.state.status === VoiceConnectionStatus.Connecting) connection.configureNetworking();
  }, 300);
  test.onTestFinished(() => clearInterval(restart));
  // A fault may close a client that was ready for a moment; then it resumes.
  const isThere = () => loopback.voice.sessions().every(({ status }) => status === 'connected');
  await until('the client', () => connection.state.status === VoiceConnectionStatus.Ready && isThere(), 15_000);
  expect(loopback.voice.sessions()).toHaveLength(1);
});
