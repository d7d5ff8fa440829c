import type { LookupAllOptions } from 'node:dns';
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { onTestFinished } from 'vitest';

/** Until the test ends, these public names lead to this machine, as if its resolver said so. */
export function nameHere(names: readonly string[]): void {
  const { lookup } = dns;
  const here = { address: '127.0.0.1', family: 4 };
  const answering = async (name: string, options: LookupAllOptions) =>
    names.includes(name) ? [here] : await lookup(name, options);
  Object.assign(dns, { lookup: answering });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(dns, { lookup });
    syncBuiltinESMExports();
  });
}
