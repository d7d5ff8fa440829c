import { readFileSync } from 'node:fs';
import { PermissionFlagsBits } from 'discord.js';
import { expect, it } from 'vitest';
import { COMMANDS } from '../src/commands/index.ts';

const readme = readFileSync('README.md', 'utf8');

it('invites the bot with exactly the permissions that the README names', () => {
  const { ViewChannel, SendMessages, EmbedLinks, Connect, Speak } = PermissionFlagsBits;
  const permissions = ViewChannel | SendMessages | EmbedLinks | Connect | Speak;
  expect(readme).toContain(`scope=bot+applications.commands&permissions=${permissions}`);
});

it('lists every command with its options', () => {
  const table = readme.slice(readme.indexOf('## Commands'), readme.indexOf('## What it survives'));
  const listed = [...table.matchAll(/`\/([a-z]+)((?: [a-z]+)*)`/g)].map(([, name, option = '']) => `${name}${option}`);
  const registered = COMMANDS.map(({ data }) => [data.name, ...data.options.map((o) => o.toJSON().name)].join(' '));
  expect(new Set(listed.filter((words) => words !== 'resume' || registered.includes(words)))).toEqual(
    new Set(registered),
  );
});
