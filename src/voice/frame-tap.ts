import type { VoiceConnection } from '@discordjs/voice';

/** https://docs.discord.com/developers/topics/voice-connections#voice-data-interpolation */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
/** A fifth of a second: far longer than a socket takes to close. */
const MANY_WAITING = 10;
const MOST_WAITING = 25;

/** What a tap asks of the link that it sits in. */
export interface TapOwner {
  /** False when what is sent now would arrive after the end of the session. */
  open(): boolean;
  /** So many frames wait that what holds them up should be ended. */
  crowded(): void;
  /** Encrypting or sending failed. */
  fault(error: unknown): void;
}

/**
 * Sits where the audio player hands frames to the connection. It counts those that really left and keeps, in their order,
 * those that did not: the library loses what it has prepared, and sends on while its socket is being closed. It also keeps
 * exceptions out of the player's timer: all guilds share that timer, and one exception stops it for all of them.
 */
export class FrameTap {
  /** The first is the one that the library may have prepared. */
  #waiting: Buffer[] = [];
  #prepared = false;
  #sent = 0;
  readonly #prepare: () => void;

  constructor(connection: VoiceConnection, owner: TapOwner) {
    const prepare = connection.prepareAudioPacket.bind(connection);
    const dispatch = connection.dispatchAudio.bind(connection);

    this.#prepare = () => {
      const [first] = this.#waiting;
      if (first === undefined || this.#prepared) return;
      try {
        this.#prepared = prepare(first) !== undefined;
      } catch (error) {
        owner.fault(error);
      }
    };
    connection.prepareAudioPacket = (frame) => {
      this.#add(frame);
      if (this.#waiting.length >= MANY_WAITING) owner.crowded();
      this.#prepare();
      return undefined;
    };
    connection.dispatchAudio = () => {
      if (this.#waiting.length === 0 || !owner.open()) return false;
      this.#prepare();
      try {
        this.#prepared = false;
        if (dispatch() !== true) return false;
      } catch (error) {
        owner.fault(error);
        return false;
      }
      this.#sent += 1;
      this.#waiting.shift();
      return true;
    };
  }

  /** Frames handed to the network. */
  get sent(): number {
    return this.#sent;
  }

  /** Takes the frames that the player gave and that have not left, as far as they are sound. */
  take(): readonly Buffer[] {
    const sound = this.#waiting.filter((frame) => !frame.equals(SILENCE));
    this.#waiting = [];
    this.#prepared = false;
    return sound;
  }

  /** Puts frames that did not leave over an earlier connection before what the player gives next. */
  carry(frames: readonly Buffer[]): void {
    this.#waiting = [...frames];
    this.#prepared = false;
    this.#prepare();
  }

  /** Silence is only there to fill a gap: while sound waits there is none, and what was late catches up. */
  #add(frame: Buffer): void {
    if (this.#waiting.length > 0 && frame.equals(SILENCE)) return;
    this.#waiting.push(frame);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }
}
