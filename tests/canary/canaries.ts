import { randomBytes } from 'node:crypto';

/** So much of a secret in a row is a leak; less could be chance. */
const PIECE = 10;

/** A secret that stands nowhere by chance. */
export const canary = (): string =>
  randomBytes(48)
    .toString('base64')
    .replace(/[^a-z\d]/gi, '')
    .slice(0, 40);

/** Where a secret was found, and in which form. */
export interface Leak {
  readonly secret: string;
  readonly form: string;
  readonly around: string;
}

/**
 * Every trace of these secrets in a text: as they are, in part, with other characters between the pieces (a line break, quotes,
 * the seam of two lines), in percent encoding, however often, in base64 wherever it begins, in hex, backwards, in any case.
 */
export function leaks(secrets: Readonly<Record<string, string>>, text: string): Leak[] {
  const readings = readingsOf(text);
  return Object.entries(secrets).flatMap(([name, secret]) => {
    for (const [form, pieces] of formsOf(secret)) {
      for (const reading of readings) {
        const piece = pieces.find((each) => reading.includes(each));
        if (piece === undefined) continue;
        const at = reading.indexOf(piece);
        return [{ secret: name, form, around: reading.slice(Math.max(0, at - 60), at + 60) }];
      }
    }
    return [];
  });
}

/** The text in the ways in which it can be read, each with nothing in it but letters and digits. */
function readingsOf(text: string): string[] {
  const unescaped = text.replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  const readings = [unescaped];
  for (let depth = 0; depth < 3; depth += 1) readings.push(decodePercent(readings.at(-1) ?? ''));
  return readings.map(plain);
}

const decodePercent = (text: string): string =>
  text.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

const plain = (text: string): string => text.replace(/[^a-z\d]/gi, '').toLowerCase();

function formsOf(secret: string): [form: string, pieces: readonly string[]][] {
  const bytes = Buffer.from(secret);
  // In base64 the beginning and the end depend on what is beside it.
  const base64 = [0, 1, 2].flatMap((shift) =>
    piecesOf(
      plain(
        Buffer.concat([Buffer.alloc(shift), bytes])
          .toString('base64')
          .slice(4, -4),
      ),
    ),
  );
  return [
    ['as it is', piecesOf(plain(secret))],
    ['base64', base64],
    ['hex', piecesOf(bytes.toString('hex'), 2 * PIECE)],
    ['backwards', piecesOf(plain(backwards(secret)))],
  ];
}

/** Of letters and digits only. */
export const backwards = (text: string): string => Buffer.from(text).reverse().toString();

const piecesOf = (text: string, length = PIECE): string[] =>
  Array.from({ length: Math.max(1, text.length - length + 1) }, (_, at) => text.slice(at, at + length));
