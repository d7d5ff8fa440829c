/**
 * `npm run bench -- [name ...] [--json] [--quick]`: what Tenuto costs, as ratios to something else that is measured in the
 * same run, because absolute figures say more about the machine than about the program.
 *
 *   --json    adds one JSON object as the last line
 *   --quick   fewer and shorter rounds, for a first look
 */
import { passthrough } from './passthrough.ts';
import { enqueue } from './queue/enqueue.ts';
import { runMeasurements } from './runner.ts';

await runMeasurements([passthrough, enqueue]);
