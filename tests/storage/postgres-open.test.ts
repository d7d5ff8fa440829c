import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/storage/index.ts';
import { PostgresServer, programs } from './fixtures/postgres-server.ts';
import { openWith } from './fixtures/postgres-store.ts';

describe('opening a database of PostgreSQL', { skip: programs() === null }, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
    await server.sql(`CREATE ROLE guest LOGIN PASSWORD 'CANARY'`);
  });
  afterAll(() => server.remove());

  /** What the operator reads. It is one line, and has no password. */
  async function refusal(url: string): Promise<string> {
    const error: unknown = await openStore(url, () => undefined).then(
      (store) => store.close().then(() => 'it opened'),
      (error: unknown) => error,
    );
    const text = error instanceof Error ? error.message : String(error);
    expect(text).not.toMatch(/\n|CANARY|p@ss|p%40ss/);
    return text.replace(/^PostgreSQL at 127\.0\.0\.1:\d+, database "\w+", cannot be used: /, '');
  }

  it('says what is wrong with the address or the user', async () => {
    const url = await server.database('fine');
    expect(await refusal(server.url('fine', { password: 'CANARY' }))).toBe(
      'user "tenuto" was refused. Check user and password in STORE_URL.',
    );
    expect(await refusal(server.url('fine', { user: 'nobody', password: 'CANARY' }))).toContain(
      'user "nobody" was refused',
    );
    expect(await refusal(server.url('none'))).toBe('it has no database "none". Create it: createdb none');
    expect(await refusal('postgres://a:CANARY@127.0.0.1:1/x')).toBe(
      'nothing listens there. Is the server running, and the port right?',
    );
    expect(await refusal('postgres://a:CANARY@tenuto.invalid/x')).toMatch(/no such host|cannot be looked up/);
    expect(await refusal(url.replace(/:[^:@]+@/, '@'))).toContain('password');
    expect(await refusal(`${url}?sslmode=verify-full`)).toContain('does not support SSL');
    expect(await refusal('mysql://a:CANARY@127.0.0.1/x')).toBe(
      'there is no storage for "mysql"; use one of: memory, sqlite, postgres, postgresql',
    );
  });

  it('says that the user may not make tables, and needs no such right once they are there', async () => {
    const url = await server.database('shared');
    const asGuest = server.url('shared', { user: 'guest', password: 'CANARY' });
    await server.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC', 'shared');
    expect(await refusal(asGuest)).toBe('user "guest" lacks rights. Make it the owner of the database.');
    await (await openStore(url, () => undefined)).close();
    await server.sql('GRANT ALL ON tenuto_store, tenuto_schema TO guest', 'shared');
    expect(await refusal(asGuest)).toBe('it opened');
  });

  it('refuses a database that a later version wrote, and leaves it as it is', async () => {
    const url = await server.database('newer');
    const store = await openStore(url, () => undefined);
    await store.set('a', 1);
    await store.close();
    await server.sql('UPDATE tenuto_schema SET version = 2', 'newer');
    const before = await server.sql('SELECT * FROM tenuto_schema', 'newer');
    expect(await refusal(url)).toBe(
      'it was written by a later version of this program. Start that version, or use another database.',
    );
    expect(await server.sql('SELECT * FROM tenuto_schema', 'newer')).toEqual(before);
    await server.sql('UPDATE tenuto_schema SET version = 1', 'newer');
    const again = await openStore(url, () => undefined);
    expect(await again.get('a')).toBe(1);
    await again.close();
  });

  it('refuses a database that cannot hold every text', async () => {
    const url = await server.database('narrow', `ENCODING LATIN1 TEMPLATE template0`);
    expect(await refusal(url)).toBe('its encoding is LATIN1; create one with UTF8');
  });

  it('opens when two processes make the tables at the same time, for one of them', async () => {
    const url = await server.database('raced');
    const outcomes = await Promise.allSettled([openWith(url, { lockMs: 300 }), openWith(url, { lockMs: 300 })]);
    const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.store] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    await Promise.all(opened.map((store) => store.close()));
    expect(opened).toHaveLength(1);
    expect(refused).toEqual([expect.stringContaining('in use by another process')]);
  });

  it('tells loudly that the server does not flush its disk', async () => {
    const url = await server.database('careless');
    await server.sql('ALTER SYSTEM SET fsync = off');
    await server.sql('SELECT pg_reload_conf()');
    const warnings: string[] = [];
    await expect
      .poll(async () => {
        await (await openStore(url, (line) => warnings.push(line))).close();
        return warnings[0];
      })
      .toContain('fsync = off');
    await server.sql('ALTER SYSTEM RESET fsync');
    await server.sql('SELECT pg_reload_conf()');
  });
});
