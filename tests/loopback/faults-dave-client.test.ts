import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as inDirectory } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Loopback } from '../../loopback/index.ts';
import { join, loggedIn } from './discordjs-client.ts';
import { noise, play } from './voice-client.ts';

let directory = '';
let song = '';
beforeAll(async () => {
  directory = await mkdtemp(inDirectory(tmpdir(), 'loopback-dave-'));
  song = await noise(directory, 60);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Each of them hears half a second more of the song, encrypted or not. */
async function heardBy(loopback: Loopback, names: readonly string[], dave: boolean): Promise<void> {
  const hearing = names.map((name) => {
    const from = loopback.ears(name).packets.length;
    const fits = (packets: readonly { readonly dave: boolean }[]) =>
      packets.slice(from).filter((packet) => packet.dave === dave).length >= 25;
    return loopback.ears(name).waitFor(fits, 20_000);
  });
  await Promise.all(hearing);
}

/** An unmodified client that plays to two people, with clean records at the end. */
async function playing() {
  const scene = await loggedIn();
  const { loopback } = scene;
  for (const name of ['ada', 'bob']) loopback.user(name).join('Lounge');
  const connection = await join(scene);
  const player = await play(connection, song);
  await heardBy(loopback, ['ada', 'bob'], true);
  return { loopback, guildId: loopback.guild.id, player, connection };
}

it.each([
  ['bad-commit', { what: 'garbage' }],
  ['bad-commit', { what: 'other-group' }],
  ['bad-welcome', { what: 'other-group' }],
  ['reset-epoch', {}],
  ['crowd', { people: 5 }],
  ['prepare-without-execute', { version: 1 }],
  ['execute-unknown', {}],
  ['unknown-binary', {}],
  ['empty-member-list', {}],
] as const)('an unmodified client is heard again after %s %o', async (name, params) => {
  const { loopback, guildId, player, connection } = await playing();
  loopback.faults.throwByName(name, { guildId, ...params });
  await heardBy(loopback, ['ada', 'bob'], true);
  loopback.faults.liftAll();
  loopback.user('cy').join('Lounge');
  await heardBy(loopback, ['ada', 'bob', 'cy'], true);
  player.stop(true);
  connection.destroy();
});

it('an unmodified client goes down to no encryption and up again', async () => {
  const { loopback, guildId, player, connection } = await playing();
  const down = loopback.faults.throw('dave-downgrade', { guildId });
  loopback.user('cy').join('Lounge');
  await heardBy(loopback, ['ada', 'bob', 'cy'], false);
  down.lift();
  await heardBy(loopback, ['ada', 'bob', 'cy'], true);
  expect(player.state.status).toBe('playing');
  player.stop(true);
  connection.destroy();
});

it('an unmodified client that comes during a downgrade is encrypted when it is over', async () => {
  const scene = await loggedIn();
  const { loopback } = scene;
  loopback.user('ada').join('Lounge');
  const first = await join(scene);
  const down = loopback.faults.throw('dave-downgrade', { guildId: loopback.guild.id });
  first.rejoin();
  const player = await play(first, song);
  await heardBy(loopback, ['ada'], false);
  down.lift();
  await heardBy(loopback, ['ada'], true);
  player.stop(true);
  first.destroy();
});
