/**
 * `npm run bench:answers -- [--json] [--quick]`: how soon people get an answer while the music plays and every core is busy.
 *
 *   --json    adds one JSON object as the last line
 *   --quick   fewer guilds and commands, for a first look
 */
import { answers } from './answers/answers.ts';
import { runMeasurements } from './runner.ts';

await runMeasurements([answers]);
