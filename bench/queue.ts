/**
 * `npm run bench:queue -- [name ...] [--json] [--quick]`: what it costs that queues are durable, on the disk of the data folder.
 *
 *   --json    adds one JSON object as the last line
 *   --quick   fewer and shorter rounds, for a first look
 */
import { audioClock } from './queue/audio-clock.ts';
import { enqueue } from './queue/enqueue.ts';
import { guilds } from './queue/guilds.ts';
import { restoring } from './queue/restoring.ts';
import { runMeasurements } from './runner.ts';

await runMeasurements([enqueue, guilds, audioClock, restoring]);
