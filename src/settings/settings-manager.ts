import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { TenutoError } from '../lib/errors.ts';
import { KeyedLock } from '../lib/keyed-lock.ts';
import type { Store } from '../storage/store.ts';
import { DEFAULTS, readSettings, settingsRecord, type GuildSettings, type SettingName } from './guild-settings.ts';

const KEYS = 'settings:';

/** What a guild has decided, for whoever only has to know. */
export interface SettingsView {
  of(guildId: string): GuildSettings;
}

/** Who changes which setting of which guild. */
export interface SettingChange<Name extends SettingName> {
  readonly guildId: string;
  readonly userId: string;
  readonly name: Name;
  /** The value from the one before, in its turn; may throw. */
  edit(before: GuildSettings[Name]): GuildSettings[Name];
}

/** The part of the settings that people change. */
export interface SettingsControls extends SettingsView {
  /** Resolves with the settings when they are kept. Throws STORAGE_FAILED, and then nothing has changed. */
  change<Name extends SettingName>(change: SettingChange<Name>): Promise<GuildSettings>;
}

export interface SettingsManagerOptions {
  readonly store: Store;
  readonly log: Logger;
}

/** SettingsManager: what guilds have decided for themselves; all of it is in memory, and the only place where it changes is here. */
export class SettingsManager implements SettingsControls {
  readonly #options: SettingsManagerOptions;
  readonly #guilds = new Map<string, GuildSettings>();
  /** Records that were not understood, in whole or in part; each is copied to where nothing reads it before it is written anew. */
  readonly #strange = new Map<string, unknown>();
  readonly #lock = new KeyedLock();

  constructor(options: SettingsManagerOptions) {
    this.#options = options;
  }

  /** Reads every guild's settings; call it once, before anything else. Rejects when the store cannot be read. */
  async load(): Promise<void> {
    const { store, log } = this.#options;
    const keys = await store.keys(KEYS);
    const records = await store.getMany<unknown>(keys);
    for (const [index, key] of keys.entries()) {
      const { settings, strange } = readSettings(records[index]);
      this.#guilds.set(key.slice(KEYS.length), settings);
      if (strange.length === 0) continue;
      this.#strange.set(key, records[index]);
      log.error({ key, strange }, 'settings were not understood; these are as if nobody had set them');
    }
  }

  of(guildId: string): GuildSettings {
    return this.#guilds.get(guildId) ?? DEFAULTS;
  }

  async change<Name extends SettingName>(change: SettingChange<Name>): Promise<GuildSettings> {
    const { guildId, userId, name } = change;
    return await this.#lock.run(guildId, async () => {
      const before = this.of(guildId);
      const after = { ...before, [name]: change.edit(before[name]) };
      if (isDeepStrictEqual(after, before)) return before;
      await this.#write(guildId, after);
      this.#guilds.set(guildId, after);
      // Names as the fields of Discord's own audit log have them; who reads one reads the other.
      const facts = { guild_id: guildId, user: userId, field: name, old: before[name], new: after[name] };
      this.#options.log.info(facts, 'a setting was changed');
      return after;
    });
  }

  async #write(guildId: string, settings: GuildSettings): Promise<void> {
    const key = `${KEYS}${guildId}`;
    const strange = this.#strange.get(key);
    const aside = strange === undefined ? [] : [{ key: `set-aside:${randomUUID()}:${key}`, value: strange }];
    try {
      await this.#options.store.setMany([...aside, { key, value: settingsRecord(settings) }]);
    } catch (error) {
      throw new TenutoError('STORAGE_FAILED', '', { cause: error });
    }
    this.#strange.delete(key);
  }
}
