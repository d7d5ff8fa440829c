import { z } from 'zod';
import type { FaultName } from '../../loopback/faults.ts';
import { FAULTS } from '../../loopback/fault-table.ts';
import type { Dice } from './dice.ts';

/** Faults after which there is nothing left that could go on, and why each is none for a song that must survive. */
const LEFT_OUT: Partial<Record<FaultName, string>> = {
  'remove-bot': 'the guild is lost for good',
  'remove-guild': 'the guild is lost for good',
  'delete-channel': 'people and the bot would have nowhere to go',
};

/** Codes that end a voice connection, as many kinds as there are remedies for them. */
const VOICE_CODES = [1000, 1001, 1011, 4001, 4003, 4004, 4005, 4006, 4009, 4011, 4014, 4015, 4020, 4021, 4022, 4333];
/** Those of the main gateway after which it may be connected to again. */
const GATEWAY_CODES = [1000, 1001, 4000, 4001, 4003, 4005, 4007, 4008, 4009];
/** 401 is left out: after it the library forgets the token, as it must. */
const STATUSES = [403, 404, 429, 500, 502, 503];
const MOST_BYTES = 400;
const LONGEST_MS = 3_000;
const MOST_TIMES = 5;

type Draw = (dice: Dice, fault: FaultName) => unknown;

/** What a parameter of this name is, whichever fault has it. The scene fills in ids when the fault is thrown. */
const BY_NAME: Readonly<Record<string, Draw>> = {
  code: (dice, fault) => dice.pick(fault === 'close-gateway' ? GATEWAY_CODES : VOICE_CODES),
  status: (dice) => dice.pick(STATUSES),
  base64: (dice) => dice.bytes(dice.between(0, MOST_BYTES)).toString('base64'),
  ms: (dice) => dice.between(10, LONGEST_MS),
  times: (dice) => dice.between(1, MOST_TIMES),
  retryAfterS: (dice) => dice.between(0, 2),
  route: (dice) => dice.pick(['messages', 'callback', 'webhooks']),
  resumable: (dice) => dice.chance(0.6),
};

/** Ids, which a schedule cannot know: the scene fills them in. */
export const IDS = ['guildId', 'channelId'] as const;

/** Every fault that chaos throws. */
export const FAULT_NAMES: readonly FaultName[] = (Object.keys(FAULTS) as FaultName[]).filter(
  (name) => !(name in LEFT_OUT),
);

interface Property {
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

/** The parameters that a fault takes, as JSON Schema. */
export function schemaOf(name: FaultName): Required<ObjectSchema> {
  const { properties = {}, required = [] } = z.toJSONSchema(FAULTS[name].params, { io: 'input' }) as ObjectSchema;
  return { properties, required };
}

/** Parameters for this fault, ids left out. A row that is new is drawn for by what its schema says of each parameter. */
export function drawParams(name: FaultName, dice: Dice): Readonly<Record<string, unknown>> {
  const { properties, required } = schemaOf(name);
  const entries = Object.entries(properties).flatMap(([key, property]) => {
    if ((IDS as readonly string[]).includes(key)) return [];
    if (!required.includes(key) && dice.chance(0.5)) return [];
    return [[key, BY_NAME[key]?.(dice, name) ?? bySchema(`${name}.${key}`, property, dice)] as const];
  });
  return Object.fromEntries(entries);
}

function bySchema(what: string, property: Property, dice: Dice): unknown {
  if (property.enum) return dice.pick(property.enum);
  const least = property.minimum ?? property.exclusiveMinimum ?? 0;
  const most = Math.min(property.maximum ?? Infinity, Math.max(least, LONGEST_MS));
  if (property.type === 'integer') return dice.between(Math.ceil(least), most);
  if (property.type === 'number') return least + ((most - least) * dice.between(1, 99)) / 100;
  if (property.type === 'boolean') return dice.chance(0.5);
  throw new Error(`nobody knows how to draw ${what}`);
}
