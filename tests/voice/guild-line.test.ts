import { Readable } from 'node:stream';
import '../../src/voice/sodium-bridge.ts';
import { AudioPlayerStatus, createAudioPlayer, createAudioResource, StreamType } from '@discordjs/voice';
import { afterEach, expect, it } from 'vitest';
import { GuildLine } from '../../src/voice/guild-line.ts';
import type { VoiceLink } from '../../src/voice/voice-link.ts';
import { counting, frame } from './stage.ts';

const player = createAudioPlayer();
afterEach(() => void player.stop(true));

/** A line with a player, over a link that notes which frames it is given to let leave first. */
function scene() {
  const given: (readonly Buffer[])[] = [];
  const link = {
    play: (_player: unknown, unsent: readonly Buffer[]) => void given.push(unsent),
    silence: () => [],
    close: () => undefined,
    evidence: { framesSent: 0 },
  };
  const line = new GuildLine();
  line.use(link as unknown as VoiceLink);
  line.attach(player);
  return { line, given: () => given.flat() };
}

/** Whose first frames are there. */
function piece() {
  const resource = createAudioResource(Readable.from(counting(0, 5).map((index) => frame(index))), {
    inputType: StreamType.Opus,
  });
  resource.started = true;
  return new Promise<typeof resource>((resolve) => {
    resource.playStream.once('readable', () => resolve(resource));
  });
}

it('hands the first frame of a piece over at once, and the rest to the clock of the player', async () => {
  const { line, given } = scene();
  line.hear();
  const resource = await piece();
  player.play(resource);
  expect(given()).toEqual([frame(0)]);
  expect(resource.read()).toEqual(frame(1));
});

it('takes no frame of a piece that is held from its start, or that nobody can hear yet', async () => {
  const { line, given } = scene();
  player.play(await piece());
  player.stop(true);
  expect(given()).toEqual([]);

  line.hear();
  const hold = () => void (player.state.status === AudioPlayerStatus.Playing && player.pause());
  player.prependListener('stateChange', hold);
  const held = await piece();
  player.play(held);
  player.off('stateChange', hold);
  expect(given()).toEqual([]);
  expect(held.read()).toEqual(frame(0));
});
