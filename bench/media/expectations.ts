import type { InputFault } from '../../loopback/media/input-faults.ts';

/** `whole`: every packet of the clean run. `told`: a true beginning of it, perhaps none of it, and then a clear error. */
export type Expectation = 'whole' | 'told';

/** What must come of each fault. `lists`: whether it can happen to the pieces of an HLS playlist, and is played there too. */
export interface Expected {
  readonly of: Expectation;
  readonly lists?: boolean;
}

/** Written before the run. */
export const EXPECTED = {
  none: { of: 'whole', lists: true },
  'dropped every 48 KB': { of: 'whole', lists: true },
  'dropped every 8 KB': { of: 'whole', lists: true },
  'closed before Content-Length, every 48 KB': { of: 'whole', lists: true },
  'chunked, dropped every 48 KB': { of: 'whole', lists: true },
  'chunked, ended early every 48 KB': { of: 'whole', lists: true },
  'dropped, ranges ignored': { of: 'whole' },
  'dropped twice, ranges ignored, no validators': { of: 'whole' },
  'dropped, ranges ignored, length unknown': { of: 'whole' },
  'ended early, ranges ignored, length unknown': { of: 'told' },
  'dropped, no validators': { of: 'whole' },
  'dropped, weak ETag': { of: 'whole' },
  'parts of 64 KB at most': { of: 'whole' },
  'stalls twice': { of: 'whole' },
  'stalls, ranges ignored': { of: 'whole' },
  'slow drip': { of: 'whole', lists: true },
  '403 after 96 KB': { of: 'whole', lists: true },
  '404 after 96 KB': { of: 'whole', lists: true },
  '410 after 96 KB': { of: 'whole', lists: true },
  '403 after one second': { of: 'whole', lists: true },
  '403 after 96 KB, for good': { of: 'told', lists: true },
  'a sign-in page after 96 KB': { of: 'whole' },
  '503 twice at open': { of: 'whole', lists: true },
  '503 twice in the middle': { of: 'whole' },
  '429 in the middle': { of: 'whole' },
  '429 with Retry-After in the middle': { of: 'whole' },
  '503 with Retry-After at open': { of: 'whole', lists: true },
  '500 from the middle on': { of: 'told' },
  '404 at open': { of: 'told', lists: true },
  'redirected, then dropped': { of: 'whole', lists: true },
  'redirected to itself': { of: 'told', lists: true },
  'redirected to a file': { of: 'told', lists: true },
  'redirected to a private address': { of: 'told', lists: true },
  'redirected to a private address in the middle': { of: 'told' },
  'changed in the middle': { of: 'told' },
  'changed in the middle, weak ETag': { of: 'told' },
  'changed in the middle, ranges ignored': { of: 'told' },
  'changed to another length': { of: 'told' },
  'changed to another length, ranges ignored': { of: 'told' },
  'changed in the middle, in secret': { of: 'told' },
  'parts that begin at the start': { of: 'whole' },
  'parts that do not say where they begin': { of: 'whole' },
  'parts that begin too late': { of: 'told' },
  'parts that begin too late, in secret': { of: 'told' },
  'gzip that nobody asked for': { of: 'whole', lists: true },
  'gzip that nobody asked for, dropped': { of: 'whole' },
  'wrong type': { of: 'whole', lists: true },
  'Content-Length too long': { of: 'whole' },
  'Content-Length too long, and the file cut off': { of: 'told' },
  'the file cut off': { of: 'told' },
  'Content-Length too short': { of: 'told' },
  empty: { of: 'told', lists: true },
  'headers, and no body': { of: 'told', lists: true },
  'no answer': { of: 'told', lists: true },
  'a sign-in page': { of: 'told', lists: true },
  'zeros without end': { of: 'told', lists: true },
} as const satisfies Readonly<Record<InputFault, Expected>>;
