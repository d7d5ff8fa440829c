/**
 * The tests that a table of features names, one in each row that says "yes": `[journeys/seek](../tests/journeys/seek.test.ts): begins there`.
 * What follows the colon is how the name of a test, or of the group that it is in, begins.
 */
export function namedTests(markdown) {
  return [...markdown.matchAll(/^\| .*?\[[^\]]+\]\(\.\.\/(?<file>tests\/[^)]+)\): (?<title>[^|]+?) \|/gm)].map(
    ({ groups: { file, title } }) => ({ file, title }),
  );
}

/** Those of them that no passed test of vitest's JSON report is. */
export function notPassed(named, { testResults }) {
  return named.filter(
    ({ file, title }) =>
      !testResults.some(
        ({ name, assertionResults }) =>
          name.endsWith(`/${file}`) &&
          assertionResults.some(
            (test) =>
              test.status === 'passed' && [...test.ancestorTitles, test.title].some((said) => said.startsWith(title)),
          ),
      ),
  );
}
