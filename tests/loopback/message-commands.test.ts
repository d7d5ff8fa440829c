import { MessageType, PermissionFlagsBits, Routes } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import { settle, settleWithRest } from './rest-town.ts';

const PLAY_THIS = { name: 'Play this', type: 3, description: '' } as const;
const FILE = { name: 'song.mp3', bytes: Buffer.from('la') };

it('gives a command the message that it was used on, with links to its files that are good again', async () => {
  const { ada, ben, register, latest, world } = settle();
  register(PLAY_THIS);
  const message = ben.say('listen to this', { files: [FILE] });
  world.uploads.advance(2 * 24 * 60 * 60_000);
  await ada.useOn(message.id, 'Play this');
  const { data, type } = latest();
  expect({ type, data }).toMatchObject({
    type: 2,
    data: {
      name: 'Play this',
      type: 3,
      target_id: message.id,
      resolved: { messages: { [message.id]: { content: 'listen to this', author: { id: ben.id } } } },
    },
  });
  const [stale] = message.attachments;
  const fresh = JSON.stringify(data).match(/https:[^"]+/)?.[0] ?? '';
  expect(fresh).toContain(new URL(stale?.url ?? '').pathname);
  expect(world.uploads.read(new URL(stale?.url ?? ''))).toBeNull();
  expect(world.uploads.read(new URL(fresh))?.toString()).toBe('la');
});

it('has answers that point at that message', async () => {
  const { ada, ben, latest, rest, register, application } = await settleWithRest();
  register(PLAY_THIS);
  const message = ben.say('listen to this');
  const used = await ada.useOn(message.id, 'Play this');
  await rest.post(Routes.interactionCallback(used.id, latest().token), {
    body: { type: 4, data: { content: 'playing' } },
    auth: false,
  });
  await used.answered();
  expect(await rest.get(Routes.webhookMessage(application.id, latest().token), { auth: false })).toMatchObject({
    type: MessageType.ContextMenuCommand,
    message_reference: { message_id: message.id },
    referenced_message: { content: 'listen to this' },
    interaction_metadata: { target_message_id: message.id },
  });
});

it('offers only what is registered for messages, to those who may use it, on what they see', async () => {
  const { ada, ben, register, world, guild, text } = settle();
  const { id } = ben.say('hello');
  await expect(ada.useOn(id, 'Play this')).rejects.toThrow('no command "Play this" for messages is registered');
  register({ ...PLAY_THIS, type: 2 });
  await expect(ada.useOn(id, 'Play this')).rejects.toThrow('is registered');
  register(PLAY_THIS);
  await expect(ada.slash('Play this')).rejects.toThrow('no command /Play is registered');
  await expect(ada.useOn('1', 'Play this')).rejects.toThrow('sees no message 1');
  const deny = PermissionFlagsBits.UseApplicationCommands;
  world.setOverwrite(text.id, { id: guild.id, type: 'role', allow: 0n, deny });
  await expect(ada.useOn(id, 'Play this')).rejects.toThrow('ada may not use commands in #general');
});

it('lets people write what Discord would let them, and shows it to everybody', () => {
  const { ada, ben, world, guild, text } = settle();
  const first = ada.say(' hello ', { files: [FILE] });
  const reply = ben.say('hi', { replyTo: first.id });
  expect(ben.sees()).toMatchObject([
    { content: 'hello', authorId: ada.id, attachments: [{ filename: 'song.mp3', size: 2 }] },
    { content: 'hi', authorId: ben.id },
  ]);
  expect(world.messages.get(text.id)?.get(reply.id)?.message.referenced_message).toMatchObject({ id: first.id });
  expect(first.attachments[0]).not.toHaveProperty('ephemeral');
  expect(ada.say('', { files: [FILE] }).content).toBe('');

  expect(() => ada.say('  ')).toThrow('ada wrote nothing');
  expect(() => ada.say('x'.repeat(2_001))).toThrow('more than 2000');
  expect(() => ada.say('x', { files: Array.from({ length: 11 }, () => FILE) })).toThrow('more than 10 files');
  const deny = (permission: bigint) =>
    world.setOverwrite(text.id, { id: guild.id, type: 'role', allow: 0n, deny: permission });
  deny(PermissionFlagsBits.AttachFiles);
  expect(() => ada.say('x', { files: [FILE] })).toThrow('may not attach files');
  deny(PermissionFlagsBits.SendMessages);
  expect(() => ada.say('x')).toThrow('may not write in #general');
});
