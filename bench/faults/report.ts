import type { Row } from './run-lanes.ts';
import { shortfalls, type Result } from './verdict.ts';

const LONGEST_TEXT = 60;

/** In what a row falls short; empty when all is as specified. */
export const shortfallsOf = ({ scenario, result }: Row): readonly string[] =>
  typeof result === 'string' ? [`not played: ${result}`] : shortfalls(result, scenario.expects);

const HEADING = ['fault', 'gap ms', 'lost', 'twice', 'op 4', 'the channel read', 'outcome', 'as specified'];

/** A heading, then a row each. */
export function table(rows: readonly Row[]): readonly (readonly string[])[] {
  return [
    HEADING,
    ...rows.map((row) => {
      const missed = shortfallsOf(row);
      const specified = missed.length === 0 ? 'yes' : `NO: ${missed.join(', ')}`;
      return [row.scenario.name, ...heard(row.result), said(row.result), outcome(row.result), specified];
    }),
  ];
}

/** The bot, and beside it the bare library. */
export function comparison(rows: readonly Row[], bare: readonly Row[]): readonly (readonly string[])[] {
  const figures = ['outcome', 'gap ms', 'lost', 'twice', 'op 4'];
  return [
    ['fault', ...figures, ...figures.map((figure) => `bare: ${figure}`)],
    ...rows.map(({ scenario, result }) => {
      const other = bare.find((row) => row.scenario === scenario)?.result ?? 'not played';
      return [scenario.name, outcome(result), ...heard(result), outcome(other), ...heard(other)];
    }),
  ];
}

/** Columns below each other; words to the left. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdown([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

function heard(result: Result | string): readonly string[] {
  if (typeof result === 'string') return ['', '', '', ''];
  const { gapMs, lost, repeated, op4 } = result;
  return [gapMs === null ? '–' : String(gapMs), String(lost), String(repeated), String(op4.length)];
}

function said(result: Result | string): string {
  const text = typeof result === 'string' ? '' : (result.texts.at(-1) ?? '');
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}

const outcome = (result: Result | string): string => (typeof result === 'string' ? 'not played' : result.outcome);
