import type { VoiceConnection } from '@discordjs/voice';

/** https://docs.discord.com/developers/topics/voice-connections#voice-data-interpolation */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

/**
 * Sits where the audio player hands frames to the connection. It counts those that really left, keeps the one that was
 * prepared and did not leave (the library loses it with the connection), and keeps exceptions such as a failed encryption
 * out of the player's timer: all guilds share that timer, and one exception stops it for all of them.
 */
export class FrameTap {
  readonly #connection: VoiceConnection;
  #sent = 0;
  #waiting: Buffer | null = null;

  constructor(connection: VoiceConnection, fault: (error: unknown) => void) {
    this.#connection = connection;
    const prepare = connection.prepareAudioPacket.bind(connection);
    const dispatch = connection.dispatchAudio.bind(connection);

    connection.prepareAudioPacket = (frame) => {
      try {
        // Ready again between the two halves of a tick: what waits would be overwritten.
        if (this.#waiting !== null) connection.dispatchAudio();
        this.#waiting = frame;
        return prepare(frame);
      } catch (error) {
        fault(error);
        return undefined;
      }
    };
    connection.dispatchAudio = () => {
      try {
        const left = dispatch() === true;
        if (left) this.#sent += 1;
        if (left) this.#waiting = null;
        return left;
      } catch (error) {
        fault(error);
        return false;
      }
    };
  }

  /** Frames handed to the network. */
  get sent(): number {
    return this.#sent;
  }

  /** Takes the frame that the player gave and that has not left, if it was sound. */
  take(): Buffer | null {
    const frame = this.#waiting;
    this.#waiting = null;
    return frame === null || frame.equals(SILENCE) ? null : frame;
  }

  /** Puts a frame that did not leave over an earlier connection before what the player gives next. */
  carry(frame: Buffer): void {
    this.#connection.prepareAudioPacket(frame);
  }
}
