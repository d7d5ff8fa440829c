import type { VoiceState } from '../../voice/voice-state.ts';

/** Milliseconds since 1970 as a moment that Discord shows in the reader's own words, such as "2 minutes ago". */
export const moment = (at: number): string => `<t:${Math.floor(at / 1_000)}:R>`;

/** Where a guild's voice is, in a sentence. */
export function stateInWords(state: VoiceState): string {
  switch (state.status) {
    case 'idle':
      return 'Not in a voice channel.';
    case 'joining':
      return `Joining <#${state.channelId}>, attempt ${state.attempt}.`;
    case 'ready':
      return `Connected to <#${state.channelId}> since ${moment(state.since)}.`;
    case 'resuming':
      return `Taking up the connection to <#${state.channelId}> again: ${state.reason}.`;
    case 'recovering':
      return `Coming back to <#${state.channelId}>, attempt ${state.attempt} ${moment(state.until)}: ${state.reason}.`;
    case 'deciding':
      return `Finding out what happened in <#${state.channelId}>: ${state.reason}.`;
    case 'cooling-down':
      return `Waiting to try <#${state.channelId}> again ${moment(state.until)}: ${state.reason}.`;
    case 'failed':
      return `Given up: ${state.reason}. Use /play to try again.`;
  }
}
