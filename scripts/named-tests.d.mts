export interface NamedTest {
  readonly file: string;
  readonly title: string;
}
export function namedTests(markdown: string): NamedTest[];
