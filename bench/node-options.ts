import manifest from '../package.json' with { type: 'json' };

/** What a command line of npm tells Node, as NODE_OPTIONS; without the file of settings, which belongs to one bot alone. */
export function nodeOptionsOf(command: string): string {
  const flags = command.split(' ').filter((word) => word.startsWith('--') && !word.startsWith('--env-file'));
  return flags.join(' ');
}

/** What `npm start` tells Node: a bot that is measured has the limits of memory of one that is in use. */
export const START_OPTIONS = nodeOptionsOf(manifest.scripts.start);
