import type { z } from 'zod';
import { isRecord } from './garble.ts';
import type { Gateway } from './gateway/server.ts';
import type { Rest } from './rest/server.ts';
import type { VoiceServer } from './voice/voice-service.ts';
import type { World } from './world.ts';

/** What faults act upon. `botId` is the user whom they meet when a row names nobody else. */
export interface FaultTargets {
  readonly world: World;
  readonly gateway: Gateway;
  readonly voice: VoiceServer;
  readonly rest: Rest;
  readonly botId: string;
}

/** Ends a fault that lasts. */
export type Lift = () => void;

/** One thing that can go wrong. */
export interface FaultRow<S extends z.ZodType> {
  /** One sentence for people: what then happens on the wire. */
  readonly doc: string;
  readonly params: S;
  /** Whether it goes on until it is lifted. */
  readonly lasts: boolean;
  /** Judges the parameters and begins. */
  readonly start: (targets: FaultTargets, params: unknown) => Lift;
}

/** A row of a fault that goes on until `run`'s result is called. */
export const lasting = <S extends z.ZodType>(
  doc: string,
  params: S,
  run: (targets: FaultTargets, params: z.output<S>) => Lift,
): FaultRow<S> => ({
  doc,
  params,
  lasts: true,
  start: (targets, given) => run(targets, judged(targets, params, given)),
});

/** A row of a fault that is over at once. */
export const moment = <S extends z.ZodType>(
  doc: string,
  params: S,
  run: (targets: FaultTargets, params: z.output<S>) => unknown,
): FaultRow<S> => ({
  doc,
  params,
  lasts: false,
  start: (targets, given) => {
    run(targets, judged(targets, params, given));
    return () => undefined;
  },
});

/** The parameters as the row allows them. A guild that does not exist can be met by nothing. */
function judged<S extends z.ZodType>({ world }: FaultTargets, schema: S, given: unknown): z.output<S> {
  const params = schema.parse(given);
  if (isRecord(params) && typeof params['guildId'] === 'string') world.guild(params['guildId']);
  return params;
}
