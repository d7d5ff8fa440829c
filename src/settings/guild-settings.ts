import { z } from 'zod';

const id = z.string().regex(/^\d{15,20}$/);

/** How many each list may have, so that all of them can be shown, and how long a blocked word may be. */
export const MOST = { channels: 25, users: 50, words: 50, wordLength: 30 } as const;

/** What a guild decides for itself, one row each; a field that cannot be read is as its guild had never set it. */
const FIELDS = {
  /** The role of those who decide for all. Null: only where voice has to be mended, the operator's (`DJ_ROLE`). */
  djRole: id.nullable(),
  /** Percent of the listeners who must want it before what others asked for is skipped. 0: anybody may. */
  voteRatio: z.int().min(0).max(100),
  /** Tracks that one person may have in the queue; never more than the operator allows. Null: as many as that. */
  tracksPerPerson: z.int().min(1).max(100_000).nullable(),
  /** Text channels in which commands may be used. None: all. */
  allowedChannels: z.array(id).max(MOST.channels),
  /** The text channel in which what people write is played, where the operator lets it be read. Null: none. */
  requestChannelId: id.nullable(),
  blockedUsers: z.array(id).max(MOST.users),
  /** What may stand neither in what somebody asks for nor in the title of what is found. */
  blockedWords: z.array(z.string().min(1).max(MOST.wordLength)).max(MOST.words),
};

export type GuildSettings = { readonly [Field in keyof typeof FIELDS]: Readonly<z.output<(typeof FIELDS)[Field]>> };
export type SettingName = keyof GuildSettings;

/** Of a guild that never set anything: everybody may do everything, as in a bot that knows no settings. */
export const DEFAULTS: GuildSettings = {
  djRole: null,
  voteRatio: 0,
  tracksPerPerson: null,
  allowedChannels: [],
  requestChannelId: null,
  blockedUsers: [],
  blockedWords: [],
};

export const SETTING_NAMES = Object.keys(FIELDS) as readonly SettingName[];

const VERSION = 1;
const record = z.looseObject({ version: z.literal(VERSION) });

/** Settings, and what in their record was not understood: its fields, or all of it. */
export interface SettingsReading {
  readonly settings: GuildSettings;
  readonly strange: readonly (SettingName | 'record')[];
}

/** A record of the store as settings. A field that is not there is no strange one: the record is older than the field. */
export function readSettings(stored: unknown): SettingsReading {
  if (stored === undefined) return { settings: DEFAULTS, strange: [] };
  const found = record.safeParse(stored).data;
  if (found === undefined) return { settings: DEFAULTS, strange: ['record'] };
  const readings = SETTING_NAMES.filter((name) => found[name] !== undefined).map(
    (name) => [name, FIELDS[name].safeParse(found[name])] as const,
  );
  const good = readings.flatMap(([name, { data, success }]) => (success ? [[name, data] as const] : []));
  return {
    settings: { ...DEFAULTS, ...Object.fromEntries(good) },
    strange: readings.filter(([, { success }]) => !success).map(([name]) => name),
  };
}

/** Settings as they are stored. */
export const settingsRecord = (settings: GuildSettings) => ({ version: VERSION, ...settings });
