import type { Trouble } from './troubles.ts';

interface Row {
  readonly name: string;
  readonly codes: RegExp;
  /** What people read. */
  readonly people: string;
  /** What the operator reads in the log. */
  readonly operators: string;
}

export interface NetworkFailure extends Trouble {
  readonly operators: string;
  /** What refuses now refuses in the next moment too, and each try costs an op 4. */
  readonly remedy: 'rejoin-carefully';
}

/** Why a voice server could not be reached, by the codes of Node's errors; each is joined again, carefully. */
const NETWORK_FAILURES: readonly Row[] = [
  {
    name: 'connection refused',
    codes: /^ECONNREFUSED$/,
    people: 'the voice server refused the connection',
    operators: 'nothing listens there: the voice server restarts, or a firewall refuses its port',
  },
  {
    name: 'name not found',
    codes: /^(ENOTFOUND|EAI_\w+)$/,
    people: 'the voice server could not be found',
    operators: 'its name could not be looked up: check the DNS of this machine',
  },
  {
    name: 'TLS failed',
    codes: /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/,
    people: 'the voice server could not be trusted',
    operators: 'the TLS handshake failed: check the clock of this machine and proxies that open TLS',
  },
  {
    name: 'network unreachable',
    codes: /^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
    people: 'the voice server could not be reached',
    operators: 'there is no way to the network: check the connection of this machine',
  },
  {
    name: 'connection timed out',
    codes: /^(ETIMEDOUT|ESOCKETTIMEDOUT)$/,
    people: 'the voice server did not answer',
    operators: 'the connection timed out: the voice server is down, or packets to it are dropped',
  },
  {
    name: 'connection reset',
    codes: /^(ECONNRESET|EPIPE|ECONNABORTED)$/,
    people: 'the connection to the voice server was broken',
    operators: 'the connection was reset: the voice server, or something on the way to it',
  },
];

/** The row of an error that a socket gave, or null when it is none of the network's. */
export function networkFailure(error: Error | null): NetworkFailure | null {
  const errorCode = error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (errorCode === null) return null;
  const row = NETWORK_FAILURES.find(({ codes }) => codes.test(errorCode));
  return row
    ? {
        code: null,
        name: row.name,
        sentence: `${row.people} (${errorCode})`,
        operators: row.operators,
        remedy: 'rejoin-carefully',
      }
    : null;
}
