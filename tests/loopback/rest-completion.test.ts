import { Routes } from 'discord.js';
import {
  ApplicationCommandOptionType as Option,
  ComponentType,
  InteractionResponseType as Type,
  MessageFlags,
} from 'discord-api-types/v10';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusal, settle, settleWithRest } from './rest-town.ts';

const OPTIONS = [{ type: Option.String as const, name: 'query', description: 'a', autocomplete: true as const }];
const result = (choices: unknown) => ({ type: Type.ApplicationCommandAutocompleteResult, data: { choices } });
const times = (count: number, length = 1) =>
  Array.from({ length: count }, (_, at) => ({ name: `${at}`.padEnd(length, 'x'), value: `${at}` }));

/** A town where ada has typed a letter of /play. */
async function typing() {
  const town = await settleWithRest();
  town.register({ name: 'play', options: OPTIONS });
  const shown = town.ada.autocomplete('play', { query: 'a' }, 'query');
  shown.catch(() => undefined);
  const { id, token } = town.latest();
  const answer = (body: object) => town.rest.post(Routes.interactionCallback(id, token), { body, auth: false });
  return { ...town, shown, token, answer };
}

describe('the answer to somebody who types', () => {
  it.each<[string, object]>([
    ['more than 25 choices', result(times(26))],
    ['a name of more than 100 characters', result(times(1, 101))],
    ['a name that is empty', result([{ name: '', value: 'a' }])],
    ['a value of more than 100 characters', result([{ name: 'a', value: 'x'.repeat(101) }])],
    ['no value', result([{ name: 'a' }])],
    ['no choices', { type: Type.ApplicationCommandAutocompleteResult, data: {} }],
    ['a message', { type: Type.ChannelMessageWithSource, data: { content: 'a' } }],
    ['that it thinks', { type: Type.DeferredChannelMessageWithSource }],
  ])('may not be %s, and one that fits is still waited for', async (_what, body) => {
    const { answer, shown } = await typing();
    expect(await refusal(answer(body))).toMatchObject({ status: 400, code: 50_035 });
    await answer(result(times(25, 100)));
    expect(await shown).toHaveLength(25);
  });

  it('is given once, and leads to no message', async () => {
    const { answer, shown, rest, application, token } = await typing();
    await answer(result([]));
    expect(await shown).toEqual([]);
    expect(await refusal(answer(result([])))).toMatchObject({ status: 400, code: 40_060 });
    const followUp = rest.post(Routes.webhook(application.id, token), { body: { content: 'a' }, auth: false });
    expect(await refusal(followUp)).toMatchObject({ status: 404, code: 10_015 });
  });
});

describe('three seconds later', () => {
  afterEach(() => void vi.useRealTimers());

  it('nobody knows the interaction any more', () => {
    vi.useFakeTimers();
    const { ada, register, interactions, latest } = settle();
    register({ name: 'play', options: OPTIONS });
    ada.autocomplete('play', {}, 'query').catch(() => undefined);
    const { id, token } = latest();
    vi.advanceTimersByTime(3_000);
    expect(() => interactions.respond(id, token, result([]))).toThrow(expect.objectContaining({ code: 10_062 }));
  });
});

describe('a menu that one person sees', () => {
  it('is chosen from by them as often as they like, each time an interaction of its own with the value', async () => {
    const town = await settleWithRest();
    town.register({ name: 'search' });
    const typed = await town.ada.slash('search');
    const menu = { type: ComponentType.StringSelect, custom_id: 'menu', options: [{ label: 'a', value: 'one' }] };
    const data = {
      content: 'choose',
      flags: MessageFlags.Ephemeral,
      components: [{ type: ComponentType.ActionRow, components: [menu] }],
    };
    town.interactions.respond(typed.id, town.latest().token, { type: Type.ChannelMessageWithSource, data });
    const message = await typed.answered();
    await expect(town.ben.press(message.id, 'menu', ['one'])).rejects.toThrow('sees no message');
    for (const content of ['first', 'second']) {
      const chosen = await town.ada.press(message.id, 'menu', ['one']);
      expect(town.latest()).toMatchObject({ type: 3, data: { custom_id: 'menu', component_type: 3, values: ['one'] } });
      const body = { type: Type.ChannelMessageWithSource, data: { content } };
      const { id, token } = town.latest();
      await town.rest.post(Routes.interactionCallback(id, token), { body, auth: false });
      expect(await chosen.answered()).toMatchObject({ content, ephemeral: false });
    }
    expect(town.ben.sees().map(({ content }) => content)).toEqual(['first', 'second']);
  });
});
