import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFixtures, makeLibrary, startMediaHost, type Fixtures, type MediaHost } from '../media.ts';
import { ControlClient } from './control-client.ts';
import { run, type Program } from './processes.ts';

const ROOT = join(import.meta.dirname, '../..');
const SONG_SECONDS = 90;

/** Two processes and an audio host: the double, the bot, and something to play. */
export interface Stage {
  readonly control: ControlClient;
  readonly controlUrl: string;
  readonly guildId: string;
  readonly media: MediaHost;
  readonly fixtures: Fixtures;
  /** The settings of the bot, for whoever wants to run another client. */
  readonly env: Readonly<Record<string, string>>;
  readonly bot: () => Program;
  /** Starts the bot, or starts it again, and resolves when it is ready. */
  readonly startBot: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Builds the stage; the bot is not started yet. `close` ends all that was started, and leaves nothing behind. */
export async function buildStage(): Promise<Stage> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-demo-'));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    const fixtures = await makeFixtures(join(ROOT, 'data/loopback/media'), { seconds: SONG_SECONDS });
    await makeLibrary(join(dataDir, 'music'));
    const media = await startMediaHost(fixtures);
    closers.push(() => media.close());
    const double = run(join(ROOT, 'loopback/main.ts'), ['--json']);
    closers.push(() => double.end('SIGTERM'));
    const facts = JSON.parse(await double.line((line) => line.startsWith('{'))) as Facts;
    // The audio host is nobody's site, so that a page of it is read by the extractor for any page.
    const open = { ALLOW_PRIVATE_HOSTS: '127.0.0.1', EXTRACTORS: 'generic' };
    const env = { ...facts.env, ...open, DATA_DIR: dataDir, LOG_LEVEL: 'info' };
    let bot: Program | null = null;
    closers.push(() => bot?.end('SIGTERM'));
    return {
      control: new ControlClient(facts.control),
      controlUrl: facts.control,
      guildId: facts.env['DISCORD_GUILD_ID'] ?? '',
      media,
      fixtures,
      env,
      bot: () => {
        if (!bot) throw new Error('the bot was not started');
        return bot;
      },
      async startBot() {
        bot = run(join(ROOT, 'src/main.ts'), [], env);
        await bot.line((line) => line.includes('"msg":"ready"'));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Facts {
  readonly control: string;
  readonly env: Readonly<Record<string, string>>;
}
