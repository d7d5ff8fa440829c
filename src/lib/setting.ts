import { z } from 'zod';
import { webAddress } from './web-address.ts';

/** One thing that an operator can set: the variable that sets it, and what that may be. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly schema: S;
  /** A value that is right, for the message about one that is wrong. */
  readonly example: string;
}

/** A row of the table of settings. */
export const setting = <S extends z.ZodType>(variable: string, schema: S, example: string): Setting<S> => ({
  variable,
  schema,
  example,
});

/** A whole number in a range, as text. */
export function wholeNumber(min: number, max: number, expected = `must be a whole number from ${min} to ${max}`) {
  return z.coerce.number<string>(expected).int(expected).min(min, expected).max(max, expected);
}

/** A setting that is such a number; what is unset becomes `fallback`. */
export function whole(variable: string, fallback: number, min: number, max: number): Setting<z.ZodType<number>> {
  return setting(variable, wholeNumber(min, max).default(fallback), String(fallback));
}

/** A setting that is on or off. */
export function flag(variable: string, usual: boolean): Setting<z.ZodType<boolean>> {
  const words = z.enum(['true', 'false'], 'must be true or false').default(usual ? 'true' : 'false');
  return setting(
    variable,
    words.transform((word) => word === 'true'),
    String(!usual),
  );
}

/** Where a service is that the bot can do without; `none`, also as `usual`: it does without. */
export function service(variable: string, usual: string, example = usual): Setting<z.ZodType<URL | null>> {
  const isService = (text: string) => text === 'none' || webAddress(text) !== null;
  const address = z.string().refine(isService, 'must be none, or an http or https URL').default(usual);
  return setting(
    variable,
    address.transform((text) => webAddress(text)),
    example,
  );
}

/** Parts with commas between them. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
