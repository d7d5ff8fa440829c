import type { MessageCommand } from '../command.ts';
import { wishesIn } from '../wishes/in-message.ts';
import { playAll } from '../wishes/play-all.ts';

/** What is written in the channel for requests: its links and files are played, or it is words to search for. As /play by who wrote it. */
export const request: Pick<MessageCommand, 'needs' | 'run'> = {
  needs: 'join-voice-channel',
  async run(context, message, services) {
    const wishes = wishesIn(message);
    return await playAll(wishes.length > 0 ? wishes : [{ kind: 'query', text: message.content }], context, services);
  },
};
