/** Something that happened to a guild's voice. What the close codes cannot say is in TROUBLES. */
export interface Trouble {
  /** The close code, or null when nothing was closed. */
  readonly code: number | null;
  /** Its short name, for logs and metrics: few and fixed, never with a guild or a number in it. */
  readonly name: string;
  /** What people read, without a full stop. */
  readonly sentence: string;
}

const trouble = (name: string, sentence: string): Trouble => ({ code: null, name, sentence });

/** Every trouble that is not the close of a voice socket, one row each. */
export const TROUBLES = {
  serverChanged: trouble('server changed', 'the voice server changed'),
  serverAway: trouble('server away', 'the voice server went away'),
  gatewayDown: trouble('gateway down', 'the connection to Discord is down'),
  sessionLapsed: trouble('session lapsed', 'Discord forgot the session that voice belonged to'),
  gatewayClosed: trouble('gateway closed', 'the connection to Discord was closed'),
  notAnswered: trouble('join unanswered', 'Discord did not answer the request to join'),
  notReached: trouble('server unreachable', 'the voice server did not answer'),
  notAccepted: trouble('identify unanswered', 'the voice server did not accept the session in time'),
  notDescribed: trouble('description missing', 'the voice server did not open the session in time'),
  noDatagrams: trouble('discovery lost', 'no datagram came back from the voice server, so UDP may be blocked'),
  notResumed: trouble('resume unanswered', 'the voice session could not be taken up again'),
  notJoined: trouble('join too slow', 'Discord did not let me in within the time'),
  resumeStorm: trouble('resume storm', 'the voice session was lost again and again'),
  unreadable: trouble('unreadable message', 'Discord sent what I could not read'),
  libraryFault: trouble('library fault', 'the voice library failed'),
  nothingLeaves: trouble('no sound left', 'no sound left me'),
  noHeartbeats: trouble('heartbeats unanswered', 'the voice server did not answer any more'),
  datagramsLost: trouble('datagrams lost', 'my sound did not reach the voice server any more'),
  notEncrypted: trouble('not encrypted', 'the end-to-end encryption did not come about'),
  removed: trouble('disconnected', 'I was disconnected from the channel'),
  notInGuild: trouble('not in guild', 'I am not in that server any more'),
  forbidden: trouble('forbidden', 'I may not connect to that channel, or not speak there'),
  askedFor: trouble('asked for', 'somebody asked for a new connection'),
} as const satisfies Record<string, Trouble>;
