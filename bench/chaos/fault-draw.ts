import { z } from 'zod';
import type { FaultName } from '../../loopback/faults.ts';
import { FAULTS } from '../../loopback/fault-table.ts';
import type { Dice } from './dice.ts';

/** Faults after which there is nothing left that could go on, and why. */
export const LEFT_OUT: Partial<Record<FaultName, string>> = {
  'remove-bot': 'the guild is lost for good',
  'remove-guild': 'the guild is lost for good',
  'delete-channel': 'people and the bot would have nowhere to go',
};

/** Every fault that chaos throws. */
export const FAULT_NAMES: readonly FaultName[] = (Object.keys(FAULTS) as FaultName[]).filter(
  (name) => !(name in LEFT_OUT),
);

/** Codes that end a voice connection, as many kinds as there are remedies for them. */
const VOICE_CODES = [1000, 1001, 1011, 4001, 4003, 4004, 4005, 4006, 4009, 4011, 4014, 4015, 4020, 4021, 4022, 4333];
/** Those of the main gateway after which it may be connected to again. */
const GATEWAY_CODES = [1000, 1001, 4000, 4001, 4003, 4005, 4007, 4008, 4009];
/** 401 is left out: after it the library forgets the token, as it must. */
const STATUSES = [403, 404, 429, 500, 502, 503];
const SIZES = [64, 4_096, 70_000, 1_000_000];
const MOST_BYTES = 400;

type Draw = (dice: Dice, fault: FaultName) => unknown;

/** What a parameter of this name is, whichever fault has it. Ids, which a schedule cannot know, stand as their own names. */
const BY_NAME: Readonly<Record<string, Draw>> = {
  guildId: () => 'guildId',
  channelId: () => 'channelId',
  code: (dice, fault) => dice.pick(fault.includes('gateway') ? GATEWAY_CODES : VOICE_CODES),
  status: (dice) => dice.pick(STATUSES),
  base64: (dice) => dice.bytes(dice.between(0, MOST_BYTES)).toString('base64'),
  bytes: (dice) => dice.pick(SIZES),
  ms: (dice) => dice.between(10, 1_500),
  jitterMs: (dice) => dice.between(0, 100),
  everyMs: (dice) => dice.between(50, 500),
  times: (dice) => dice.between(1, 5),
  attempt: (dice) => dice.between(2, 4),
  count: (dice) => dice.between(1, 300),
  seed: (dice) => dice.between(1, 1_000_000),
  retryAfterS: (dice) => dice.between(0, 2),
  route: (dice) => dice.pick(['messages', 'callback', 'webhooks']),
  endpoint: (dice) => dice.pick(['', 'nowhere', '127.0.0.1', '127.0.0.1:99999', '[::1']),
};

interface Property {
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

/** Some combinations of parameters mean nothing, and their row says so; one that does is found soon. */
const TRIES = 100;

/** Parameters that the fault's row takes. A row that is new is drawn for by what its schema says of each parameter. */
export function drawParams(name: FaultName, dice: Dice): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(FAULTS[name].params, { io: 'input' }) as ObjectSchema;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const params = drawOnce(name, schema, dice);
    if (FAULTS[name].params.safeParse(params).success) return params;
  }
  throw new Error(`nobody knows how to draw parameters that ${name} takes`);
}

function drawOnce(name: FaultName, { properties = {}, required = [] }: ObjectSchema, dice: Dice) {
  const drawn = Object.entries(properties).filter(([key]) => required.includes(key) || dice.chance(0.5));
  return Object.fromEntries(
    drawn.map(([key, property]) => [key, BY_NAME[key]?.(dice, name) ?? bySchema(`${name}.${key}`, property, dice)]),
  );
}

function bySchema(what: string, { enum: choices, type, minimum = 0, maximum = 1_000 }: Property, dice: Dice): unknown {
  if (choices) return dice.pick(choices);
  if (type === 'integer' || type === 'number') return dice.between(Math.ceil(minimum), Math.floor(maximum));
  if (type === 'boolean') return dice.chance(0.5);
  throw new Error(`nobody knows how to draw ${what}`);
}
