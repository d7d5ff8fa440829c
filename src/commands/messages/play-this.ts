import { ApplicationCommandType, ContextMenuCommandBuilder } from 'discord.js';
import { TenutoError } from '../../lib/errors.ts';
import type { MessageCommand } from '../command.ts';
import { countOf, enqueueAll } from '../wishes/enqueue-all.ts';
import { wishesIn } from '../wishes/in-message.ts';
import { addedInWords, songs } from '../words/added.ts';
import { unheard } from '../words/track.ts';

/** As many as one message may reasonably hold; each may take seconds to look up. */
const MOST = 10;

export const playThis: MessageCommand = {
  data: new ContextMenuCommandBuilder().setName('Play this').setType(ApplicationCommandType.Message),
  description: `Play the links and sound files of a message, at most ${MOST}`,
  needs: 'join-voice-channel',
  async run(context, message, services) {
    const wishes = wishesIn(message);
    if (wishes.length === 0) throw new TenutoError('BAD_OPTION', 'There is no link and no sound file in that message.');
    const { added, failures } = await enqueueAll(wishes.slice(0, MOST), context, services);
    const playback = services.players.playback(context.guildId);
    const [only] = added;
    if (only && wishes.length === 1) return addedInWords(only, playback);
    const [first] = failures;
    const leftOut = first ? ` Left out ${failures.length}: ${first.say}` : '';
    const tooMany = wishes.length > MOST ? ` I take no more than ${MOST} from one message.` : '';
    return `Added ${songs(countOf(added))} from that message.${unheard(playback)}${leftOut}${tooMany}`;
  },
};
