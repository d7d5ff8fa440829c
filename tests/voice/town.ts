import { RecoveryPacer, type PacerOptions } from '../../src/voice/recovery-pacer.ts';
import { DEFAULT_VOICE_OPTIONS } from '../../src/voice/voice-options.ts';

interface Wish {
  readonly sends?: number;
  readonly urgent?: boolean;
  readonly life?: AbortSignal;
}

/** Guilds that ask, and when each went. */
export class Town {
  readonly pacer: RecoveryPacer;
  readonly went: { readonly guild: string; readonly at: number }[] = [];
  /** Called when a guild goes. */
  onGo: (guild: string) => void = () => {};

  constructor(options: Partial<PacerOptions> = {}, random = () => 0.5) {
    this.pacer = new RecoveryPacer({ ...DEFAULT_VOICE_OPTIONS, ...options }, Date.now, random);
  }

  ask(guildId: string, { sends = 1, urgent = false, life = new AbortController().signal }: Wish = {}): number | null {
    const go = () => {
      this.went.push({ guild: guildId, at: Date.now() });
      this.onGo(guildId);
    };
    return this.pacer.request({ guildId, sends, life, urgent: () => urgent, go });
  }

  /** Voice fails in so many guilds, named from `first` on, and each asks for a turn. */
  strike(guilds: number, first = 0): void {
    const names = Array.from({ length: guilds }, (_, index) => String(first + index));
    for (const name of names) this.pacer.failed(name);
    for (const name of names) this.ask(name);
  }

  get guilds(): string[] {
    return this.went.map(({ guild }) => guild);
  }

  get times(): number[] {
    return this.went.map(({ at }) => at);
  }
}
