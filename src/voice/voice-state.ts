/** Where a guild's voice is. One machine a guild, one writer: its ConnectionKeeper. Times are milliseconds since 1970. */
export type VoiceState =
  | { readonly status: 'idle' }
  | { readonly status: 'joining'; readonly channelId: string; readonly attempt: number }
  | { readonly status: 'ready'; readonly channelId: string; readonly since: number }
  /** The library resumes the session by itself; same session, same key. */
  | { readonly status: 'resuming'; readonly channelId: string; readonly reason: string }
  /** Waiting to try a fresh session; `until` null: when the main gateway, or voice as a whole, is back. */
  | {
      readonly status: 'recovering';
      readonly channelId: string;
      readonly reason: string;
      readonly attempt: number;
      readonly until: number | null;
    }
  /** The close code alone does not say what happened; waiting for what Discord says next. */
  | { readonly status: 'deciding'; readonly channelId: string; readonly reason: string }
  /** Too many attempts: nothing is sent before `until`. */
  | { readonly status: 'cooling-down'; readonly channelId: string; readonly reason: string; readonly until: number }
  /** Given up; only a person's next join leads out of it. */
  | { readonly status: 'failed'; readonly reason: string };

export const LEGAL = {
  idle: ['joining', 'cooling-down'],
  joining: ['joining', 'ready', 'recovering', 'cooling-down', 'failed', 'deciding', 'idle'],
  ready: ['resuming', 'joining', 'recovering', 'deciding', 'cooling-down', 'failed', 'idle', 'ready'],
  resuming: ['ready', 'joining', 'recovering', 'deciding', 'cooling-down', 'failed', 'idle'],
  recovering: ['joining', 'recovering', 'deciding', 'cooling-down', 'failed', 'idle'],
  deciding: ['joining', 'deciding', 'recovering', 'cooling-down', 'failed', 'idle'],
  'cooling-down': ['joining', 'recovering', 'deciding', 'cooling-down', 'failed', 'idle'],
  failed: ['joining', 'cooling-down', 'idle'],
} as const satisfies Record<VoiceState['status'], readonly VoiceState['status'][]>;

/** The same in three words, for people who only want to know whether to worry. */
export type RecoveryView = 'IDLE' | 'RETRYING' | 'STABLE';

export function recoveryView({ status }: VoiceState): RecoveryView {
  if (status === 'idle' || status === 'failed') return 'IDLE';
  return status === 'ready' ? 'STABLE' : 'RETRYING';
}
