import { MessageFlags, PermissionFlagsBits, Routes } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { refusal, settleWithRest } from './rest-town.ts';

const idOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : '';

async function withMessage(content = 'hello') {
  const town = await settleWithRest();
  const id = idOf(await town.rest.post(Routes.channelMessages(town.text.id), { body: { content } }));
  return { ...town, id, path: Routes.channelMessage(town.text.id, id) };
}

describe('messages', () => {
  it('are sent, read, edited and deleted', async () => {
    const { rest, path, id, ada, text } = await withMessage();
    expect(ada.sees()).toMatchObject([{ id, content: 'hello', editedAt: null, ephemeral: false }]);
    expect(await rest.get(path)).toMatchObject({ id, content: 'hello' });
    await rest.patch(path, { body: { embeds: [{ title: 'now' }] } });
    expect(ada.sees()).toMatchObject([{ content: 'hello', embeds: [{ title: 'now' }], editedAt: expect.any(String) }]);
    expect(await rest.get(Routes.channelMessages(text.id))).toMatchObject([{ id }]);
    await rest.delete(path);
    expect(ada.sees()).toEqual([]);
    expect(await refusal(rest.patch(path, { body: { content: 'late' } }))).toMatchObject({ code: 10_008, status: 404 });
  });

  it('are listed newest first, as many as were asked for', async () => {
    const { rest, text } = await settleWithRest();
    for (const content of ['one', 'two', 'three'])
      await rest.post(Routes.channelMessages(text.id), { body: { content } });
    const list = (query: Record<string, string>) =>
      rest.get(Routes.channelMessages(text.id), { query: new URLSearchParams(query) });
    expect(await list({ limit: '2' })).toMatchObject([{ content: 'three' }, { content: 'two' }]);
    expect(await refusal(list({ limit: '101' }))).toMatchObject({ code: 50_035 });
  });

  it('are not sent twice under a nonce that is enforced, and are under one that is not', async () => {
    const { rest, text, ada } = await settleWithRest();
    const send = async (body: object) => idOf(await rest.post(Routes.channelMessages(text.id), { body }));
    const first = await send({ content: 'one', nonce: '7', enforce_nonce: true });
    expect(await send({ content: 'two', nonce: '7', enforce_nonce: true })).toBe(first);
    await send({ content: 'three', nonce: '7' });
    await send({ content: 'four', nonce: '8', enforce_nonce: true });
    expect(ada.sees().map(({ content }) => content)).toEqual(['one', 'three', 'four']);
  });

  it('need a channel that is there, can be seen and written to', async () => {
    const { rest, world, text, application, ada } = await settleWithRest();
    const send = () => rest.post(Routes.channelMessages(text.id), { body: { content: 'hi' } });
    const deny = (deny: bigint) =>
      world.setOverwrite(text.id, { id: application.bot.id, type: 'member', allow: 0n, deny });
    deny(PermissionFlagsBits.SendMessages);
    expect(await refusal(send())).toMatchObject({ code: 50_013, status: 403 });
    deny(PermissionFlagsBits.ViewChannel);
    expect(await refusal(send())).toMatchObject({ code: 50_001, status: 403 });
    world.deleteChannel(text.id);
    expect(await refusal(send())).toMatchObject({ code: 10_003, status: 404 });
    expect(() => ada.sees(text.id)).toThrow('there is no channel');
  });

  it('are refused with embeds without the permission to embed links, and with tts without that one', async () => {
    const { rest, world, text, application, ada, path } = await withMessage();
    const set = (allow: bigint, deny: bigint) =>
      world.setOverwrite(text.id, { id: application.bot.id, type: 'member', allow, deny });
    const send = (body: object) => rest.post(Routes.channelMessages(text.id), { body });
    const embeds = [{ title: 'a song' }];
    set(0n, PermissionFlagsBits.EmbedLinks);
    const forbidden = { code: 50_013, status: 403 };
    expect(await refusal(send({ content: 'words', embeds }))).toMatchObject(forbidden);
    expect(await refusal(rest.patch(path, { body: { embeds } }))).toMatchObject(forbidden);
    expect(await refusal(send({ content: 'words', tts: true }))).toMatchObject(forbidden);
    await send({ content: 'words', embeds: [] });
    set(PermissionFlagsBits.SendTTSMessages, 0n);
    await send({ content: 'aloud', tts: true, embeds });
    expect(ada.sees().map(({ content }) => content)).toEqual(['hello', 'words', 'aloud']);
  });

  it('of a voice channel take the permission to connect', async () => {
    const { rest, world, voice, application } = await settleWithRest();
    const send = () => rest.post(Routes.channelMessages(voice.id), { body: { content: 'hi' } });
    const path = Routes.channelMessage(voice.id, idOf(await send()));
    const deny = PermissionFlagsBits.Connect;
    world.setOverwrite(voice.id, { id: application.bot.id, type: 'member', allow: 0n, deny });
    const asks = [
      send(),
      rest.get(Routes.channelMessages(voice.id)),
      rest.get(path),
      rest.patch(path, { body: { content: 'now' } }),
      rest.delete(path),
      rest.post(Routes.channelTyping(voice.id)),
    ];
    for (const ask of asks) expect(await refusal(ask)).toMatchObject({ code: 50_001, status: 403 });
    expect(await rest.get(Routes.channel(voice.id))).toMatchObject({ id: voice.id });
  });

  it('are listed to nobody without the permission to read the history', async () => {
    const { rest, world, text, application, path } = await withMessage();
    const deny = PermissionFlagsBits.ReadMessageHistory;
    world.setOverwrite(text.id, { id: application.bot.id, type: 'member', allow: 0n, deny });
    expect(await rest.get(Routes.channelMessages(text.id))).toEqual([]);
    expect(await refusal(rest.get(path))).toMatchObject({ code: 50_013 });
  });

  it.each([
    ['poll', { question: { text: 'Which song?' } }],
    ['sticker_ids', ['1']],
    ['message_reference', { type: 1, message_id: '1' }],
  ])('with %s are a problem, for the double does not have them', async (field, value) => {
    const { rest, text, server, ada } = await settleWithRest();
    await refusal(rest.post(Routes.channelMessages(text.id), { body: { content: 'hi', [field]: value } }));
    expect(server.problems).toEqual([expect.stringContaining(`does not have messages with ${field}`)]);
    expect(ada.sees()).toEqual([]);
  });

  it('can be edited only by their author, and deleted by who may manage messages', async () => {
    const { client, world, guild, path } = await withMessage();
    const other = world.addApplication('other');
    world.addMember(guild.id, other.bot.id);
    const rest = client(other.token);
    expect(await refusal(rest.patch(path, { body: { content: 'mine' } }))).toMatchObject({ code: 50_005, status: 403 });
    expect(await refusal(rest.delete(path))).toMatchObject({ code: 50_013 });
    world.setRolePermissions(guild.id, guild.id, PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ManageMessages);
    await rest.delete(path);
  });
});

describe('mentions', () => {
  it('notify only whom allowed_mentions lets through', async () => {
    const { rest, text, ada, ben, world, guild } = await settleWithRest();
    const role = world.addRole(guild.id, 'crew', 0n);
    const content = `@everyone <@${ada.id}> <@!${ben.id}> <@&${role.id}> and \`<@${ada.id}>\``;
    const send = (body: object) => rest.post(Routes.channelMessages(text.id), { body: { content, ...body } });
    await send({});
    await send({ allowed_mentions: { parse: [] } });
    await send({ allowed_mentions: { users: [ben.id] } });
    await send({ allowed_mentions: { parse: ['roles'] } });
    expect(ada.sees().map(({ pinged }) => pinged)).toEqual([
      [ada.id, ben.id, role.id, 'everyone'],
      [],
      [ben.id],
      [role.id],
    ]);
    await send({ content: `only \`<@${ada.id}>\`` });
    expect(ada.sees().at(-1)?.pinged).toEqual([]);
  });

  it('of everyone take the permission for it', async () => {
    const { rest, text, ada, world, guild } = await settleWithRest();
    world.setRolePermissions(guild.id, guild.id, PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages);
    const sent = await rest.post(Routes.channelMessages(text.id), { body: { content: '@everyone @here' } });
    expect(sent).toMatchObject({ mention_everyone: false });
    expect(ada.sees()).toMatchObject([{ pinged: [] }]);
  });

  it('in text components count as well', async () => {
    const { rest, text, ada } = await settleWithRest();
    const components = [{ type: 10, content: `<@${ada.id}>` }];
    await rest.post(Routes.channelMessages(text.id), { body: { flags: MessageFlags.IsComponentsV2, components } });
    expect(ada.sees()).toMatchObject([{ pinged: [ada.id] }]);
  });
});
