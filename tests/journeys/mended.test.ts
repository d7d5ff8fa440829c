import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import type { Person, SeenMessage } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

/** A bot that plays to Ada in the Lounge, and cools down after a single try that failed. */
async function playing() {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot({ VOICE_RECONNECT_ATTEMPTS: '1', VOICE_COOLDOWNS_S: '30' });
  const [ada, boss] = [loopback.user('ada'), loopback.user('boss')];
  const staff = loopback.world.addRole(loopback.guild.id, 'staff', PermissionFlagsBits.ManageGuild);
  loopback.guild.members.get(boss.id)?.roles.push(staff.id);
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(50, 20_000);
  const heard = () => stage.match('ada', song);
  return { stage, loopback, song, ada, boss, heard };
}

const figuresOf = ({ embeds }: SeenMessage) =>
  Object.fromEntries((embeds[0]?.fields ?? []).map(({ name, value }) => [name, value]));

async function press(person: Person, message: SeenMessage, customId: string): Promise<SeenMessage> {
  return await (await person.press(message.id, customId)).answered();
}

it('cools down, says so, and comes back at once when a manager presses "Retry now", and for nobody else', async () => {
  const { loopback, ada, boss, heard } = await playing();
  const { guild } = loopback;
  const refusing = loopback.faults.throw('refuse-voice', { code: 4006 });
  loopback.faults.throw('close-voice', { guildId: guild.id, code: 4006 });
  const told = await sees(ada, 'that it cools down', ({ content }) => content.includes('cooling down'));
  expect(told.content).toMatch(
    /^🔌 The voice session is no longer valid \(4006\): cooling down, next try <t:\d+:R>\.$/,
  );
  refusing.lift();
  const before = heard().matched.length;

  const status = await ask(ada, 'voicestatus');
  expect(status.embeds[0]?.title).toBe('Voice: RETRYING');
  expect(status.embeds[0]?.description).toMatch(/\*\*4006 session no longer valid\*\*.* not settled yet/);
  expect(figuresOf(status)['Next try']).toMatch(/^<t:\d+:R>, after a cool-down$/);
  const refused = await press(ada, status, 'do:retry');
  expect(refused).toMatchObject({ ephemeral: true, content: expect.stringContaining('"Manage Server"') });
  expect(heard().matched.length).toBe(before);

  const answer = await press(boss, await ask(boss, 'voicestatus'), 'do:retry');
  expect(answer.content).toContain('goes on where it was');
  await until('the song to go on', () => heard().matched.length > before + 50, 20_000);
  expect(heard().repeats).toEqual([]);
  const last = await sees(ada, 'that it is back', ({ content }) => content.includes('back after'));
  expect(last.id).toBe(told.id);
});

it('makes a connection anew that is in order, and the song goes on', async () => {
  const { ada, boss, heard } = await playing();
  const status = await ask(ada, 'voicestatus');
  expect(status.embeds[0]?.title).toBe('Voice: STABLE');
  expect(figuresOf(status)['End-to-end encryption']).toMatch(/^on \(DAVE 1\)\nPrivacy code `(\d{5} ?){6}`$/);
  expect(figuresOf(status)['Joins']).toBe('1');
  const before = heard().matched.length;

  expect((await press(boss, await ask(boss, 'voicestatus'), 'do:reconnect')).content).toContain('goes on where it was');

  await until('the song to go on', () => heard().matched.length > before + 50, 20_000);
  expect(figuresOf(await ask(ada, 'voicestatus'))['Joins']).toBe('2');
  expect(heard().repeats).toEqual([]);
});

it('has nothing to mend where it is in no channel', async () => {
  const { ada, boss } = await playing();
  await ask(ada, 'leave');
  const answer = await ask(boss, 'reconnect');
  expect(answer).toMatchObject({
    ephemeral: true,
    content: 'I am in no voice channel. Use /play to start something.',
  });
});
