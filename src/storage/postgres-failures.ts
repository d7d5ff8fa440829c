import type { DatabaseError } from 'pg';
import { StoreTrouble } from './store-trouble.ts';

interface Place {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
}

/** What to say of a failure to connect, by SQLSTATE or the system's code. The server's own words follow. */
const ADVICE: Readonly<Record<string, (place: Place) => string>> = {
  ECONNREFUSED: () => 'nothing listens there. Is the server running, and the port right?',
  ENOTFOUND: () => 'there is no such host',
  EAI_AGAIN: () => 'the name of the host cannot be looked up now',
  ECONNRESET: () => 'the connection was cut',
  ENOENT: () => 'there is no such socket. Is the server running?',
  '28P01': ({ user }) => `user "${user}" was refused. Check user and password in STORE_URL.`,
  '28000': ({ user }) => `user "${user}" may not connect from here. See pg_hba.conf of the server.`,
  '3D000': ({ database }) => `it has no database "${database}". Create it: createdb ${database}`,
  '42501': ({ user }) => `user "${user}" lacks rights. Make it the owner of the database.`,
  '53300': () => 'it has no connection left',
  // pg's own word, which has no code.
  'timeout expired': () => 'it does not answer. Is it PostgreSQL that listens there?',
  '57P03': () => 'it is just starting or stopping',
};

/** For the operator: which server, and which database there. */
export const placeIn = ({ host, port, database }: Place): string => `${host}:${port}, database "${database}"`;

/** One line for the operator about a connection that could not be made: where, what, and what to do. Never the password. */
export function inWords(error: unknown, place: Place): string {
  const { code, message } = told(error);
  const advice = ADVICE[code]?.(place);
  const words = [advice, message].filter((part) => part !== undefined && part !== '').join(' ');
  return `PostgreSQL at ${placeIn(place)}, cannot be used: ${words.replaceAll(/\s+/g, ' ')}`;
}

/** A host with several addresses fails with an error of several, whose own message is empty. */
function told(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return { code, message: code in ADVICE ? '' : error.message || code || 'it gave no reason' };
}

/** What people are told, by SQLSTATE or its class (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const TROUBLES: Readonly<Record<string, string>> = {
  '25006': 'the database is read-only',
  '53100': 'the disk is full',
  '53200': 'there is no memory left for the database',
  '53300': 'the database cannot be reached',
  '55P03': 'the database is locked by another program',
  '57014': 'the database does not answer',
  '08': 'the database cannot be reached',
  '57': 'the database is being stopped',
  '58': 'the disk fails with an I/O error',
  XX: 'the database is damaged',
};

/** The failure of a statement that the server refused. */
export function postgresFailure(error: DatabaseError): Error {
  const { code = '' } = error;
  const words = TROUBLES[code] ?? TROUBLES[code.slice(0, 2)];
  return words === undefined ? error : new StoreTrouble(words, { cause: error });
}
