/**
 * Says in one line each whether types, lint, format, dead code and tests are as they should be; shows what a step said
 * only when it failed. `--without-tests` leaves the tests out, for a place that has just run them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './setup/run.mjs';
import { sentenceOf, summaryOf } from './test-summary.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = mkdtempSync(join(tmpdir(), 'tenuto-check-'));
const report = join(results, 'tests.json');

const STEPS = [
  { name: 'types', command: 'tsc -p .' },
  { name: 'lint', command: 'oxlint --type-aware --deny-warnings' },
  { name: 'format', command: 'oxfmt --check .' },
  { name: 'dead code', command: 'knip --no-progress' },
  {
    name: 'tests',
    command: `vitest run --reporter=default --reporter=json --outputFile.json=${report}`,
    isRight: () => summaryOf(report).failed === 0,
    remark: () => sentenceOf(summaryOf(report)),
  },
];

const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
  NO_COLOR: '1',
};
delete env.FORCE_COLOR;
const steps = process.argv.includes('--without-tests') ? STEPS.filter(({ name }) => name !== 'tests') : STEPS;
let failures = 0;

for (const { name, command, isRight = () => true, remark = () => '' } of steps) {
  const began = Date.now();
  const [program, ...args] = command.split(' ');
  const { ok, text } = await run(program, args, { cwd: root, env });
  const isFine = ok && isRight();
  const seconds = ((Date.now() - began) / 1_000).toFixed(1);
  console.log(`${isFine ? 'ok  ' : 'FAIL'}  ${name.padEnd(10)} ${seconds.padStart(6)} s  ${remark()}`.trimEnd());
  if (isFine) continue;
  failures += 1;
  console.log(text.trimEnd().replaceAll(/^/gm, '      '));
}

rmSync(results, { recursive: true, force: true });
console.log(
  failures === 0
    ? 'All is in order.'
    : `${failures} of ${steps.length} failed. "npm run fix" repairs format and simple lint.`,
);
process.exitCode = failures === 0 ? 0 : 1;
