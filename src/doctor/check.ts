import type { Subprocesses } from '../lib/subprocess.ts';
import type { YtDlpBinary } from '../sources/yt-dlp-binary.ts';

/** What the checks look at. The token is looked at and never told. */
export interface Prerequisites {
  readonly token: string | null;
  readonly dataDir: string;
  /** May hold a password, which is never told. */
  readonly storeUrl: string;
  readonly ffmpegPath: string;
  /** Where a yt-dlp may be; the newest that starts is the one that counts. */
  readonly ytDlpPaths: readonly string[];
  /** What yt-dlp may read, as in the setting. */
  readonly extractors: readonly string[];
  /** Where a bot that runs serves its metrics; null: nowhere. */
  readonly metricsPort: number | null;
  /** What is wrong with other settings, one line each. */
  readonly problems: readonly string[];
}

/** What a check found: one short line, and what to do when all is not well. */
export interface Finding {
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly found: string;
  readonly advice?: string;
}

/** What a check may use. */
export interface Instruments {
  readonly subprocesses: Subprocesses;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The newest usable yt-dlp, or null; looked for once, because it starts slowly. */
  ytDlp(): Promise<YtDlpBinary | null>;
}

/** One thing to look at. What is `required` keeps the bot from starting when it fails; without the rest it does less. */
export interface Check {
  readonly name: string;
  readonly severity: 'required' | 'degraded';
  run(given: Prerequisites, instruments: Instruments): Finding | Promise<Finding>;
}
