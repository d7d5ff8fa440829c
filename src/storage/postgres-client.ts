import { Client } from 'pg';
import { within } from '../lib/time.ts';
import { inWords, placeIn } from './postgres-failures.ts';
import { GuardedSocket } from './postgres-socket.ts';

/** Shorter than the time after which firewalls forget a connection that is idle. */
const KEEP_ALIVE_MS = 15_000;
const LOOK_WITHIN_MS = 10_000;

/**
 * A client that is not connected yet, and gives up to connect after `connectMs`. Throws, with a text for the operator that
 * has no password, when the URL or a file that it names cannot be read.
 */
export function postgresClient(url: string, connectMs: number): Client {
  try {
    return new Client({
      connectionString: url,
      fallback_application_name: 'tenuto',
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      stream: () => new GuardedSocket(),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`STORE_URL cannot be used: ${why}`, { cause: error });
  }
}

/** What answers at this URL, in one line. Claims nothing. Rejects with a text for the operator. */
export async function describePostgres(url: string): Promise<string> {
  const client = postgresClient(url, LOOK_WITHIN_MS);
  client.on('error', () => undefined);
  try {
    const late = () => new Error('it does not answer');
    const asked = client
      .connect()
      .then(() => client.query<{ version: string }>(`SELECT current_setting('server_version') AS version`));
    const { rows } = await within(LOOK_WITHIN_MS, asked, late);
    return `PostgreSQL ${rows[0]?.version} at ${placeIn(client)}`;
  } catch (error) {
    throw new Error(inWords(error, client), { cause: error });
  } finally {
    client.end().catch(() => undefined);
  }
}
