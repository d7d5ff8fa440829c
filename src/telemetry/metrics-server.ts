import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';

interface Source {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Answers `GET /metrics`, to this machine alone. */
export class MetricsServer {
  readonly #source: Source;
  readonly #log: Logger;
  readonly #server: Server;

  constructor(source: Source, log: Logger) {
    this.#source = source;
    this.#log = log;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        log.error({ error }, 'metrics could not be told');
        response.destroy();
      });
    });
  }

  /** Resolves with the port, 0 being any free one; with null, and a line in the log, when it cannot be had. Never rejects. */
  async listen(port: number): Promise<number | null> {
    try {
      await once(this.#server.listen(port, '127.0.0.1'), 'listening');
    } catch (error) {
      this.#log.error({ error, port }, 'METRICS_PORT cannot be used, so there are no metrics');
      return null;
    }
    this.#server.on('error', (error) => this.#log.error({ error }, 'metrics server failed'));
    const { port: taken } = this.#server.address() as AddressInfo;
    this.#log.info({ url: `http://127.0.0.1:${taken}/metrics` }, 'metrics');
    return taken;
  }

  /** Ends also the connections that are open. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (url ?? '').split('?');
    if (path !== '/metrics') return void response.writeHead(404).end('The metrics are at /metrics.\n');
    if (method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    const text = await this.#source.text();
    response.writeHead(200, { 'content-type': this.#source.contentType }).end(text);
  }
}
