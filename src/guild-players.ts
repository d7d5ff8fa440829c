import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Announcer } from './discord/announcer.ts';
import type { Subprocesses } from './lib/subprocess.ts';
import { openAudio } from './player/audio-pipeline.ts';
import { GuildPlayers } from './player/guild-players.ts';
import { Loudness } from './player/loudness.ts';
import type { PlayerVoice } from './player/player-voice.ts';
import type { AdvancedQueueManager } from './queue/advanced-queue-manager.ts';
import type { AllSources } from './sources/index.ts';
import type { KeptAudio } from './sources/kept-audio.ts';

interface Parts {
  readonly sources: AllSources;
  readonly audio: KeptAudio;
  readonly queues: AdvancedQueueManager;
  readonly voice: PlayerVoice;
  readonly announcer: Announcer;
  readonly subprocesses: Subprocesses;
  readonly log: Logger;
}

/** The players of all guilds, with where their sound comes from and where they are heard. */
export function createGuildPlayers(config: Config, parts: Parts): GuildPlayers {
  const { sources, audio, queues, voice, announcer, subprocesses, log } = parts;
  return new GuildPlayers({
    loudness: new Loudness({ ...config, memory: sources.loudness, relay: sources.relay, subprocesses, log }),
    queues,
    voice,
    locate: (track, signal, urgency) => audio.locate(track, signal, urgency),
    open: (media, track, options) =>
      openAudio(media, {
        ...options,
        ...config,
        durationMs: track.durationMs,
        http: sources.http,
        relay: sources.relay,
        refresh: (signal) => sources.forget(track).then(() => sources.locate(track, signal)),
        keep: audio.keep(track, media),
        subprocesses,
      }),
    preload: (track, signal) => audio.preload(track, signal),
    forget: (track, failure) => audio.forget(track, failure),
    announce: (guildId, channelId, notice) => announcer.announce(guildId, channelId, notice),
    log: log.child({ part: 'player' }),
  });
}
