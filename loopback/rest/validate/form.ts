import { z } from 'zod';
import { ApiError, type FormError, type FormErrors } from '../errors.ts';

/** What a refinement says in Discord's words. */
export const says = (code: string, message: string) => ({ error: message, params: { code } });

/** The problem of a field that must be there. */
export const REQUIRED: FormError = { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };

const size = (value: string | readonly unknown[]): number =>
  typeof value === 'string' ? Array.from(value).length : value.length;

function within(min: number, max: number) {
  const problem =
    min === 0
      ? says('BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
      : says('BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
  return [(value: string | readonly unknown[]) => size(value) >= min && size(value) <= max, problem] as const;
}

/** A string of so many characters, counted as people count: an emoji of two UTF-16 units is one. */
export const text = (min: number, max: number) => z.string().refine(...within(min, max));

/** A list of so many items. */
export const list = <Item extends z.ZodType>(item: Item, min: number, max: number) =>
  z.array(item).refine(...within(min, max));

/** Text that has nothing but digits, as ids do. */
export const snowflake = z
  .union([z.string(), z.int().transform(String)])
  .refine((id) => /^\d{1,20}$/.test(id), says('NUMBER_TYPE_COERCE', 'Value is not snowflake.'));

/** A whole number in a range. */
export const whole = (min: number, max: number) =>
  z
    .int()
    .refine((value) => value >= min, says('NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`))
    .refine((value) => value <= max, says('NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`));

/** A URL with one of the schemes. */
export const url = (...schemes: readonly string[]) =>
  text(1, 2048).superRefine((value, context) => {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]?.toLowerCase();
    const known = scheme !== undefined && schemes.includes(scheme);
    if (known && (URL.canParse(value) || scheme === 'attachment')) return;
    context.addIssue(
      scheme === undefined || known
        ? { code: 'custom', message: 'Not a well formed URL.', params: { code: 'URL_TYPE_INVALID_URL' } }
        : {
            code: 'custom',
            message: `Scheme "${scheme}" is not supported. Scheme must be one of (${schemes.map((s) => `'${s}'`).join(', ')}).`,
            params: { code: 'URL_TYPE_INVALID_SCHEME' },
          },
    );
  });

/** A field that may be left out or null, which means the same. */
export const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.nullish();

/** The value as it came, called by the name that Discord's documentation has for what the schema (which may depend on it) lets through. */
export const typed = <T>(schemaFor: (value: unknown) => z.ZodType) =>
  z.custom<T>().superRefine((value, context) => {
    const { error } = schemaFor(value).safeParse(value, { reportInput: true });
    for (const issue of error?.issues ?? []) {
      const { code, message } = translate(issue);
      context.addIssue({ code: 'custom', path: [...issue.path], message, params: { code } });
    }
  });

/** The body when it fits the schema; otherwise Invalid Form Body, listing everything that is wrong where it is wrong. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: readonly string[] = [],
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(value, { reportInput: true });
  if (success) return data;
  throw invalidForm(error.issues.map((issue) => ({ path: [...at, ...issue.path], ...translate(issue) })));
}

/** Invalid Form Body with these problems, each at its path. */
export function invalidForm(problems: readonly (FormError & { readonly path: readonly PropertyKey[] })[]): ApiError {
  const root: Node = { children: new Map(), problems: [] };
  for (const { path, code, message } of problems) {
    const node = path.map(String).reduce((parent, key) => {
      const child = parent.children.get(key) ?? { children: new Map<string, Node>(), problems: [] };
      parent.children.set(key, child);
      return child;
    }, root);
    node.problems.push({ code, message });
  }
  return new ApiError('invalidForm', render(root));
}

interface Node {
  readonly children: Map<string, Node>;
  readonly problems: FormError[];
}

const render = ({ children, problems }: Node): FormErrors => ({
  ...Object.fromEntries([...children].map(([key, child]) => [key, render(child)])),
  ...(problems.length > 0 && { _errors: problems }),
});

const CONVERT: Readonly<Record<string, (input: unknown) => FormError>> = {
  string: (input) => ({ code: 'STRING_TYPE_CONVERT', message: `Could not interpret "${shown(input)}" as string.` }),
  number: (input) => ({ code: 'NUMBER_TYPE_COERCE', message: `Value "${shown(input)}" is not float.` }),
  int: (input) => ({ code: 'NUMBER_TYPE_COERCE', message: `Value "${shown(input)}" is not int.` }),
  boolean: () => ({ code: 'BOOLEAN_TYPE_CONVERT', message: 'Must be either true or false.' }),
  object: () => ({ code: 'MODEL_TYPE_CONVERT', message: 'Only dictionaries may be used in a ModelType' }),
  record: () => ({ code: 'DICT_TYPE_CONVERT', message: 'Only dictionaries may be used in a DictType' }),
  array: () => ({ code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType' }),
};

/** Discord's words for what zod found. */
function translate(issue: z.core.$ZodIssue): FormError {
  if (issue.code === 'custom') return { code: String(issue.params?.['code']), message: issue.message };
  if (issue.input === undefined) return REQUIRED;
  if (issue.code === 'invalid_value') return oneOf(issue.values);
  if (issue.code === 'invalid_union' && 'options' in issue) {
    const options = Array.isArray(issue.options) ? issue.options.join(', ') : '';
    return {
      code: 'UNION_TYPE_CHOICES',
      message: `Value of field "${String(issue.path.at(-1))}" must be one of (${options}).`,
    };
  }
  const expected = issue.code === 'invalid_type' ? CONVERT[issue.expected]?.(issue.input) : undefined;
  return expected ?? { code: 'BASE_TYPE_BAD_TYPE', message: issue.message };
}

/** The problem of a value that is none of the few. */
export const oneOf = (values: readonly unknown[]): FormError => ({
  code: 'BASE_TYPE_CHOICES',
  message: `Value must be one of {${values.map(String).join(', ')}}.`,
});

const shown = (input: unknown): string => (JSON.stringify(input) ?? '').replaceAll('"', '').slice(0, 100);
