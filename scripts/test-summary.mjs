import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** What vitest's JSON report says. A file that could not even be loaded, and a test that was skipped, count as failed. */
export function summaryOf(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    const broken = report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    );
    const skipped = report.numPendingTests + report.numTodoTests;
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length + skipped, skipped };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** `312 passed, 0 failed`, as continuous integration reads it. */
export const sentenceOf = ({ passed, failed }) => `${passed} passed, ${failed} failed`;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const summary = summaryOf(process.argv[2]);
  if (summary.skipped > 0) console.log(`${summary.skipped} skipped, which counts as failed`);
  console.log(sentenceOf(summary));
  process.exitCode = summary.failed === 0 && summary.passed > 0 ? 0 : 1;
}
