import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';

export interface DnsAnswerer {
  /** Every question for an IPv4 address that was answered, in order. */
  readonly asked: readonly string[];
  /** Asks it as a program asks its resolver. */
  lookup(name: string): Promise<readonly { address: string; family: number }[]>;
  close(): void;
}

/**
 * A DNS server on 127.0.0.1. Each name has the answers of its questions, the last one for ever: `[['1.2.3.4'], ['127.0.0.1']]`
 * is a name that changes its meaning after the first question. Unknown names do not exist.
 */
export async function startDnsAnswerer(
  names: Readonly<Record<string, readonly (readonly string[])[]>>,
): Promise<DnsAnswerer> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const { name, type, end } = parse(question);
    const answers = names[name];
    const turn = asked.filter((one) => one === name).length;
    if (type === 1) asked.push(name);
    const addresses = type === 1 ? (answers?.[turn] ?? answers?.at(-1) ?? []) : [];
    socket.send(answer(question.subarray(0, end), addresses, answers === undefined ? 3 : 0), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    asked,
    lookup: async (name) => (await resolver.resolve4(name)).map((address) => ({ address, family: 4 })),
    close: () => void socket.close(),
  };
}

/** RFC 1035, 4.1: a header of 12 bytes, then the name in labels, its type and class. */
function parse(question: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: question.readUInt16BE(at + 1), end: at + 5 };
}

function answer(question: Buffer, addresses: readonly string[], code: number): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | code, 2);
  for (const [at, count] of [1, addresses.length, 0, 0].entries()) head.writeUInt16BE(count, 4 + 2 * at);
  const records = addresses.map((address) =>
    // The name at offset 12 again, type A, class IN, to be kept for 0 seconds, 4 bytes.
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, ...records]);
}
