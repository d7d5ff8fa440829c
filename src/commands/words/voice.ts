import { formatSpan, moment } from '../../lib/format.ts';
import type { Verdict } from '../../voice/verdicts.ts';
import type { DaveReport, Incident, IncidentResult } from '../../voice/voice-reports.ts';
import type { VoiceState } from '../../voice/voice-state.ts';

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
      return `Coming back to <#${state.channelId}>, attempt ${state.attempt} ${when(state.until)}: ${state.reason}.`;
    case 'deciding':
      return `Finding out what happened in <#${state.channelId}>: ${state.reason}.`;
    case 'cooling-down':
      return `Waiting to try <#${state.channelId}> again ${moment(state.until)}: ${state.reason}.`;
    case 'failed':
      return `Given up: ${state.reason}. Use /play to try again.`;
  }
}

/** A moment to come; null: when Discord is well again. */
export const when = (until: number | null): string => (until === null ? 'as soon as Discord lets me' : moment(until));

/** What the monitor saw last. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  healthy: 'All is well.',
  quiet: 'Nothing is played.',
  paused: 'The music is paused.',
  muted: 'A moderator muted me, so nobody hears me.',
  suppressed: 'I may not speak here, so nobody hears me.',
  alone: 'Nobody is here to listen.',
  'silent-stuck': 'Music plays, and nothing leaves me.',
  'link-down': 'The voice server does not answer any more.',
  'udp-lost': 'No datagrams come back from the voice server.',
  'dave-stuck': 'End-to-end encryption does not come about.',
  'process-stalled': 'My process stood still for a while.',
};

/** How frames are end-to-end encrypted. */
export function daveInWords(dave: DaveReport | null): string {
  if (dave === null) return 'no connection';
  if (dave.version === 0) return 'off, as Discord wanted it';
  const { version, encrypted, privacyCode } = dave;
  const state = encrypted ? `on (DAVE ${version})` : `DAVE ${version}, nobody to encrypt for yet`;
  return privacyCode === null ? state : `${state}\nPrivacy code \`${inFives(privacyCode)}\``;
}

/** As Discord's clients show it, in groups of five, so that people can compare. */
const inFives = (code: string) => code.match(/.{1,5}/g)?.join(' ') ?? code;

const RESULTS: Readonly<Record<IncidentResult, string>> = {
  open: 'not settled yet',
  resumed: 'resumed',
  rejoined: 'joined again',
  'stayed-out': 'stayed out',
  'gave-up': 'gave up',
  left: 'I left',
  'gateway-closed': 'waited for the next start',
  interrupted: 'I was restarted',
};

/** One incident in a line: when, code and name, cause, how long, tries, outcome. */
export function incidentInWords({ at, code, name, what, reason, attempts, endedAt, result }: Incident): string {
  return [
    `${moment(at)} **${code === null ? name : `${code} ${name}`}**: ${reason === '' ? what : reason}`,
    ...(endedAt === null ? [] : [formatSpan(endedAt - at)]),
    ...(attempts === 0 ? [] : [`${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`]),
    RESULTS[result],
  ].join(', ');
}
