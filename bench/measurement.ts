/** What a measurement is told. */
export interface Conditions {
  /** Fewer and shorter rounds, for a first look. */
  readonly quick: boolean;
  /** Aborted when nobody waits for the result any more: everything that was started must then end. */
  readonly signal: AbortSignal;
  /** One line of progress for whoever watches. */
  readonly say: (line: string) => void;
}

/** What came out. */
export interface Outcome {
  /** For people: a heading, then a row each. */
  readonly table: readonly (readonly string[])[];
  /** What must be known to read the table. */
  readonly notes: readonly string[];
  /** The same for programs. */
  readonly figures: object;
  /** What it must show and did not, a line each. */
  readonly missed?: readonly string[];
}

/** One thing that is measured beside another in the same run, so that the ratio of the two means something on any machine. */
export interface Measurement {
  readonly name: string;
  readonly title: string;
  readonly run: (conditions: Conditions) => Promise<Outcome>;
}
