import type { VoiceUDPSocket } from '@discordjs/voice';
import { answersDiscovery, discoveryRequest, namedAddress } from './datagram-kinds.ts';

/** `unproven`: this server has not answered in this session, so its silence says nothing. */
export type UdpPath = 'unproven' | 'answering' | 'silent';

const ASK_EVERY_MS = 5_000;
const REPEAT_MS = 250;
/** Fifteen seconds. With every second datagram lost in both directions, one such silence in thirty million: 0.75 ^ 60. */
const SILENT_AFTER = 60;
/** A server that answers nothing for five seconds is taken for one that does not answer, and asked no more. */
const GIVEN_UP_AFTER = 20;

/**
 * Finds out whether datagrams still reach the voice server and come back, by asking for our address on the live socket:
 * nothing else that we send is answered. That Discord answers it there is not documented, so only a server that has
 * answered in this session is believed to be silent. Nothing is asked while no sound leaves. See decision 10.
 */
export class UdpProbe {
  readonly #socket: Pick<VoiceUDPSocket, 'send'>;
  readonly #ssrc: number;
  readonly #life: AbortSignal;
  readonly #address: string | null;
  #path: UdpPath = 'unproven';
  #unanswered = 0;
  #soundLeft = true;
  #timer: NodeJS.Timeout | undefined;

  /** Asks at once, and until `life` ends. `address`: as the answer named it that the session was made with. */
  constructor(socket: Pick<VoiceUDPSocket, 'send'>, ssrc: number, life: AbortSignal, address: string | null) {
    this.#socket = socket;
    this.#ssrc = ssrc;
    this.#life = life;
    this.#address = address;
    life.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
    this.#ask();
  }

  get path(): UdpPath {
    return this.#path;
  }

  /** A frame was sent. */
  sent(): void {
    this.#soundLeft = true;
  }

  /**
   * A datagram came. What others say proves one direction only, so only an answer counts. Anybody can forge one, and at worst
   * keeps us from noticing.
   */
  received(datagram: Buffer): void {
    if (!answersDiscovery(datagram, this.#ssrc)) return;
    this.#unanswered = 0;
    // Another address than the session was made with: a router on the way forgot us, or the first answer was wrong.
    const isMoved = this.#address !== null && namedAddress(datagram) !== this.#address;
    this.#path = isMoved ? 'silent' : 'answering';
  }

  #ask(): void {
    if (this.#life.aborted) return;
    if (this.#soundLeft) {
      this.#soundLeft = false;
      this.#unanswered += 1;
      this.#socket.send(discoveryRequest(this.#ssrc));
    } else this.#unanswered = 0;
    this.#timer = setTimeout(() => this.#look(), REPEAT_MS);
  }

  #look(): void {
    if (this.#path === 'unproven' && this.#unanswered >= GIVEN_UP_AFTER) return;
    if (this.#path === 'answering' && this.#unanswered >= SILENT_AFTER) this.#path = 'silent';
    if (this.#unanswered > 0 && this.#path !== 'silent') return this.#ask();
    this.#timer = setTimeout(() => this.#ask(), ASK_EVERY_MS - REPEAT_MS);
  }
}
