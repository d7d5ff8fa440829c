import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { namedTests } from '../scripts/named-tests.mjs';

const ROOT = join(import.meta.dirname, '..');
const document = readFileSync(join(ROOT, 'docs/features.md'), 'utf8');
const rows = document.split('\n').filter((line) => /^\| .* \| (yes|partly|no) \|/.test(line));
const saysYes = rows.filter((line) => line.includes('| yes |'));

it('has a test for everything that it says we do', () => {
  expect(saysYes.length).toBeGreaterThan(40);
  for (const row of saysYes) expect(namedTests(row), row).toHaveLength(1);
});

it.each(namedTests(document))('$file has the test "$title"', ({ file, title }) => {
  // Whether it ran, and passed, is looked at when all tests have (scripts/test-summary.mjs).
  const source = readFileSync(join(ROOT, file), 'utf8');
  expect(["'", '`', '"'].some((quote) => source.includes(`${quote}${title}`))).toBe(true);
});
