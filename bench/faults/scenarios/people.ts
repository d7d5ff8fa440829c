import { closes, endsIn, fault, GUILD, LOUNGE, moved, playsOn, STUDIO, type Act, type Scenario } from '../scenario.ts';

const KICKED = /disconnect/i;
const ADA_FOLLOWS: Act = { person: 'ada', does: 'move', where: 'Studio' };

export const PEOPLE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'disconnected by a moderator',
    family: 'people',
    steps: [fault('kick', { guildId: GUILD })],
    expects: endsIn('stays out', 1, KICKED),
  },
  {
    name: 'disconnected by a moderator while it rejoins',
    family: 'people',
    steps: [fault('slow-voice-join', { ms: 400 }), closes(4006), fault('kick', { guildId: GUILD }, { atMs: 200 })],
    expects: endsIn('stays out', 2, KICKED),
  },
  {
    name: 'moved with its listener',
    family: 'people',
    steps: [fault('move', { guildId: GUILD, channelId: STUDIO }), ADA_FOLLOWS],
    expects: moved(500, 0),
  },
  {
    name: 'moved, and back',
    family: 'people',
    steps: [
      fault('move', { guildId: GUILD, channelId: STUDIO }),
      ADA_FOLLOWS,
      fault('move', { guildId: GUILD, channelId: LOUNGE }, { atMs: 700 }),
      { person: 'ada', does: 'move', where: 'Lounge', atMs: 700 },
    ],
    expects: playsOn(500, 0),
  },
  {
    name: 'muted by a moderator',
    family: 'people',
    steps: [fault('server-mute', { guildId: GUILD })],
    expects: endsIn('silenced', 0, /muted/i),
  },
  {
    name: 'muted by a moderator for 1.5 s',
    family: 'people',
    steps: [fault('server-mute', { guildId: GUILD }, { forMs: 1_500 })],
    expects: { ...playsOn(2_500, 0, /muted/i), lost: 80 },
  },
  {
    name: 'its channel is deleted',
    family: 'people',
    steps: [fault('delete-channel', { channelId: LOUNGE })],
    expects: endsIn('stays out', 1, /deleted/i),
  },
  {
    name: 'removed from the guild',
    family: 'people',
    steps: [fault('remove-bot', { guildId: GUILD })],
    expects: endsIn('guild gone', 0, null),
  },
  {
    name: 'the guild is deleted',
    family: 'people',
    steps: [fault('remove-guild', { guildId: GUILD })],
    expects: endsIn('guild gone', 0, null),
  },
  {
    name: 'the guild is unavailable for 2 s',
    family: 'people',
    steps: [fault('guild-unavailable', { guildId: GUILD }, { forMs: 2_000 })],
    expects: playsOn(500, 0),
  },
  {
    name: 'Ben comes and goes',
    family: 'DAVE',
    steps: [
      { person: 'ben', does: 'join', where: 'Lounge' },
      { person: 'ben', does: 'leave', atMs: 1_200 },
    ],
    expects: playsOn(500, 0),
    listenMs: 1_500,
  },
  {
    name: 'Ben comes while the bot rejoins after 4006',
    family: 'DAVE',
    steps: [closes(4006), { person: 'ben', does: 'join', where: 'Lounge' }],
    expects: playsOn(1_500, 2),
  },
  {
    name: 'Ben goes while the bot rejoins after 4006',
    family: 'DAVE',
    steps: [
      { person: 'ben', does: 'join', where: 'Lounge' },
      closes(4006, 700),
      { person: 'ben', does: 'leave', atMs: 710 },
    ],
    expects: playsOn(1_500, 2),
  },
];
