import { ApplicationCommandType, ContextMenuCommandBuilder } from 'discord.js';
import { TenutoError } from '../../lib/errors.ts';
import type { MessageCommand } from '../command.ts';
import { wishesIn } from '../wishes/in-message.ts';
import { MOST_WISHES, playAll } from '../wishes/play-all.ts';

export const playThis: MessageCommand = {
  data: new ContextMenuCommandBuilder().setName('Play this').setType(ApplicationCommandType.Message),
  description: `Play the links and sound files of a message, at most ${MOST_WISHES}`,
  needs: 'join-voice-channel',
  async run(context, message, services) {
    const wishes = wishesIn(message);
    if (wishes.length === 0) throw new TenutoError('BAD_OPTION', 'There is no link and no sound file in that message.');
    return await playAll(wishes, context, services);
  },
};
