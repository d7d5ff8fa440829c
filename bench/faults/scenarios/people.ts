import { closes, endsIn, fault, GUILD, LOUNGE, moved, playsOn, STUDIO, type Act, type Scenario } from '../scenario.ts';

const KICKED = /disconnect/i;
const POINTS = ['close', 'join', 'identify'] as const;
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
    name: 'disconnected by a moderator, with 4022',
    family: 'people',
    steps: [fault('kick-terminated', { guildId: GUILD })],
    expects: endsIn('stays out', 1, KICKED),
  },
  {
    name: 'disconnected by a moderator, and the socket stays open',
    family: 'people',
    steps: [fault('kick-without-close', { guildId: GUILD })],
    expects: endsIn('stays out', 1, KICKED),
  },
  {
    name: 'disconnected with 4014, and no voice state says so',
    family: 'people',
    steps: [fault('kick-without-state', { guildId: GUILD })],
    // As far as anybody can tell from here it is still in the channel.
    expects: playsOn(7_000, 2, /\b4014\b[^]*\bback\b/i),
    deadlineMs: 12_000,
  },
  ...POINTS.map((at): Scenario => ({
    name: `disconnected by a moderator while it comes back (${at})`,
    family: 'people',
    steps: [fault('kick-while-recovering', { guildId: GUILD, at })],
    expects: endsIn('stays out', 2, KICKED),
  })),
  ...POINTS.map((at): Scenario => ({
    name: `moved with its listener while it comes back (${at})`,
    family: 'people',
    steps: [
      fault('move-while-recovering', { guildId: GUILD, channelId: STUDIO, at }),
      { ...ADA_FOLLOWS, atMs: at === 'close' ? 0 : 100 },
    ],
    expects: moved(1_500, 2),
  })),
  {
    name: 'moved with its listener, and no server follows',
    family: 'people',
    steps: [fault('move-without-server', { guildId: GUILD, channelId: STUDIO }), ADA_FOLLOWS],
    // What is sent to the old place meanwhile is heard by nobody.
    expects: { ...moved(13_000, 2), lost: 600 },
    deadlineMs: 20_000,
  },
  {
    name: 'moved, and no voice state says so',
    family: 'people',
    // A voice state is the only thing that says where somebody is: as far as can be known, nobody listens to it any more.
    steps: [fault('move-without-state', { guildId: GUILD, channelId: STUDIO })],
    expects: endsIn('silence', 2, null),
    deadlineMs: 8_000,
  },
  {
    name: 'dragged to and fro four times',
    family: 'people',
    steps: [fault('drag-to-and-fro', { guildId: GUILD, channelId: STUDIO }, { forMs: 900 })],
    // Ada stays where she is, and misses what is played elsewhere.
    expects: { ...playsOn(2_500, 2), lost: 40 },
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
    name: 'deafened by a moderator',
    family: 'people',
    steps: [fault('server-deafen', { guildId: GUILD })],
    expects: playsOn(500, 0),
  },
  {
    name: 'its voice state says the opposite of its own deafness',
    family: 'people',
    steps: [fault('toggle-self-deafen', { guildId: GUILD })],
    expects: playsOn(500, 0),
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
];
