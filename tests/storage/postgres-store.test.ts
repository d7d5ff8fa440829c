import { afterAll, beforeAll, describe } from 'vitest';
import { openStore } from '../../src/storage/index.ts';
import { storeContract } from '../contracts/store-contract.ts';
import { PostgresServer, programs } from './fixtures/postgres-server.ts';

describe('postgres store', { skip: programs() === null }, () => {
  let server: PostgresServer;
  let made = 0;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.remove());

  storeContract(async () => openStore(await server.database(`store_${made++}`), () => undefined));
});
