import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Closers } from './lib/closers.ts';
import { openLibrary, type Library } from './library/library.ts';
import { AdvancedQueueManager } from './queue/advanced-queue-manager.ts';
import { SettingsManager } from './settings/settings-manager.ts';
import { EnduringStore } from './storage/enduring-store.ts';
import { openStore } from './storage/index.ts';
import { TakenOver } from './storage/store-trouble.ts';

/** How old a position may be after a crash; all guilds together cost one write in that time. */
const POSITION_EVERY_MS = 250;

/** Everything that must not be lost: where it is kept, the queues in it, what guilds have decided, and what people keep. */
export interface BotRecord {
  readonly store: EnduringStore;
  readonly queues: AdvancedQueueManager;
  readonly settings: SettingsManager;
  readonly library: Library;
}

/** Opens the record and reads it back. Rejects when that cannot be done; `taken`: another process has it from then on. */
export async function openRecord(
  config: Config,
  log: Logger,
  closers: Closers,
  taken: (error: TakenOver) => void,
): Promise<BotRecord> {
  const store = new EnduringStore(await openStore(config.storeUrl, (line) => log.error(line)));
  store.on('failed', (error) => {
    log.warn({ error, waiting: store.unsaved }, 'not saved; kept in memory and tried again');
    if (error instanceof TakenOver) taken(error);
  });
  closers.add('store', () => store.close());
  const settings = new SettingsManager({ store, log: log.child({ part: 'settings' }) });
  const queues = new AdvancedQueueManager({
    store,
    maxTracks: config.queueLimit,
    maxTracksPerUser: config.queueLimitPerUser,
    guildLimitPerUser: (guildId) => settings.of(guildId).tracksPerPerson,
    defaultVolume: config.defaultVolume,
    positionEveryMs: POSITION_EVERY_MS,
  });
  queues.on('problem', (what, error) => log.error({ error, what }, 'not saved yet'));
  queues.on('set-aside', ({ key, why }) => log.error({ key, why }, 'a record was not understood and is set aside'));
  // Strict until now: what could not be read must not be taken for what was never there.
  await settings.load();
  await queues.load();
  const strange = (key: string) => log.error({ key }, 'a record was not understood and is left where it is');
  const library = await openLibrary({ store, strange });
  store.endure();
  closers.add('queues', () => queues.close());
  return { store, settings, queues, library };
}
