import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { namedTests, notPassed } from './named-tests.mjs';

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

/** The tests that a table of features names and that did not pass, or did not run at all. */
export const featuresWithout = (report, features) =>
  notPassed(namedTests(readFileSync(features, 'utf8')), JSON.parse(readFileSync(report, 'utf8')));

/** `312 passed, 0 failed`, as continuous integration reads it. */
export const sentenceOf = ({ passed, failed }) => `${passed} passed, ${failed} failed`;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [report, features] = process.argv.slice(2);
  const summary = summaryOf(report);
  if (summary.skipped > 0) console.log(`${summary.skipped} skipped, which counts as failed`);
  const missing = features ? featuresWithout(report, features) : [];
  for (const { file, title } of missing) console.log(`named by ${features}, and has not passed: ${file}: ${title}`);
  console.log(sentenceOf(summary));
  process.exitCode = summary.failed === 0 && summary.passed > 0 && missing.length === 0 ? 0 : 1;
}
