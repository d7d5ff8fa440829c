import { EmbedBuilder } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { toMessage } from '../../src/discord/replies.ts';

describe('toMessage', () => {
  it('pings nobody', () => {
    expect(toMessage('@everyone')).toEqual({
      content: '@everyone',
      embeds: [],
      components: [],
      allowedMentions: { parse: [] },
    });
  });

  it('takes a line, an embed, or both', () => {
    const embed = new EmbedBuilder().setTitle('x');
    expect(toMessage({ embeds: [embed] })).toMatchObject({ content: '', embeds: [embed] });
    expect(toMessage({ content: 'x', embeds: [embed] })).toMatchObject({ content: 'x', embeds: [embed] });
  });

  it('keeps Discord’s limits', () => {
    expect(toMessage('x'.repeat(2_000)).content).toBe('x'.repeat(2_000));
    expect(toMessage('x'.repeat(2_001)).content).toBe(`${'x'.repeat(1_999)}…`);
    expect(toMessage({ embeds: Array.from({ length: 12 }, () => new EmbedBuilder()) }).embeds).toHaveLength(10);
  });

  it('does not cut a character in half', () => {
    const { content } = toMessage(`${'x'.repeat(1_998)}🎵🎵`);
    expect(content).toBe(`${'x'.repeat(1_998)}…`);
    expect(content.isWellFormed()).toBe(true);
  });
});
