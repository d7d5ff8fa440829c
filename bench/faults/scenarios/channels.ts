import { closes, endsIn, fault, GUILD, LOUNGE, moved, MUSIC, playsOn, type Scenario } from '../scenario.ts';

const SPEAK = /speak/i;
const FORBIDDEN = /permission|may not|not allowed|cannot (join|enter|connect)/i;

export const CHANNEL_SCENARIOS: readonly Scenario[] = [
  {
    name: 'its channel becomes full',
    family: 'channels',
    steps: [fault('full-channel', { guildId: GUILD })],
    expects: playsOn(500, 0),
  },
  {
    name: 'it may not speak any more',
    family: 'channels',
    steps: [fault('deny-permission', { channelId: LOUNGE, permission: 'Speak' })],
    expects: endsIn('silenced', 1, SPEAK),
  },
  {
    name: 'it may not speak for 1.5 s',
    family: 'channels',
    steps: [fault('deny-permission', { channelId: LOUNGE, permission: 'Speak' }, { forMs: 1_500 })],
    expects: { ...playsOn(3_000, 1, SPEAK), lost: 80 },
  },
  ...(['Connect', 'ViewChannel'] as const).flatMap((permission): readonly Scenario[] => [
    {
      name: `it loses the permission ${permission} where it is`,
      family: 'channels',
      steps: [fault('deny-permission', { channelId: LOUNGE, permission })],
      // Who may not view a channel may not speak there either: https://discord.com/developers/docs/topics/permissions#implicit-permissions
      expects: permission === 'Connect' ? playsOn(500, 0) : endsIn('silenced', 1, SPEAK),
    },
    {
      name: `it loses the permission ${permission}, and voice closes with 4006`,
      family: 'channels',
      steps: [fault('deny-permission', { channelId: LOUNGE, permission }), closes(4006)],
      expects: endsIn('gave up', 1, FORBIDDEN),
    },
  ]),
  {
    name: 'it may not write any more, and its first rejoin is refused',
    family: 'channels',
    steps: [
      fault('deny-permission', { channelId: MUSIC, permission: 'SendMessages' }),
      fault('refuse-voice', { guildId: GUILD, code: 4006, times: 1 }),
      closes(4006),
    ],
    expects: playsOn(2_500, 4),
  },
  {
    name: 'moved with its listener into the audience of a stage',
    family: 'channels',
    steps: [fault('move-to-stage', { guildId: GUILD }), { person: 'ada', does: 'move', where: 'Stage' }],
    expects: endsIn('silenced', 1, SPEAK),
  },
  {
    name: 'moved into the audience of a stage, and made a speaker after a second',
    family: 'channels',
    steps: [
      fault('move-to-stage', { guildId: GUILD }),
      { person: 'ada', does: 'move', where: 'Stage' },
      fault('stage-speaker', { guildId: GUILD }, { atMs: 1_000 }),
    ],
    expects: { ...moved(3_000, 1), lost: 60 },
  },
];
