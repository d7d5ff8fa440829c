import { Routes } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { refusal, settleWithRest } from './rest-town.ts';

const play = { name: 'play', description: 'Play a song' };

describe.each(['global', 'guild'] as const)('%s commands', (scope) => {
  async function registry() {
    const town = await settleWithRest();
    const { application, guild } = town;
    const all =
      scope === 'global'
        ? Routes.applicationCommands(application.id)
        : Routes.applicationGuildCommands(application.id, guild.id);
    return { ...town, all, stored: () => application.commands.get(scope === 'global' ? 'global' : guild.id) ?? [] };
  }

  it('are replaced as a whole, and those of the same name keep their ids', async () => {
    const { rest, all, stored, application } = await registry();
    await rest.put(all, { body: [play, { name: 'skip', description: 'Skip it' }] });
    expect(stored()).toMatchObject([{ name: 'play', application_id: application.id, type: 1 }, { name: 'skip' }]);
    const [before] = stored();
    await rest.put(all, { body: [{ ...play, description: 'Play two songs' }] });
    expect(stored()).toMatchObject([{ id: before?.id, description: 'Play two songs' }]);
    expect(stored()[0]?.version).not.toBe(before?.version);
    expect(await rest.get(all)).toMatchObject([{ name: 'play' }]);
  });

  it('are made, read, changed and deleted one by one', async () => {
    const { rest, all, stored } = await registry();
    await rest.post(all, { body: play });
    const one = `${all}/${stored()[0]?.id}` as const;
    await rest.patch(one, { body: { description: 'Changed' } });
    expect(await rest.get(one)).toMatchObject({ name: 'play', description: 'Changed' });
    await rest.post(all, { body: { ...play, description: 'Over it' } });
    expect(stored()).toMatchObject([{ description: 'Over it' }]);
    expect(await refusal(rest.patch(one, { body: { name: 'NO' } }))).toMatchObject({ code: 50_035 });
    await rest.delete(one);
    expect(stored()).toEqual([]);
    expect(await refusal(rest.get(one))).toMatchObject({ code: 10_063 });
  });

  it('keep the names and descriptions of other languages', async () => {
    const { rest, all, stored } = await registry();
    const german = { name_localizations: { de: 'spielen' }, description_localizations: { de: 'Spielt ein Lied' } };
    await rest.post(all, { body: { ...play, ...german } });
    const one = `${all}/${stored()[0]?.id}` as const;
    await rest.patch(one, { body: { description: 'Changed' } });
    expect(await rest.get(one)).toMatchObject(german);
    expect(await rest.get(all)).not.toMatchObject([german]);
  });

  it('belong to their application', async () => {
    const { client, world, all } = await registry();
    const other = client(world.addApplication('other').token);
    expect(await refusal(other.put(all, { body: [] }))).toMatchObject({ code: 20_012, status: 403 });
  });

  it('are refused as a whole when one is wrong', async () => {
    const { rest, all, stored } = await registry();
    const body = [play, { name: 'Bad Name', description: '' }];
    expect(await refusal(rest.put(all, { body }))).toMatchObject({
      code: 50_035,
      rawError: {
        message: 'Invalid Form Body',
        errors: {
          '1': {
            name: { _errors: [{ code: 'APPLICATION_COMMAND_INVALID_NAME' }] },
            description: { _errors: [expect.anything()] },
          },
        },
      },
    });
    expect(stored()).toEqual([]);
  });

  it('are a hundred at most', async () => {
    const { rest, all } = await registry();
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ ...play, name: `play-${n}` }));
    await rest.put(all, { body: many(100) });
    expect(await refusal(rest.put(all, { body: many(101) }))).toMatchObject({ code: 30_032 });
  });
});
