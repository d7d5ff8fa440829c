import { until } from '../../loopback/until.ts';
import { LONGEST_WAIT_MS } from '../../src/discord/posted-notice.ts';
import { judgeTelling } from './incidents.ts';
import { op4InLastMinute } from './invariants.ts';
import type { Room } from './room.ts';
import type { Scene } from './scene.ts';

const REST_MS = 40_000;
const ANSWER_MS = 30_000;
/** What Discord did not take is said again after a wait, and then takes its time on a busy machine. */
const TELLING_MS = LONGEST_WAIT_MS + 5_000;
const SONG_MS = 40_000;
const STARTED = /^Playing/;
/** Op 4 that a guild may have sent in the last minute and still be asked to join and to leave. */
const FRESH = 2;

/** Everybody sends the bot away and goes home. Resolves when it is in no voice channel any more, with what is wrong. */
export async function comeToRest(scene: Scene): Promise<string[]> {
  const { loopback, rooms } = scene;
  const isOnline = () => loopback.gateway.sessions.some(({ attached }) => attached);
  const isOut = () =>
    rooms.every(({ botChannelId }) => botChannelId === null) && loopback.voice.sessions().length === 0;
  try {
    await until('the bot to be connected', isOnline, REST_MS);
    for (const room of rooms) room.enter();
    await Promise.all(rooms.map((room) => room.insist('leave', ANSWER_MS)));
    for (const room of rooms) room.empty();
    await until('the bot to be out of voice', isOut, REST_MS);
    return await toldWell(scene);
  } catch (error) {
    const there = rooms.filter(({ botChannelId }) => botChannelId !== null).map(({ number }) => `guild ${number}`);
    const open = loopback.voice.sessions().map(({ guildId, status }) => `${status} in ${guildId}`);
    return [`${String(error)}; it is in: ${[...there, ...open].join(', ')}`];
  }
}

/** What is wrong with what people were told of incidents, once that has had the time to arrive. */
async function toldWell({ rooms, log }: Scene): Promise<string[]> {
  const wrong = () => rooms.flatMap(({ guild, told }) => judgeTelling(guild.id, log.incidents, told));
  await until('every incident to be over and told', () => wrong().length === 0, TELLING_MS).catch(() => undefined);
  return wrong();
}

/** The bot answers and plays a song whole: in a new guild, and in those that may still join in this minute. */
export async function proveHealth(scene: Scene): Promise<string[]> {
  const { sent } = scene.loopback.gateway;
  const able = scene.rooms.filter(({ guild }) => op4InLastMinute(sent.list(4, guild.id), performance.now()) <= FRESH);
  able.push(scene.addRoom());
  for (const room of able) room.enter();
  const proofs = await Promise.allSettled(able.map((room) => playWhole(scene, room)));
  return proofs.flatMap((proof) => (proof.status === 'rejected' ? [String(proof.reason)] : []));
}

async function playWhole(scene: Scene, room: Room): Promise<void> {
  await room.insist('voicestatus', ANSWER_MS);
  // What the guild still had in its queue would come first; told or not, the queue is empty then.
  await room.insist('stop', ANSWER_MS);
  await room.insist('volume', ANSWER_MS, { options: { level: 100 } });
  await room.insist('loop', ANSWER_MS, { options: { mode: 'off' } });
  const url = scene.songUrl(0);
  const name = url.slice(url.lastIndexOf('/') + 1);
  room.hearing.expectCut();
  await room.insist('play', ANSWER_MS, { options: { query: url }, like: STARTED });
  const wrong: string[] = [];
  const heardWhole = () => {
    wrong.push(...room.listen());
    return wrong.length > 0 || room.hearing.run >= scene.songs.length(name) - 1;
  };
  await until(`guild ${room.number} to hear ${name} whole`, heardWhole, SONG_MS);
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}
