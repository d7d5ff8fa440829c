/** One payload as a client sent it to the main gateway. */
export interface SentCommand {
  readonly op: number;
  /** Milliseconds of `performance.now()`, the clock of what was heard. */
  readonly at: number;
  readonly applicationId: string | null;
  /** null before an identify or resume succeeded. */
  readonly sessionId: string | null;
  /** As sent, without its token. */
  readonly d: unknown;
}

const CAPACITY = 5_000;

/** What clients sent, oldest first, bounded. */
export class SentLog {
  readonly #commands: SentCommand[] = [];

  add(command: SentCommand): void {
    this.#commands.push({ ...command, d: withoutToken(command.d) });
    if (this.#commands.length > CAPACITY) this.#commands.shift();
  }

  /** Everything, or the payloads with one opcode, in a guild when one is named. */
  list(op?: number, guildId?: string): readonly SentCommand[] {
    return this.#commands.filter(
      (command) => (op === undefined || command.op === op) && (guildId === undefined || guildOf(command.d) === guildId),
    );
  }
}

function withoutToken(d: unknown): unknown {
  return typeof d === 'object' && d !== null && 'token' in d ? { ...d, token: '…' } : d;
}

function guildOf(d: unknown): unknown {
  return typeof d === 'object' && d !== null && 'guild_id' in d ? d.guild_id : null;
}
