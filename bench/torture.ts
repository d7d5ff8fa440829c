/**
 * `npm run bench:torture -- [name ...] [--json] [--quick]`: the demuxers, given every form of file that others stumble over,
 * files that are damaged, and what they cost, beside prism-media's and mediabunny.
 *
 *   --json    adds one JSON object as the last line
 *   --quick   fewer and shorter rounds, for a first look
 */
import { runMeasurements } from './runner.ts';
import { cpu, mutations, table } from './torture/measurements.ts';

await runMeasurements([table, mutations, cpu]);
