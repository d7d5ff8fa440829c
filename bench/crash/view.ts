import type { SeenMessage } from '../../loopback/people.ts';
import type { Seen } from './seen.ts';
import type { World } from './world.ts';

/** Types a command and resolves with the answer. */
export type Ask = (command: string, options?: Readonly<Record<string, number>>) => Promise<SeenMessage>;

const NOW = /^Now: \*\*(.+?)\*\*/;
const LINE = /^\d+\\\. (.+) \(/;
const FOOTER = /^Page \d+\/(\d+)/;
const REPEATING = /repeating the (track|queue)/;
const FILTERS = /^On: (.+)\.$/;
const VOLUME = /The volume is (\d+) %/;

/** Reads the whole queue as people do, page by page. */
export async function lookAtQueue(ask: Ask): Promise<Seen> {
  const first = await ask('queue');
  const [embed] = first.embeds;
  if (embed === undefined) return { current: null, upcoming: [] };
  const pages = Number(FOOTER.exec(embed.footer?.text ?? '')?.[1] ?? 1);
  const texts = [embed.description ?? ''];
  for (let page = 2; page <= pages; page += 1) {
    const { embeds } = await ask('queue', { page });
    texts.push(embeds[0]?.description ?? '');
  }
  const lines = texts.join('\n').split('\n');
  const repeated = REPEATING.exec(embed.footer?.text ?? '')?.[1];
  return {
    current: lines.map((line) => NOW.exec(line)?.[1]).find(Boolean) ?? null,
    upcoming: lines.flatMap((line) => LINE.exec(line)?.[1] ?? []),
    loop: (repeated ?? 'off') as World['loop'],
  };
}

/** Everything that people can read, the display with it; `sees` is what stands in the text channel, oldest first. */
export async function lookAtAll(ask: Ask, sees: () => readonly SeenMessage[]): Promise<Seen> {
  const queue = await lookAtQueue(ask);
  if (queue.current === null) return queue;
  const volume = VOLUME.exec((await ask('volume')).content)?.[1];
  const filters = FILTERS.exec((await ask('filter')).content)?.[1] ?? '';
  await ask('nowplaying');
  const display = sees().findLast(({ embeds }) => embeds[0]?.author !== undefined);
  const heading = display?.embeds[0]?.author?.name;
  return {
    ...queue,
    current:
      display?.embeds[0]?.title === queue.current
        ? queue.current
        : `two things: the display says ${display?.embeds[0]?.title}`,
    filters,
    ...(volume !== undefined && { volume: Number(volume) }),
    // While the sound is on its way it says so, and not whether it is paused.
    ...((heading === 'Paused' || heading === 'Now playing') && { paused: heading === 'Paused' }),
  };
}
