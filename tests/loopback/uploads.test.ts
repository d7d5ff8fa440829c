import { MessageFlags, PermissionFlagsBits, Routes, type APIMessage } from 'discord-api-types/v10';
import { expect, it, onTestFinished } from 'vitest';
import { startCdn } from '../../loopback/cdn.ts';
import { refusal, settleWithRest } from './rest-town.ts';

async function withCdn() {
  const town = await settleWithRest();
  const cdn = await startCdn(town.world.uploads);
  onTestFinished(() => cdn.close());
  const messages = Routes.channelMessages(town.text.id);
  const hanging = async () =>
    await Promise.all(
      (town.ada.sees().at(-1)?.attachments ?? []).map(async ({ filename, url, size, description, ephemeral }) => ({
        filename,
        size,
        description,
        ephemeral,
        text: await (await fetch(url)).text(),
      })),
    );
  return { ...town, messages, hanging };
}

const file = (name: string, data: string) => ({ name, data: Buffer.from(data) });
const asMessage = (value: unknown) => value as APIMessage;

it('keeps files that came with a message, and serves them', async () => {
  const { rest, messages, hanging } = await withCdn();
  await rest.post(messages, {
    body: {
      content: 'two',
      attachments: [
        { id: 1, filename: 'b.txt' },
        { id: '0', description: 'the first' },
      ],
    },
    files: [file('one.json', '{}'), file('two.json', '"zwei"')],
  });
  expect(await hanging()).toEqual([
    { filename: 'b.txt', size: 6, text: '"zwei"', description: undefined, ephemeral: undefined },
    { filename: 'one.json', size: 2, text: '{}', description: 'the first', ephemeral: undefined },
  ]);
  // A message may be a file and nothing else, and does not need to name it.
  await rest.post(messages, { body: {}, files: [file('alone.txt', 'x')] });
  expect(await hanging()).toMatchObject([{ filename: 'alone.txt' }]);
});

it('lets an edit keep, add and take away files, by naming all that is there then', async () => {
  const { rest, messages, hanging, text } = await withCdn();
  const sent = asMessage(await rest.post(messages, { body: {}, files: [file('a.txt', 'a'), file('b.txt', 'b')] }));
  const path = Routes.channelMessage(text.id, sent.id);
  await rest.patch(path, { body: { content: 'with words' } });
  expect(await hanging()).toHaveLength(2);
  await rest.patch(path, {
    body: { attachments: [{ id: sent.attachments[1]?.id }, { id: '0' }] },
    files: [file('c.txt', 'c')],
  });
  expect((await hanging()).map(({ text }) => text)).toEqual(['b', 'c']);
  await rest.patch(path, { body: { attachments: [] } });
  expect(await hanging()).toEqual([]);
});

it('gives a file in an answer to the one person who sees that', async () => {
  const { rest, register, ada, ben, latest, application, hanging } = await withCdn();
  register({ name: 'export' });
  const interaction = await ada.slash('export');
  const { id, token } = latest();
  await rest.post(Routes.interactionCallback(id, token), {
    auth: false,
    body: { type: 5, data: { flags: MessageFlags.Ephemeral } },
  });
  await rest.patch(Routes.webhookMessage(application.id, token), {
    auth: false,
    body: { content: 'here', attachments: [{ id: '0' }] },
    files: [file('list.json', '[]')],
  });
  expect((await interaction.answered()).attachments[0]?.url).toContain(`/ephemeral-attachments/${application.id}/`);
  expect(await hanging()).toMatchObject([{ filename: 'list.json', text: '[]', ephemeral: true }]);
  expect(ben.sees()).toEqual([]);
});

it('refuses more than ten files, and those of a bot that may not attach any', async () => {
  const { rest, messages, world, text, application } = await withCdn();
  const eleven = Array.from({ length: 11 }, (_, n) => file(`${n}.txt`, 'x'));
  expect(await refusal(rest.post(messages, { body: {}, files: eleven }))).toMatchObject({ code: 30_015 });
  const deny = PermissionFlagsBits.AttachFiles;
  world.setOverwrite(text.id, { id: application.bot.id, type: 'member', allow: 0n, deny });
  expect(await refusal(rest.post(messages, { body: {}, files: eleven.slice(0, 1) }))).toMatchObject({ code: 50_013 });
});

it('owns up to what it does not have: files that are not named, and names without a file', async () => {
  const { rest, messages, server } = await withCdn();
  const files = [file('a.txt', 'a')];
  await refusal(rest.post(messages, { body: { attachments: [] }, files }));
  await refusal(rest.post(messages, { body: { attachments: [{ id: '7' }] } }));
  expect(server.problems).toEqual([
    'POST /channels/:channel/messages: the double does not have files that their message does not name',
    'POST /channels/:channel/messages: the double does not have attachments of which there is no file (7)',
  ]);
});
