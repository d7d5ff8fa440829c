import { describe } from 'vitest';
import { openStore } from '../../src/storage/index.ts';
import { storeContract } from '../contracts/store-contract.ts';

describe('memory store', () => {
  storeContract(async () => openStore('memory:', () => undefined));
});
