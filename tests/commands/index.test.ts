import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/index.ts';

const files = readdirSync('src/commands', { withFileTypes: true })
  .filter((file) => file.isFile() && !['command.ts', 'index.ts'].includes(file.name))
  .map((file) => file.name.replace('.ts', ''));

it('has a row for every file of the folder, and a file for every row', () => {
  expect(COMMANDS.map(({ data }) => data.name).sort()).toEqual(files.sort());
});

it('describes every command and option within Discord’s limits', () => {
  for (const { data } of COMMANDS) {
    // The builders check the limits when they are turned into JSON.
    const { name, description, options = [] } = data.toJSON();
    expect(name).toMatch(/^[a-z]{1,32}$/);
    expect(description).toMatch(/^[A-Z].{5,99}$/);
    for (const option of options) expect(option.description).toMatch(/^[A-Z].{5,99}$/);
  }
});
