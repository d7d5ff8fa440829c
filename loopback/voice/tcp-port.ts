import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { openSockets } from '../open-sockets.ts';
import { Setting } from '../setting.ts';

/** How new TCP connections are received. */
export type Manner =
  | { readonly kind: 'welcome' }
  /** Nobody listens: ECONNREFUSED. */
  | { readonly kind: 'refuse' }
  /** They are taken, and nothing is ever said. */
  | { readonly kind: 'ignore' }
  /** The TLS handshake begins only after so many milliseconds. */
  | { readonly kind: 'dawdle'; readonly ms: number }
  /** They are reset (RST) at their first bytes, in the middle of the TLS handshake. */
  | { readonly kind: 'reset' }
  /** TLS shows a certificate of an authority that nobody knows. */
  | { readonly kind: 'impersonate' }
  /** The request to upgrade gets an ordinary HTTP answer. */
  | { readonly kind: 'answer'; readonly status: number };

const HOST = '127.0.0.1';
const AGAIN_MS = 50;
/** A thousand clients may come back in one moment: who finds no room in the queue tries again only after a second. */
const BACKLOG = 4_096;

/** The TCP port of a server, in front of its TLS: where connections can fail before anything is said on them. */
export class TcpPort {
  readonly #tcp: Server;
  readonly #number: number;
  readonly #manner = new Setting<Manner>({ kind: 'welcome' });
  /** Cuts every connection. */
  readonly cutAll: () => void;
  /** Connections that nothing is said on yet, and what becomes of them when the fault that holds them is over. */
  readonly #held = new Map<Socket, { readonly manner: Manner; readonly release: () => void }>();
  #stranger: Promise<TlsServer> | null = null;
  #reopening: NodeJS.Timeout | null = null;
  #closed = false;

  private constructor(tcp: Server, receive: (socket: Socket) => void) {
    this.#tcp = tcp;
    this.#number = (tcp.address() as AddressInfo).port;
    this.cutAll = openSockets(tcp);
    tcp.on('connection', (socket) => this.#take(socket, receive));
    tcp.on('listening', () => this.#settle());
    // While nobody listened, another process may have been given the port.
    tcp.on('error', () => this.#settleLater());
  }

  /** Listens on a free port. What it takes it hands to `receive`, as it came. */
  static async open(receive: (socket: Socket) => void): Promise<TcpPort> {
    const tcp = createServer();
    tcp.listen(0, HOST, BACKLOG);
    await once(tcp, 'listening');
    return new TcpPort(tcp, receive);
  }

  get number(): number {
    return this.#number;
  }

  /** How connections are received now. */
  get manner(): Manner {
    return this.#manner.value;
  }

  /** Receives new connections in another way until the returned function is called: then those that were ignored are cut. */
  lay(manner: Manner): () => void {
    const lift = this.#manner.lay(manner);
    this.#settle();
    return () => {
      lift();
      this.#settle();
    };
  }

  /** Cuts every connection and frees the port. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#reopening) clearTimeout(this.#reopening);
    const closed = this.#tcp.listening ? once(this.#tcp, 'close') : null;
    if (closed) this.#tcp.close();
    this.cutAll();
    await closed;
  }

  /** Listens, or does not, as it should now. */
  #settle(): void {
    for (const { manner, release } of this.#held.values()) if (manner !== this.manner) release();
    const wanted = !this.#closed && this.manner.kind !== 'refuse';
    if (wanted && !this.#tcp.listening && !this.#reopening) this.#settleLater(0);
    if (!wanted && this.#tcp.listening) this.#tcp.close();
  }

  #settleLater(ms = AGAIN_MS): void {
    if (this.#closed) return;
    this.#reopening = setTimeout(() => {
      this.#reopening = null;
      if (this.manner.kind !== 'refuse' && !this.#tcp.listening) this.#tcp.listen(this.#number, HOST, BACKLOG);
    }, ms);
  }

  #hold(socket: Socket, manner: Manner, release: () => void, ms?: number): void {
    const leave = (): void => {
      clearTimeout(timer);
      this.#held.delete(socket);
    };
    const end = (): void => {
      leave();
      release();
    };
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    this.#held.set(socket, { manner, release: end });
    socket.once('close', leave);
  }

  #take(socket: Socket, receive: (socket: Socket) => void): void {
    // Whoever goes away in the middle of it is not our failure.
    socket.on('error', () => undefined);
    const { manner } = this;
    switch (manner.kind) {
      case 'welcome':
      case 'answer':
        return receive(socket);
      case 'refuse':
        return void socket.resetAndDestroy();
      case 'reset':
        return void socket.once('data', () => socket.resetAndDestroy());
      case 'ignore':
        socket.resume();
        return this.#hold(socket, manner, () => socket.destroy());
      case 'dawdle':
        return this.#hold(socket, manner, () => receive(socket), manner.ms);
      case 'impersonate':
        this.#stranger ??= impostor();
        return void this.#stranger.then(
          (server) => server.emit('connection', socket),
          () => socket.destroy(),
        );
    }
  }
}

/** A TLS server with a certificate that it signed itself. Nobody gets further than that. */
async function impostor(): Promise<TlsServer> {
  const altNames = [{ type: 7, ip: HOST }] as const;
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'nobody' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [...altNames] }],
  });
  const server = createTlsServer({ key, cert }, (socket) => socket.destroy());
  server.on('tlsClientError', () => undefined);
  return server;
}
