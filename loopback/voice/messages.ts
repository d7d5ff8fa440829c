import { z } from 'zod';
import { CloseWith } from './close-with.ts';

const snowflake = z.string().regex(/^\d{1,20}$/);
const uint16 = z.int().min(0).max(0xffff);

/** Any JSON message: an opcode and whatever belongs to it. */
const Envelope = z.object({ op: z.int(), d: z.unknown().optional() });

export const Identify = z.object({
  server_id: snowflake,
  user_id: snowflake,
  session_id: z.string(),
  token: z.string(),
  max_dave_protocol_version: z.int().min(0).default(0),
});

/** What `data` holds depends on the protocol; only UDP's is understood. */
export const SelectProtocol = z.object({ protocol: z.string(), data: z.unknown() });
export const UdpChoice = z.object({ address: z.ipv4(), port: uint16.min(1), mode: z.string() });

/** Version 8 wraps the nonce of earlier versions in `t` and adds what the client has received. */
export const Heartbeat = z.object({ t: z.number(), seq_ack: z.int().optional() });

export const Speaking = z.object({ speaking: z.int().min(0), delay: z.number().default(0), ssrc: z.int() });

export const Resume = z.object({
  server_id: snowflake,
  session_id: z.string(),
  token: z.string(),
  seq_ack: z.int().default(-1),
});

/** Ops 23 and 31. */
export const Transition = z.object({ transition_id: uint16 });

export type Identify = z.infer<typeof Identify>;
export type Resume = z.infer<typeof Resume>;

/** The message in a text frame; closes with 4002 when there is none. */
export function readEnvelope(text: string): z.output<typeof Envelope> {
  const message = Envelope.safeParse(parse(text));
  if (!message.success) throw new CloseWith(4002, 'sent JSON without an opcode');
  return message.data;
}

/** What belongs to an opcode; closes with `code` when it does not. */
export function read<T extends z.ZodType>(schema: T, value: unknown, op: number, code = 4020): z.output<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw new CloseWith(code, `sent op ${op} in a form that it does not have`);
  return result.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CloseWith(4002, 'sent what is not JSON');
  }
}
