import './sodium-bridge.ts';
import { AudioPlayerStatus, type AudioPlayer } from '@discordjs/voice';
import type { Evidence, LinkEvidence } from './link-evidence.ts';
import type { VoiceLink } from './voice-link.ts';

/** A guild's links, one after the other, and its audio player: no frame is lost or heard twice between two links. */
export class GuildLine {
  #link: VoiceLink | null = null;
  #player: AudioPlayer | null = null;
  #open = false;
  #unsent: { readonly frames: readonly Buffer[]; readonly piece: unknown } | null = null;
  #framesBefore = 0;

  get link(): VoiceLink | null {
    return this.#link;
  }

  /** What the link shows now; null without one. */
  get evidence(): LinkEvidence | null {
    return this.#link?.evidence ?? null;
  }

  /** Frames handed to the network, over all links. */
  get framesSent(): number {
    return this.#framesBefore + (this.#link?.evidence.framesSent ?? 0);
  }

  /** True while the player's frames should be leaving. By itself it pauses when the library has no way for them. */
  get playing(): boolean {
    const status = this.#player?.state.status;
    return this.#open && (status === AudioPlayerStatus.Playing || status === AudioPlayerStatus.AutoPaused);
  }

  /** What the monitor judges. Call only while there is a link. */
  look(around: Pick<Evidence, 'silence' | 'listeners'>): Evidence {
    if (!this.#link) throw new Error('there is no link to look at');
    const paused = this.#player?.state.status === AudioPlayerStatus.Paused;
    return { link: this.#link.evidence, playing: this.playing, paused, ...around };
  }

  /** Takes a link that is not ready yet in the place of the one before. */
  use(link: VoiceLink): void {
    this.drop();
    this.#link = link;
  }

  /** Ends the link, if there is one. The player waits where it is. */
  drop(): void {
    this.hush();
    this.#framesBefore = this.framesSent;
    this.#link?.close();
    this.#link = null;
  }

  /** The link is ready: the player is heard over it, from the first frame on that did not leave before. */
  hear(): void {
    if (this.#open || !this.#link) return;
    this.#open = true;
    if (!this.#player) return;
    // Frames of what was skipped meanwhile must not be heard any more.
    const current = this.#unsent?.piece === this.#piece ? this.#unsent : null;
    this.#link.play(this.#player, current?.frames ?? []);
    this.#unsent = null;
  }

  /** The link cannot carry frames for now. The player waits where it is. */
  hush(): void {
    if (!this.#open) return;
    this.#open = false;
    const frames = this.#link?.silence() ?? [];
    if (frames.length > 0) this.#unsent = { frames, piece: this.#piece };
  }

  /** Seats a player, to be heard over this link and every later one. */
  attach(player: AudioPlayer): void {
    if (player === this.#player) return;
    const wasOpen = this.#open;
    this.hush();
    this.#unsent = null;
    this.#player = player;
    player.on('stateChange', (before, { status }) => {
      if (player !== this.#player) return;
      if (status === AudioPlayerStatus.Idle) this.#forget();
      else if (before.status === AudioPlayerStatus.Idle) this.#begin();
    });
    if (wasOpen) this.hear();
  }

  /**
   * At its end a piece is followed by silence, so all of it has left. Of what is stopped before, the library has a frame
   * prepared, which would be heard before the next piece, whenever that is.
   */
  #forget(): void {
    if (!this.#open || !this.#player) return;
    this.#link?.silence();
    this.#link?.play(this.#player, []);
  }

  /** The library reads a frame at one tick and sends it at the next: the first one of a piece, read now, leaves a tick earlier. */
  #begin(): void {
    const player = this.#player;
    // Where it was told to wait, it waits from the first frame on.
    if (!this.#open || player?.state.status !== AudioPlayerStatus.Playing) return;
    const first = player.state.resource.read();
    if (first !== null) this.#link?.play(player, [first]);
  }

  /** What plays. Resources that go on where the one before was say so by the same metadata. */
  get #piece(): unknown {
    const state = this.#player?.state;
    return state && 'resource' in state ? (state.resource.metadata ?? state.resource) : null;
  }
}
