import { z } from 'zod';
import { lasting } from '../fault-row.ts';
import type { DiscoveryRequest } from '../voice/datagram-door.ts';
import { discoveryAnswer } from '../voice/datagrams.ts';
import { none, times } from './parameters.ts';

const right = ({ ssrc, address, port }: DiscoveryRequest): Buffer => discoveryAnswer(ssrc, address, port);

const how = z.enum(['short', 'empty', 'long', 'type', 'ssrc', 'port', 'address', 'twice']);

/** Wrong answers to IP discovery: what stands in place of the right one. */
const WRONG = {
  short: (request) => [right(request).subarray(0, 40)],
  empty: () => [Buffer.alloc(0)],
  long: (request) => [Buffer.concat([right(request), Buffer.alloc(8)])],
  type: (request) => [Buffer.concat([Buffer.from([0, 1]), right(request).subarray(2)])],
  ssrc: (request) => [right({ ...request, ssrc: request.ssrc ^ 1 })],
  port: (request) => [right({ ...request, port: request.port ^ 1 })],
  address: (request) => [right({ ...request, address: 'nowhere' })],
  twice: (request) => [right(request), right(request)],
} as const satisfies Record<z.output<typeof how>, (request: DiscoveryRequest) => readonly Buffer[]>;

/** What goes wrong with IP discovery. */
export const DISCOVERY_FAULTS = {
  'wrong-discovery': lasting(
    'Answers IP discovery wrongly, `times` times or until lifted: `how` is short, empty, long, type, ssrc, port, address or twice.',
    z.strictObject({ how, times: times.optional() }),
    ({ voice }, { how, times = Infinity }) => {
      let left = times;
      return voice.faults.answerDiscovery((request) => (left-- > 0 ? WRONG[how](request) : [right(request)]));
    },
  ),
  'late-discovery': lasting(
    'Answers only the `attempt`th request for IP discovery of a voice session, and those after it.',
    z.strictObject({ attempt: z.number().int().min(2) }),
    ({ voice }, { attempt }) =>
      voice.faults.answerDiscovery((request) => (request.attempt >= attempt ? [right(request)] : [])),
  ),
  'discovery-only-at-join': lasting(
    'Answers IP discovery until the client has selected its protocol, and never after that.',
    none,
    ({ voice }) => voice.faults.answerDiscovery((request) => (request.live ? [] : [right(request)])),
  ),
} as const;
