import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openStore } from '../../src/storage/index.ts';
import { storeContract } from '../contracts/store-contract.ts';

describe('sqlite store', () => {
  let folder: string;
  let made = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenuto-store-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  storeContract(async () =>
    openStore(`sqlite:${join(folder, String(made++), 'deep', 'tenuto.sqlite')}`, () => undefined),
  );
});
