import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { ALL_PERMISSIONS, permissionsIn } from '../../loopback/permissions.ts';
import type { WorldOverwrite } from '../../loopback/world.ts';
import { settle } from './rest-town.ts';

/** What ada may do in a channel with these overwrites, where everyone may view and a role of hers may send. */
function judge(overwrites: (ids: { everyone: string; role: string; other: string; ada: string }) => WorldOverwrite[]) {
  const { world, guild, text, ada } = settle();
  world.setRolePermissions(guild.id, guild.id, P.ViewChannel);
  const role = world.addRole(guild.id, 'singer', P.SendMessages);
  const other = world.addRole(guild.id, 'dancer', 0n);
  world.addMember(guild.id, ada.id, [role.id, other.id]);
  for (const overwrite of overwrites({ everyone: guild.id, role: role.id, other: other.id, ada: ada.id })) {
    world.setOverwrite(text.id, overwrite);
  }
  return permissionsIn(guild, text, ada.id);
}

const overwrite = (id: string, allow: bigint, deny: bigint, type: WorldOverwrite['type'] = 'role') => ({
  id,
  type,
  allow,
  deny,
});

describe('permissions in a channel', () => {
  it('are those of everyone and of the roles together', () => {
    expect(judge(() => [])).toBe(P.ViewChannel | P.SendMessages);
  });

  it('can be taken from everyone and given back to a role', () => {
    expect(judge(({ everyone }) => [overwrite(everyone, 0n, P.ViewChannel)])).toBe(0n);
    const back = judge(({ everyone, role }) => [
      overwrite(role, P.ViewChannel, 0n),
      overwrite(everyone, 0n, P.ViewChannel),
    ]);
    expect(back).toBe(P.ViewChannel | P.SendMessages);
  });

  it('are allowed when one role allows what another denies', () => {
    const both = judge(({ role, other }) => [overwrite(role, P.Connect, 0n), overwrite(other, 0n, P.Connect)]);
    expect(both & P.Connect).toBe(P.Connect);
  });

  it('end with what a denied permission denies with it', () => {
    const speech = P.EmbedLinks | P.AttachFiles | P.MentionEveryone | P.SendTTSMessages;
    const given = judge(({ role }) => [overwrite(role, speech | P.ReadMessageHistory, 0n)]);
    expect(given & speech).toBe(speech);
    const silenced = judge(({ role, ada }) => [
      overwrite(role, speech | P.ReadMessageHistory, 0n),
      overwrite(ada, 0n, P.SendMessages, 'member'),
    ]);
    expect(silenced).toBe(P.ViewChannel | P.ReadMessageHistory);
  });

  it('are decided at last by the overwrite of the member', () => {
    const own = judge(({ role, ada }) => [
      overwrite(role, P.Connect, 0n),
      overwrite(ada, P.Speak, P.Connect, 'member'),
    ]);
    expect(own).toBe(P.ViewChannel | P.SendMessages | P.Speak);
  });

  it('are all there for owners and administrators, and none for strangers', () => {
    const { world, guild, text, ada } = settle();
    world.setOverwrite(text.id, overwrite(guild.id, 0n, ALL_PERMISSIONS));
    expect(permissionsIn(guild, text, guild.ownerId)).toBe(ALL_PERMISSIONS);
    expect(permissionsIn(guild, text, ada.id)).toBe(0n);
    world.addMember(guild.id, ada.id, [world.addRole(guild.id, 'admin', P.Administrator).id]);
    expect(permissionsIn(guild, text, ada.id)).toBe(ALL_PERMISSIONS);
    expect(permissionsIn(guild, text, world.addUser('stranger').id)).toBe(0n);
  });
});
