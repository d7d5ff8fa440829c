import { Socket } from 'node:net';

/**
 * A socket on which an exception of a listener ends the connection, and not the process: pg's parser throws from there when
 * what arrives is not PostgreSQL's protocol.
 */
export class GuardedSocket extends Socket {
  override emit(event: string | symbol, ...parameters: unknown[]): boolean {
    if (event !== 'data') return super.emit(event, ...parameters);
    try {
      return super.emit(event, ...parameters);
    } catch (error) {
      this.destroy(new Error('what it answers is not understood', { cause: error }));
      return true;
    }
  }
}
