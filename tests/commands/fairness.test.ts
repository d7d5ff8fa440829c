import { expect, it } from 'vitest';
import { remove } from '../../src/commands/remove.ts';
import { skip } from '../../src/commands/skip.ts';
import type { GuildSettings } from '../../src/settings/guild-settings.ts';
import { entry, playback } from './fixtures/music.ts';
import { context, services } from './fixtures/services.ts';

/** Who asked for what plays and for the two behind it: `me` is the person who asks now. */
const queue = (...who: readonly ('me' | 'other')[]) => {
  const [current, ...upcoming] = who.map((one, index) => ({
    ...entry(String(index + 1)),
    requestedBy: one === 'me' ? '42' : '43',
  }));
  return playback({ entry: current ?? null, upcoming });
};
const present = ['42', '43', '44'];
const DJS = { djRole: '81384788765712384' };
const VOTES = { voteRatio: 50 };

it.each<[string, Partial<GuildSettings>, boolean, readonly ('me' | 'other')[], object, string]>([
  // who decides, the settings, is a DJ, whose tracks, the options, what comes of it
  ['everybody, where nothing is set', {}, false, ['other'], {}, 'skip G 1'],
  ['everybody, also about several', {}, false, ['other', 'other'], { amount: 2 }, 'skip G 2'],
  ['a DJ', DJS, true, ['other'], {}, 'skip G 1'],
  ['a DJ, where others vote', VOTES, true, ['other'], {}, 'skip G 1'],
  ['the requester, where there are DJs', DJS, false, ['me'], {}, 'skip G 1 while 1'],
  ['the requester, where others vote', VOTES, false, ['me'], {}, 'skip G 1 while 1'],
  ['the requester of all of them', DJS, false, ['me', 'me', 'other'], { amount: 2 }, 'skip G 2 while 1'],
  ['the requester of all before that place', DJS, false, ['me', 'me', 'other'], { to: 2 }, 'jump G 2'],
  ['not the requester of the first of them', DJS, false, ['me', 'other'], { amount: 2 }, 'NOT_A_DJ'],
  ['not the requester of what is passed over', DJS, false, ['me', 'other', 'me'], { to: 2 }, 'NOT_A_DJ'],
  ['nobody but DJs', DJS, false, ['other'], {}, 'NOT_A_DJ'],
  ['those who listen, by their votes', VOTES, false, ['other'], {}, '1 of 2 votes to skip. /skip adds yours.'],
  [
    'those who listen, also where there are DJs',
    { ...DJS, ...VOTES },
    false,
    ['other'],
    {},
    '1 of 2 votes to skip. /skip adds yours.',
  ],
  ['nobody by a vote about several', VOTES, false, ['other', 'other'], { amount: 2 }, 'NOT_A_DJ'],
  ['nobody by a vote about a place', VOTES, false, ['other', 'other', 'me'], { to: 2 }, 'NOT_A_DJ'],
])('a skip is decided by %s', async (_who, settings, isDj, whose, options, outcome) => {
  const { services: parts, asked } = services({ settings, playback: queue(...whose), next: null });
  const run = skip.run(context({ ...options }, { isDj, present }), parts);
  const said = await run.catch((error: unknown) => (error as { code: string }).code);
  expect(asked[0] ?? said).toBe(outcome);
});

it('skips with the last vote that is needed', async () => {
  const { services: parts, asked } = services({ settings: VOTES, playback: queue('other') });
  for (const userId of ['44', '42']) await skip.run(context({}, { userId, present }), parts);
  expect(asked).toEqual(['skip G 1 while 1']);
});

it.each<[string, Partial<GuildSettings>, boolean, object, string]>([
  ['everybody everything, where nothing is set', {}, false, { position: 1, to: 2 }, 'remove'],
  ['a DJ everything', DJS, true, { position: 1, to: 2 }, 'remove'],
  ['everybody their own', DJS, false, { position: 1 }, 'remove'],
  ['nobody a row with another’s in it', DJS, false, { position: 1, to: 2 }, 'NOT_YOURS'],
  ['everybody all of their own', DJS, false, { user: '42' }, 'remove'],
  ['nobody all of somebody else', DJS, false, { user: '43' }, 'NOT_YOURS'],
  ['nobody what stands there twice', DJS, false, { duplicates: true }, 'NOT_YOURS'],
])('lets %s be taken out', async (_what, settings, isDj, options, outcome) => {
  const { services: parts, asked } = services({ settings, playback: queue('other', 'me', 'other') });
  const run = remove.run(context({ ...options }, { isDj }), parts);
  const refused = await run.then(
    () => null,
    (error: unknown) => (error as { code: string }).code,
  );
  expect(refused ?? asked[0]?.split(' ')[0]).toBe(outcome);
});
