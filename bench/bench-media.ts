/**
 * `npm run bench:media -- [name ...] [--json] [--quick]`: what it takes to get from a link to sound, and how soon it is heard.
 *
 *   --json    adds one JSON object as the last line
 *   --quick   fewer and shorter rounds, for a first look
 */
import { changes } from './media-cost/changes.ts';
import { cost } from './media-cost/cost.ts';
import { starts } from './media-cost/starts.ts';
import { tracks } from './media-cost/tracks.ts';
import { runMeasurements } from './runner.ts';

await runMeasurements([cost, starts, changes, tracks]);
