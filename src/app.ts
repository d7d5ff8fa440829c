import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import { COMMANDS, MESSAGE_COMMANDS } from './commands/index.ts';
import { beside } from './beside.ts';
import type { Config } from './config.ts';
import { Announcer } from './discord/announcer.ts';
import { Audience } from './discord/audience.ts';
import { createClient, logIn, lossOf } from './discord/client.ts';
import { ChannelStatus } from './discord/channel-status.ts';
import { ClientVoiceGateway } from './discord/client-voice-gateway.ts';
import { registerCommands } from './discord/register.ts';
import { RequestChannel } from './discord/request-channel.ts';
import { Router } from './discord/router.ts';
import { watchTalk } from './discord/talk.ts';
import { VoiceEventHandlers } from './discord/voice-events.ts';
import { examine } from './examination.ts';
import { Closers } from './lib/closers.ts';
import { Subprocesses } from './lib/subprocess.ts';
import { DiscordDisplay } from './now-playing/discord-display.ts';
import { NowPlaying } from './now-playing/now-playing.ts';
import { operate, type Operations } from './operations.ts';
import { Autoplay } from './player/autoplay.ts';
import { PlayerManager } from './player/player-manager.ts';
import { IncidentTeller } from './player/incident-teller.ts';
import { heldByPlayers } from './player/player-voice.ts';
import { SavingTeller } from './player/saving-teller.ts';
import { SkipVotes } from './player/skip-votes.ts';
import { VoiceFollower } from './player/voice-follower.ts';
import { createGuildPlayers } from './guild-players.ts';
import { openRecord } from './record.ts';
import { blockedIn } from './settings/blocked-words.ts';
import { createSources } from './sources/index.ts';
import { KeptAudio } from './sources/kept-audio.ts';
import type { Track } from './sources/source.ts';
import { voiceOptionsOf } from './voice-settings.ts';
import { VoiceConnectionManager } from './voice/voice-connection-manager.ts';

/** A whole bot. */
export interface App {
  /** Logs in and goes on where the last process stopped. Rejects when it cannot work at all. */
  start(): Promise<void>;
  /** Everything saved, voice left, children ended. Also right after a start that failed, or in the middle of one. */
  stop(): Promise<void>;
  /** Resolves when it can never go on: Discord has closed the connection for good, or another process has the database. */
  readonly lost: Promise<Error>;
  /** Whether the process can go on after an exception that nothing caught. Ask in the handler: how it came to it matters. */
  survives(error: unknown): boolean;
}

/** Puts the bot together. `environment` is what children get their harmless part of. */
export function createApp(config: Config, log: Logger, environment: Readonly<Record<string, string | undefined>>): App {
  const closers = new Closers((name, error) => log.warn({ error, name }, 'not closed cleanly'));
  const life = new AbortController();
  const client = createClient(config, log);
  closers.add('client', () => client.destroy());
  let operations: Operations | null = null;
  const taken = Promise.withResolvers<Error>();

  async function start(): Promise<void> {
    const subprocesses = new Subprocesses(environment);
    closers.add('children', () => subprocesses.closeAll());
    await mkdir(config.dataDir, { recursive: true });
    await examine('required', config, log, { subprocesses });

    const { store, settings, queues, library } = await openRecord(config, log, closers, (error) =>
      taken.resolve(error),
    );
    const sources = createSources({
      ...config,
      rates: config,
      store,
      subprocesses,
      trouble: (trouble) => operations?.siteTrouble(trouble),
    });
    closers.add('sources', () => sources.close());
    const audio = await KeptAudio.open(sources, { ...config, log: log.child({ part: 'audio-cache' }) });
    const announcer = new Announcer(client.rest, log);
    const audience = new Audience(client);
    const gateway = new ClientVoiceGateway(client);
    const voice = new VoiceConnectionManager({
      gateway,
      options: voiceOptionsOf(config),
      store,
      log: log.child({ part: 'voice' }),
    });
    const channelStatus = new ChannelStatus({ ...config, client, log, playback: (id) => players.playback(id) });
    const playerVoice = heldByPlayers(voice, (guildId) => channelStatus.clear(guildId));
    const guildPlayers = createGuildPlayers(config, {
      sources,
      audio,
      queues,
      voice: playerVoice,
      announcer,
      subprocesses,
      log,
    });
    const blocked = (guildId: string, { title, artist }: Track) =>
      blockedIn(`${artist ?? ''} ${title}`, settings.of(guildId).blockedWords);
    const players = new PlayerManager({ players: guildPlayers, queues, voice: playerVoice, audience, blocked });
    const savingTeller = new SavingTeller({
      players: guildPlayers,
      trouble: () => (store.saving.status === 'unsaved' ? store.saving : null),
    });
    store.on('change', ({ status }) => {
      if (status === 'saved') savingTeller.saved();
    });
    const teller = new IncidentTeller({ players: guildPlayers, queues, voice: playerVoice, audience });
    const follower = new VoiceFollower({
      players: guildPlayers,
      queues,
      voice: playerVoice,
      audience,
      teller,
      limits: config,
      log: log.child({ part: 'follower' }),
    });
    const autoplay = new Autoplay({
      players: guildPlayers,
      queues,
      audience,
      blocked,
      related: (track, signal, urgency) => sources.related(track, signal, urgency),
      log: log.child({ part: 'autoplay' }),
    });
    const displays = new NowPlaying({
      channel: new DiscordDisplay(client.rest),
      players,
      voice,
      store,
      textChannelId: (guildId) => queues.session(guildId).textChannelId,
      refreshMs: config.nowPlayingRefreshMs,
      log: log.child({ part: 'now-playing' }),
    });
    guildPlayers.on('change', (guildId) => {
      displays.changed(guildId);
      teller.changed(guildId);
      savingTeller.changed(guildId);
      channelStatus.changed(guildId);
    });
    voice.on('change', (guildId) => {
      displays.changed(guildId);
      channelStatus.changed(guildId);
      teller.changed(guildId);
      follower.voiceChanged(guildId);
    });
    voice.on('incident', (guildId, incident) => teller.incident(guildId, incident));
    voice.on('kicked', (guildId, why) => follower.kicked(guildId, why));
    voice.on('moved', (guildId, channelId) => follower.movedTo(guildId, channelId));
    operations = await operate(config, log, { voice, players: guildPlayers, queues, subprocesses, sources, store });
    closers.add('operations', () => operations?.close());

    const ready = Promise.withResolvers<void>();
    const known = beside(config, sources, { players: guildPlayers, queues }, closers, log);
    const skipVotes = new SkipVotes();
    const services = { players, settings, skipVotes, sources, ...known, voice, gateway, displays, ...library };
    const router = new Router({
      services,
      djRole: config.djRole,
      log: log.child({ part: 'router' }),
      ready: ready.promise,
    });
    router.attach(client);
    if (config.requestChannels) {
      const parts = { client, settings, djRole: config.djRole, log: log.child({ part: 'requests' }) };
      const requests = new RequestChannel({ ...parts, handle: (request) => router.handle(request) });
      closers.add('request channel', () => requests.close());
    }
    closers.add('announcements', () => {
      teller.close();
      return announcer.close();
    });
    // First what must not be lost, then what people see, both side by side; together they stay below the deadline of main.ts.
    closers.add('voice and displays', () => Promise.all([voice.close(), displays.close()]));
    closers.add('channel status', () => channelStatus.close());
    closers.add('players and answers', () => {
      players.close();
      autoplay.close();
      follower.close();
      return Promise.all([guildPlayers.close(), router.close()]);
    });

    await Promise.race([logIn(client, config.token), rejection(life.signal)]);
    const events = new VoiceEventHandlers(client, {
      onOwnVoiceState: (guildId, channelId) => voice.ownVoiceState(guildId, channelId),
      onListeners: (guildId, channelId, listeners) => {
        follower.listenersChanged(guildId, channelId, listeners);
        teller.changed(guildId);
      },
      onSilenced: (guildId, why) => teller.silenced(guildId, why),
      onGuildAvailable: (guildId) => follower.guildAvailable(guildId),
      onGuildGone: (guildId) => {
        skipVotes.forget(guildId);
        follower.guildGone(guildId);
      },
      onGatewayLost: () => voice.mainGateway('lost'),
      onGatewayReady: (fresh) => voice.mainGateway(fresh ? 'identified' : 'resumed'),
    });
    closers.add('voice events', () => events.close());
    closers.add(
      'talk',
      watchTalk(client, (guildId, message) => displays.said(guildId, message)),
    );
    await voice.recall(queues.guilds());
    follower.restore();
    ready.resolve();

    // What only helps later keeps no music waiting.
    const { rest, user, application } = client;
    const applicationId = application?.id ?? user?.id ?? '';
    await registerCommands([...COMMANDS, ...MESSAGE_COMMANDS], {
      rest,
      applicationId,
      guildIds: config.guildIds,
      store,
      log,
    });
    log.info({ guilds: client.guilds.cache.size }, 'ready');
    const prepared = examine('degraded', config, log, { subprocesses, ytDlp: () => sources.ytDlp() }).then(() =>
      sources.warmUp(),
    );
    prepared.catch((error: unknown) => log.warn({ error }, 'not everything is prepared'));
  }

  return {
    start,
    async stop() {
      life.abort(new Error('stopped while starting'));
      await closers.close();
    },
    lost: Promise.race([lossOf(client), taken.promise]),
    survives: (error) => operations?.survives(error) ?? false,
  };
}

/** Rejects with the signal's reason when that is aborted. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
