import type { DAVESession } from '@discordjs/voice';
import type { DaveEvidence } from './link-evidence.ts';

/** Private in the library's declarations only. */
interface Privates {
  readonly pendingTransitions: ReadonlyMap<number, number>;
}

/** End-to-end encryption of one session of the library. */
export class DaveWatch {
  readonly session: DAVESession;
  #executed = 0;
  #failures = 0;

  constructor(session: DAVESession) {
    this.session = session;
    session.on('invalidateTransition', () => (this.#failures += 1));
  }

  /** The library has executed a transition; its session does not say so. */
  transitioned(): void {
    this.#executed += 1;
  }

  get evidence(): DaveEvidence {
    const { session } = this;
    const { pendingTransitions } = session as unknown as Privates;
    return {
      version: session.protocolVersion,
      encrypted: encrypts(session),
      // Without a group the library has an empty one.
      privacyCode: session.voicePrivacyCode || null,
      preparedTransition: [...pendingTransitions.keys()].at(-1) ?? null,
      executedTransitions: this.#executed,
      failures: this.#failures,
    };
  }
}

/** True while frames leave end-to-end encrypted: alone in a channel there is nobody to encrypt for. */
export function encrypts(session: DAVESession | undefined): boolean {
  return session !== undefined && session.protocolVersion > 0 && session.session?.ready === true;
}
