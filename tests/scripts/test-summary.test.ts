import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../scripts/test-summary.mjs');

describe('the last line of continuous integration', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'tenuto-summary-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function summaryOf(
    report: unknown,
    features: readonly string[] = [],
  ): Promise<{ code: number | null; lines: readonly string[] }> {
    const path = join(folder, 'report.json');
    await writeFile(path, typeof report === 'string' ? report : JSON.stringify(report));
    const { status, stdout } = spawnSync(process.execPath, [SCRIPT, path, ...features], { encoding: 'utf8' });
    return { code: status, lines: stdout.trimEnd().split('\n') };
  }

  const report = (changes: object) => ({
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ status: 'passed', assertionResults: [{}] }],
    ...changes,
  });

  it('counts what has passed', async () => {
    expect(await summaryOf(report({}))).toEqual({ code: 0, lines: ['3 passed, 0 failed'] });
  });

  it('fails for a test that failed', async () => {
    expect(await summaryOf(report({ numFailedTests: 2 }))).toEqual({ code: 1, lines: ['3 passed, 2 failed'] });
  });

  it('fails for a file that could not be loaded', async () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(await summaryOf(report({ testResults }))).toEqual({ code: 1, lines: ['3 passed, 1 failed'] });
  });

  it('fails for a test that was skipped', async () => {
    const { code, lines } = await summaryOf(report({ numPendingTests: 1 }));
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe('3 passed, 1 failed');
  });

  it('fails for a feature of which the test did not pass', async () => {
    const features = join(folder, 'features.md');
    const row = (title: string) => `| Seek | yes | [journeys/seek](../tests/journeys/seek.test.ts): ${title} | N |`;
    await writeFile(features, `${row('begins there')}\n${row('goes back')}\n`);
    const test = (status: string, title: string) => ({ status, title, ancestorTitles: ['/seek'] });
    const ran = (...assertionResults: object[]) =>
      report({ testResults: [{ status: 'passed', name: '/a/tests/journeys/seek.test.ts', assertionResults }] });
    const both = [test('passed', 'begins there, exactly'), test('passed', 'goes back')];
    expect(await summaryOf(ran(...both), [features])).toEqual({ code: 0, lines: ['3 passed, 0 failed'] });
    const { code, lines } = await summaryOf(ran(both[0] ?? {}, test('failed', 'goes back')), [features]);
    expect({ code, first: lines[0] }).toEqual({
      code: 1,
      first: `named by ${features}, and has not passed: tests/journeys/seek.test.ts: goes back`,
    });
  });

  it.each([['no JSON at all'], [report({ numPassedTests: 0 })]])('fails when nothing ran', async (nothing) => {
    expect((await summaryOf(nothing)).code).toBe(1);
  });
});
