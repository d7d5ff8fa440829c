import { expect, it } from 'vitest';
import { complete, type Completable } from '../../src/discord/autocomplete.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { track } from '../commands/fixtures/music.ts';
import { services, type Script } from '../commands/fixtures/services.ts';

const NO_OTHERS = { getString: () => null, getSubcommand: () => '' };

/** What Discord is told when somebody types into a command. */
async function typed(script: Script, fields: Partial<Completable> = {}) {
  const answers: unknown[] = [];
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const interaction: Completable = {
    commandName: 'play',
    guildId: 'G',
    user: { id: '42' },
    options: { ...NO_OTHERS, getFocused: () => ({ name: 'query', value: 'blu' }) },
    respond: async (choices) => void answers.push(choices),
    ...fields,
  };
  await complete(interaction, services(script).services, log);
  return { answers, lines };
}

const found = (...identifiers: string[]) => identifiers.map((identifier) => track({ identifier }));

it('answers with the choices of the command', async () => {
  const { answers } = await typed({ found: found('a') });
  expect(answers).toEqual([[{ name: 'Blue Train (3:00)', value: 'a' }]]);
});

it('keeps the limits of Discord', async () => {
  const { answers } = await typed({ found: [...found(''), ...found(...Array.from({ length: 40 }, (_, n) => `${n}`))] });
  expect(answers).toEqual([expect.objectContaining({ length: 25 })]);
});

it.each<[string, Partial<Completable>]>([
  ['a command that completes nothing', { commandName: 'stop' }],
  ['a command of an older version', { commandName: 'dance' }],
  ['outside of a guild', { guildId: null }],
])('has nothing to say to %s', async (_what, fields) => {
  expect((await typed({ found: found('a') }, fields)).answers).toEqual([[]]);
});

it('leaves the list empty when it fails, and writes that down', async () => {
  const broken = {
    ...NO_OTHERS,
    getFocused: () => {
      throw new TenutoError('UNEXPECTED');
    },
  };
  const { answers, lines } = await typed({}, { options: broken });
  expect([answers, lines.length]).toEqual([[[]], 1]);
});

it('is not troubled by an answer that comes too late', async () => {
  const { lines } = await typed({}, { respond: () => Promise.reject(new Error('Unknown interaction')) });
  expect(lines).toEqual([expect.stringContaining('not completed')]);
});
