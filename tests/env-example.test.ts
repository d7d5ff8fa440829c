import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseConfig, VARIABLES } from '../src/config.ts';

const paragraphs = readFileSync('.env.example', 'utf8').trim().split('\n\n').slice(1);
const TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.AbCdEf.abcdefghijklmnopqrstuvwxyz0';

it('lists every setting once, in the order of config.ts, each below a sentence', () => {
  const listed = paragraphs.map((paragraph) => {
    expect(paragraph).toMatch(/^# [A-Z].+[.:].*\n(?:# )?[A-Z_]+=/);
    return /^(?:# )?([A-Z_]+)=/m.exec(paragraph)?.[1];
  });
  expect(listed).toEqual(VARIABLES);
});

it('shows the defaults', () => {
  const shown = paragraphs.map((paragraph) => /^# ([A-Z_]+)=(.*)$/m.exec(paragraph));
  const environment = Object.fromEntries(shown.flatMap((match) => (match ? [[match[1], match[2]]] : [])));
  expect(parseConfig({ ...environment, DISCORD_TOKEN: TOKEN })).toEqual(parseConfig({ DISCORD_TOKEN: TOKEN }));
  expect(Object.keys(environment)).toHaveLength(VARIABLES.length - 1);
});
