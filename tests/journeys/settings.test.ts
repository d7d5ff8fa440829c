import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import type { Person } from '../../loopback/people.ts';
import { SETTING_NAMES } from '../../src/settings/guild-settings.ts';
import { ask, setStage } from './stage.ts';

/** A bot in a server that Ada manages, with a role of DJs. */
async function managed() {
  const stage = await setStage();
  const { loopback } = stage;
  const { world, guild } = loopback;
  const [ada, ben, cleo] = [loopback.user('ada'), loopback.user('ben'), loopback.user('cleo')];
  guild.members.get(ada.id)?.roles.push(world.addRole(guild.id, 'staff', PermissionFlagsBits.ManageGuild).id);
  const djs = world.addRole(guild.id, 'Plattenleger', 0n);
  const channelId = (name: string) => [...guild.channels.values()].find((one) => one.name === name)?.id ?? '';
  const song = await stage.song('song.webm');
  const bot = await stage.startBot();
  return { stage, loopback, guild, bot, song, ada, ben, cleo, djs, channelId };
}

const view = async (person: Person) => (await ask(person, 'settings view')).embeds[0]?.description ?? '';
const defaultsIn = (shown: string) => shown.split('(the default)').length - 1;

it('shows every setting with its meaning and that it is the default, sets each and takes each back, and keeps them', async () => {
  const { stage, bot, ada, ben, djs, channelId } = await managed();
  const fresh = await view(ada);
  for (const title of [
    'DJ role',
    'Vote to skip',
    'Tracks per person',
    'Channels for',
    'Blocked people',
    'Blocked words',
  ])
    expect(fresh).toContain(`**${title}`);
  expect(defaultsIn(fresh)).toBe(SETTING_NAMES.length);

  const said = async (words: string, options: Record<string, string | number>) => {
    const answer = await ask(ada, `settings ${words}`, options);
    expect(answer.ephemeral).toBe(true);
    expect(answer.pinged).toEqual([]);
    return answer.content;
  };
  expect(await said('dj', { role: djs.id })).toBe(`**DJ role**: <@&${djs.id}>.`);
  expect(await said('vote', { percent: 50 })).toBe('**Vote to skip**: 50 %.');
  expect(await said('limit', { tracks: 3 })).toBe('**Tracks per person**: 3.');
  expect(await said('channels', { add: channelId('Studio') })).toContain(`<#${channelId('Studio')}>`);
  expect(await said('users', { block: ben.id })).toBe(`**Blocked people**: <@${ben.id}>.`);
  expect(await said('words', { block: 'Baby Shark' })).toBe('**Blocked words**: “baby shark”.');
  expect(await said('words', { block: '!!!' })).toBe('A word has letters or digits.');
  expect(await said('users', {})).toBe('Say what comes into the list, or goes.');

  const changes = bot
    .log()
    .split('\n')
    .filter((line) => line.includes('a setting was changed'));
  expect(changes).toHaveLength(6);
  expect(changes[0]).toContain(
    `"guild_id":"${stage.loopback.guild.id}","user":"${ada.id}","field":"djRole","old":null`,
  );

  await bot.stop();
  await stage.startBot();
  expect(defaultsIn(await view(ada))).toBe(SETTING_NAMES.length - 6);
  for (const setting of ['djRole', 'voteRatio', 'tracksPerPerson', 'allowedChannels', 'blockedUsers', 'blockedWords'])
    await said('reset', { setting });
  expect(await view(ada)).toBe(fresh);
});

it('does nothing for somebody who is blocked, and nothing outside the channels that the server chose', async () => {
  const { ada, ben, cleo, channelId } = await managed();
  await ask(ada, 'settings users', { block: ben.id });
  const refusal = await ask(ben, 'queue');
  expect(refusal.ephemeral).toBe(true);
  expect(refusal.content).toContain('in this server I may do nothing for you');
  expect((await ask(cleo, 'queue')).ephemeral).toBe(false);

  await ask(ada, 'settings channels', { add: channelId('Studio') });
  const elsewhere = await ask(cleo, 'queue');
  expect(elsewhere).toMatchObject({
    ephemeral: true,
    content: `I take commands in <#${channelId('Studio')}> here. Try again there.`,
  });
  // Who manages the server is never kept out of what keeps everybody out.
  await ask(ada, 'settings channels', { remove: channelId('Studio') });
  await ask(ada, 'settings users', { unblock: ben.id });
  expect((await ask(ben, 'queue')).ephemeral).toBe(false);
});

it('plays nothing whose query or title the server does not want, and no more of one person than it allows', async () => {
  const { ada, ben, song } = await managed();
  ben.join('Lounge');
  await ask(ada, 'settings words', { block: 'webm' });
  const query = await ask(ben, 'play', { query: song.url });
  expect(query).toMatchObject({ ephemeral: true, content: expect.stringContaining('does not want "webm"') as string });
  await ask(ada, 'settings words', { block: 'long note', unblock: 'webm' });
  expect((await ask(ben, 'play', { query: song.url })).content).toContain('does not want "long note"');
  await ask(ada, 'settings reset', { setting: 'blockedWords' });

  await ask(ada, 'settings limit', { tracks: 2 });
  for (let n = 0; n < 2; n += 1) expect((await ask(ben, 'play', { query: song.url })).ephemeral).toBe(false);
  const third = await ask(ben, 'play', { query: song.url });
  expect(third).toMatchObject({ ephemeral: true, content: expect.stringContaining('already have 2 tracks') as string });
});
