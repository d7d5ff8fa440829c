import { expect, it } from 'vitest';
import { commandsDocument, writtenDocument } from '../../scripts/commands-document.ts';

it('is what docs/commands.md says (node scripts/commands-document.ts writes it anew)', () => {
  expect(writtenDocument()).toBe(commandsDocument());
});
