import {
  ButtonStyle,
  ComponentType,
  InteractionResponseType as Type,
  MessageFlags,
  MessageType,
  PermissionFlagsBits,
  Routes,
} from 'discord-api-types/v10';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusal, settle, settleWithRest } from './rest-town.ts';

const button = (custom_id: string) => ({
  type: ComponentType.ActionRow,
  components: [{ type: ComponentType.Button, style: ButtonStyle.Primary, custom_id, label: custom_id }],
});

/** A town where ada has just typed /play. */
async function asked() {
  const town = await settleWithRest();
  town.register({ name: 'play' });
  const typed = await town.ada.slash('play');
  const { id, token } = town.latest();
  const application = town.application.id;
  const callback = (body: object, query?: URLSearchParams) =>
    town.rest.post(Routes.interactionCallback(id, token), { body, auth: false, ...(query && { query }) });
  const followUp = (body: object) => town.rest.post(Routes.webhook(application, token), { body, auth: false });
  const original = Routes.webhookMessage(application, token);
  return { ...town, typed, id, token, callback, followUp, original };
}

describe('an interaction over HTTP', () => {
  it('is answered once with a message that everyone sees', async () => {
    const { callback, typed, ada, ben } = await asked();
    await callback({ type: Type.ChannelMessageWithSource, data: { content: 'playing' } });
    expect(await typed.answered()).toMatchObject({ content: 'playing', ephemeral: false, interactionId: typed.id });
    expect(typed.outcome).toMatchObject({ status: 'answered', message: { content: 'playing' } });
    expect(ben.sees()).toEqual(ada.sees());
    const again = callback({ type: Type.ChannelMessageWithSource, data: { content: 'again' } });
    expect(await refusal(again)).toMatchObject({ status: 400, code: 40_060 });
    expect(ada.sees()).toHaveLength(1);
  });

  it('tells what it did when it is asked to', async () => {
    const { callback, typed } = await asked();
    const body = { type: Type.DeferredChannelMessageWithSource, data: { flags: MessageFlags.Ephemeral } };
    expect(await callback(body, new URLSearchParams({ with_response: 'true' }))).toMatchObject({
      interaction: { id: typed.id, type: 2, response_message_loading: true, response_message_ephemeral: true },
      resource: { type: 5, message: { flags: MessageFlags.Ephemeral | MessageFlags.Loading } },
    });
  });

  it('thinks, and stays as private as it began', async () => {
    const { callback, rest, original, typed, ada, ben } = await asked();
    await callback({ type: Type.DeferredChannelMessageWithSource, data: { flags: MessageFlags.Ephemeral } });
    expect(typed.outcome).toMatchObject({ status: 'deferred', message: { thinking: true, ephemeral: true } });
    await rest.patch(original, { body: { content: 'done', flags: 0 }, auth: false });
    expect(await typed.answered()).toMatchObject({ content: 'done', thinking: false, ephemeral: true, editedAt: null });
    expect(ada.sees()).toHaveLength(1);
    expect(ben.sees()).toEqual([]);
  });

  it('lets the first follow-up take the place of "thinking"', async () => {
    const { callback, followUp, ada } = await asked();
    await callback({ type: Type.DeferredChannelMessageWithSource });
    await followUp({ content: 'first', flags: MessageFlags.Ephemeral });
    await followUp({ content: 'second', flags: MessageFlags.Ephemeral });
    expect(ada.sees()).toMatchObject([
      { content: 'first', ephemeral: false },
      { content: 'second', ephemeral: true },
    ]);
  });

  it('has follow-ups that are replies to its answer and name it', async () => {
    const { callback, followUp, rest, original } = await asked();
    await callback({ type: Type.ChannelMessageWithSource, data: { content: 'one' } });
    const first = await rest.get(original, { auth: false });
    expect(first).toMatchObject({ type: MessageType.ChatInputCommand });
    expect(first).not.toHaveProperty('interaction_metadata.original_response_message_id');
    const id = typeof first === 'object' && first !== null && 'id' in first ? first.id : null;
    expect(await followUp({ content: 'two' })).toMatchObject({
      type: MessageType.Reply,
      message_reference: { message_id: id },
      referenced_message: { content: 'one' },
      interaction_metadata: { original_response_message_id: id },
    });
  });

  it('may be answered with embeds where the bot could not write any', async () => {
    const { callback, typed, world, text, application } = await asked();
    const deny = PermissionFlagsBits.EmbedLinks;
    world.setOverwrite(text.id, { id: application.bot.id, type: 'member', allow: 0n, deny });
    await callback({ type: Type.ChannelMessageWithSource, data: { embeds: [{ title: 'a song' }] } });
    expect(await typed.answered()).toMatchObject({ embeds: [{ title: 'a song' }] });
  });

  it('has deferrals with no flag but that of privacy', async () => {
    const { callback, server } = await asked();
    const flags = MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds;
    await refusal(callback({ type: Type.DeferredChannelMessageWithSource, data: { flags } }));
    expect(server.problems).toEqual([expect.stringContaining('deferrals with the flags 68')]);
  });

  it('names its answer @original, however that is written', async () => {
    const { callback, server, original, rest, ada } = await asked();
    await callback({ type: Type.ChannelMessageWithSource, data: { content: 'one' } });
    for (const path of [original, original.replaceAll('%40', '@')]) {
      const response = await fetch(`${server.url}/v10${path}`);
      expect(await response.json()).toMatchObject({ content: 'one' });
    }
    await rest.delete(original, { auth: false });
    expect(ada.sees()).toEqual([]);
    expect(await refusal(rest.get(original, { auth: false }))).toMatchObject({ code: 10_008 });
    expect(server.problems).toEqual([]);
  });

  it('has no webhook before it is answered, and none for a wrong token', async () => {
    const { rest, original, application, callback, followUp } = await asked();
    expect(await refusal(rest.get(original, { auth: false }))).toMatchObject({ code: 10_015, status: 404 });
    expect(await refusal(followUp({ content: 'early' }))).toMatchObject({ code: 10_015 });
    await callback({ type: Type.DeferredChannelMessageWithSource });
    const wrong = Routes.webhookMessage(application.id, 'wrong');
    expect(await refusal(rest.get(wrong, { auth: false }))).toMatchObject({ code: 50_027, status: 401 });
  });

  it('refuses callbacks that do not fit, and waits for one that does', async () => {
    const { callback, typed, rest, id } = await asked();
    for (const type of [
      Type.UpdateMessage,
      Type.DeferredMessageUpdate,
      Type.ApplicationCommandAutocompleteResult,
      99,
    ]) {
      expect(await refusal(callback({ type, data: { choices: [] } }))).toMatchObject({
        code: 50_035,
        rawError: {
          errors: { type: { _errors: [{ code: 'BASE_TYPE_CHOICES', message: 'Value must be one of {4, 5}.' }] } },
        },
      });
    }
    const empty = callback({ type: Type.ChannelMessageWithSource, data: { content: ' ' } });
    expect(await refusal(empty)).toMatchObject({ code: 50_006 });
    const stolen = rest.post(Routes.interactionCallback(id, 'wrong'), { body: { type: 5 }, auth: false });
    expect(await refusal(stolen)).toMatchObject({ code: 10_062 });
    expect(typed.outcome.status).toBe('pending');
    await callback({ type: Type.DeferredChannelMessageWithSource });
    expect(typed.outcome.status).toBe('deferred');
  });

  it('lists what the double does not have as a problem', async () => {
    const { callback, server } = await asked();
    await refusal(callback({ type: Type.Modal, data: { custom_id: 'm', title: 't', components: [] } }));
    expect(server.problems).toEqual([expect.stringContaining('interaction callbacks of type 9')]);
  });

  it('changes the message that a pressed button is on', async () => {
    const { callback, ada, rest, latest, typed, application } = await asked();
    await callback({
      type: Type.ChannelMessageWithSource,
      data: { content: 'song', components: [button('skip'), button('stop')] },
    });
    const message = await typed.answered();

    const skip = await ada.press(message.id, 'skip');
    const update = { type: Type.UpdateMessage, data: { content: 'next song' } };
    await rest.post(Routes.interactionCallback(skip.id, latest().token), { body: update, auth: false });
    expect(await skip.answered()).toMatchObject({ id: message.id, content: 'next song' });

    const stop = await ada.press(message.id, 'stop');
    const { token } = latest();
    await rest.post(Routes.interactionCallback(stop.id, token), {
      body: { type: Type.DeferredMessageUpdate },
      auth: false,
    });
    expect(stop.outcome).toMatchObject({ status: 'deferred', message: { content: 'next song' } });
    const body = { content: 'stopped', components: [] };
    await rest.patch(Routes.webhookMessage(application.id, token), { body, auth: false });
    expect(await stop.answered()).toMatchObject({ id: message.id, content: 'stopped' });
    expect(ada.sees()).toHaveLength(1);
    await expect(ada.press(message.id, 'stop')).rejects.toThrow('has no component "stop"');
  });
});

describe('the clock of an interaction', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('fails after three seconds without an answer, and then it is unknown', async () => {
    vi.useFakeTimers();
    const { ada, register, interactions, latest, application } = settle();
    register({ name: 'play' });
    const typed = await ada.slash('play');
    const { id, token } = latest();
    vi.advanceTimersByTime(2_999);
    expect(typed.outcome.status).toBe('pending');
    vi.advanceTimersByTime(1);
    expect(typed.outcome).toMatchObject({ status: 'failed', firstResponseMs: null });
    await expect(typed.answered()).rejects.toThrow('The application did not respond');
    expect(() => interactions.respond(id, token, { type: 5 })).toThrow(expect.objectContaining({ code: 10_062 }));
    expect(() => interactions.followUp(application.id, token, {})).toThrow(expect.objectContaining({ code: 10_015 }));
  });

  it('fails for whoever still waits when the double is closed', async () => {
    const { ada, register, interactions } = settle();
    register({ name: 'play' });
    const typed = await ada.slash('play');
    interactions.close();
    await expect(typed.answered()).rejects.toThrow('the double was closed');
    expect(typed.outcome.status).toBe('failed');
  });

  it('measures the time to the first response', async () => {
    vi.useFakeTimers();
    const { ada, register, interactions, latest } = settle();
    register({ name: 'play' });
    const typed = await ada.slash('play');
    const { id, token } = latest();
    vi.advanceTimersByTime(1_200);
    interactions.respond(id, token, { type: 5 });
    expect(typed.outcome).toMatchObject({ status: 'deferred', firstResponseMs: 1_200 });
  });

  it('takes answers for fifteen minutes, and shows a failure when it thought for so long', async () => {
    vi.useFakeTimers();
    const { ada, register, interactions, latest, application } = settle();
    register({ name: 'play' });
    const slow = await ada.slash('play');
    interactions.respond(slow.id, latest().token, { type: 5 });
    const quick = await ada.slash('play');
    const { token } = latest();
    interactions.respond(quick.id, token, { type: 4, data: { content: 'here' } });
    vi.advanceTimersByTime(15 * 60_000 - 1);
    expect(interactions.edit(application.id, token, '@original', { content: 'still' })).toMatchObject({
      content: 'still',
    });
    vi.advanceTimersByTime(1);
    const late = () => interactions.edit(application.id, token, '@original', { content: 'late' });
    expect(late).toThrow(expect.objectContaining({ code: 50_027, status: 401 }));
    expect(quick.outcome.status).toBe('answered');
    await expect(slow.answered()).rejects.toThrow('did not respond');
  });
});
