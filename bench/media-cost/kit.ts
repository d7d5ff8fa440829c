import { Subprocesses } from '../../src/lib/subprocess.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Relay } from '../../src/sources/relay.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';

/** What the bot plays with: its way to the network, its relay, its children. */
export interface Kit {
  readonly http: HttpClient;
  readonly relay: Relay;
  readonly subprocesses: Subprocesses;
}

/** With one host that counts as public. */
export function kitFor(host: string): Kit {
  const http = new HttpClient(new UrlGuard({ allowedHosts: [host] }));
  return { http, relay: new Relay(http), subprocesses: new Subprocesses(process.env) };
}
