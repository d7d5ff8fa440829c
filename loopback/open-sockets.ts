import type { Server, Socket } from 'node:net';

/** Follows every TCP connection of a server. The function returned cuts those that are open, also those that never said a word. */
export function openSockets(server: Server): () => void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
