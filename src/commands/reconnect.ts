import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';

/** Skips every wait but one: what Discord takes from a server in a minute is kept, and beyond it the answer is how long. */
export const reconnect: Command = {
  data: new SlashCommandBuilder()
    .setName('reconnect')
    .setDescription('Make the voice connection anew now, past a cool-down and the wait between two tries'),
  needs: 'manage-voice',
  ephemeral: true,
  async run({ guildId }, { voice }) {
    await voice.reconnect(guildId);
    return 'The voice connection is new, and the music goes on where it was.';
  },
};

/** What "Retry now" does: nothing to a connection that has come back by itself since the button was shown. */
export const retry: Pick<Command, 'needs' | 'run'> = {
  needs: reconnect.needs,
  async run(context, services) {
    if (services.voice.state(context.guildId).status === 'ready') return 'I am back already.';
    return await reconnect.run(context, services);
  },
};
