import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { z } from 'zod';
import { lasting, moment, type FaultTargets } from '../fault-row.ts';
import { seeded, seededBytes } from '../seeded.ts';
import type { DaveGroup } from '../voice/dave.ts';
import { foreignGroup, keyPackageOf } from '../voice/foreign-group.ts';
import { vector } from '../voice/mls-wire.ts';
import { guildId, hit, none } from './parameters.ts';

const seed = z.number().int().default(1);
const what = z.enum(['garbage', 'other-group']).default('garbage');
/** An id that no transition here gets before 20,000 others. */
const transition = z.number().int().min(0).max(0xffff).default(20_000);
const APPEND = Buffer.from([0]);
const REVOKE = Buffer.from([1]);
const garbage = (seed: number): Buffer => seededBytes(seeded(seed), 200);

/** Wrong payloads of op 27. */
const PROPOSALS = {
  garbage: (_targets, _group, seed) => Buffer.concat([APPEND, garbage(seed)]),
  empty: () => Buffer.alloc(0),
  'other-group': () => foreignGroup().proposals,
  'unknown-operation': (_targets, _group, seed) => Buffer.concat([Buffer.from([7]), garbage(seed)]),
  'unknown-revocation': (_targets, _group, seed) => Buffer.concat([REVOKE, vector(vector(garbage(seed).subarray(32)))]),
  'unknown-user': ({ world }, group) => {
    const userId = world.nextId();
    return Buffer.concat([
      APPEND,
      vector(group.forge({ kind: 'add', userId, keyPackage: keyPackageOf(userId) }).message),
    ]);
  },
} as const satisfies Record<string, (targets: FaultTargets, group: DaveGroup, seed: number) => Buffer>;

/** What goes wrong with end-to-end encryption. */
export const DAVE_FAULTS = {
  'bad-commit': moment(
    'Announces a commit to the bot that it cannot follow (op 29): `what` is garbage, or that of an other-group.',
    z.strictObject({ guildId, what, transition, seed }),
    ({ voice: { faults }, botId }, { guildId, what, transition, seed }) => {
      const commit = what === 'garbage' ? garbage(seed) : foreignGroup().commit;
      hit(faults.mislead(guildId, botId, 'commit', transition, commit));
    },
  ),
  'bad-welcome': moment(
    'Sends the bot a welcome that it cannot follow (op 30): `what` is garbage, or that of an other-group.',
    z.strictObject({ guildId, what, transition, seed }),
    ({ voice: { faults }, botId }, { guildId, what, transition, seed }) => {
      const welcome = what === 'garbage' ? garbage(seed) : foreignGroup().welcome;
      hit(faults.mislead(guildId, botId, 'welcome', transition, welcome));
    },
  ),
  'bad-proposals': moment(
    'Sends the bot proposals that no member can take (op 27): `what` is garbage, empty, other-group, unknown-operation, unknown-revocation, or unknown-user (an addition that is signed as it should be, of someone whom no op 11 has named).',
    z.strictObject({
      guildId,
      what: z.enum(['garbage', 'empty', 'other-group', 'unknown-operation', 'unknown-revocation', 'unknown-user']),
      seed,
    }),
    (targets, { guildId, what, seed }) => {
      const { faults } = targets.voice;
      const proposals = PROPOSALS[what](targets, groupOf(targets, guildId), seed);
      hit(faults.tellBinary(guildId, targets.botId, VoiceOpcodes.DaveMlsProposals, proposals));
    },
  ),
  'second-external-sender': moment(
    'Says op 25 once more, which no client in a group can take: `what` is same, other (another key) or garbage.',
    z.strictObject({ guildId, what: z.enum(['same', 'other', 'garbage']).default('same'), seed }),
    (targets, { guildId, what, seed }) => {
      const { faults } = targets.voice;
      const sender = {
        same: () => groupOf(targets, guildId).externalSender,
        other: () => foreignGroup().externalSender,
        garbage: () => garbage(seed),
      }[what]();
      hit(faults.tellBinary(guildId, targets.botId, VoiceOpcodes.DaveMlsExternalSender, sender));
    },
  ),
  'short-binaries': moment(
    "Sends binary messages of 0, 1, 2 and 3 bytes over the bot's voice websocket; a number and an opcode are 3.",
    z.strictObject({ guildId }),
    ({ voice: { faults }, botId }, { guildId }) => {
      for (const length of [0, 1, 2]) hit(faults.sendBinary(guildId, botId, Buffer.alloc(length)));
      hit(faults.tellBinary(guildId, botId, VoiceOpcodes.DaveMlsAnnounceCommitTransition, Buffer.alloc(0)));
    },
  ),
  'unknown-binary': moment(
    'Sends the bot a binary message with an opcode that nobody knows.',
    z.strictObject({ guildId, op: z.number().int().min(32).max(255).default(200), seed }),
    ({ voice: { faults }, botId }, { guildId, op, seed }) => hit(faults.tellBinary(guildId, botId, op, garbage(seed))),
  ),
  'prepare-without-execute': moment(
    'Prepares a transition to `version` (op 21) that is never executed.',
    z.strictObject({ guildId, version: z.number().int().min(0).max(1).default(0), transition }),
    ({ voice: { faults }, botId }, { guildId, version, transition }) => {
      const d = { protocol_version: version, transition_id: transition };
      hit(faults.tell(guildId, botId, VoiceOpcodes.DavePrepareTransition, d));
    },
  ),
  'execute-unknown': moment(
    'Executes a transition that was never prepared (op 22).',
    z.strictObject({ guildId, transition: transition.default(60_000) }),
    ({ voice: { faults }, botId }, { guildId, transition }) =>
      hit(faults.tell(guildId, botId, VoiceOpcodes.DaveExecuteTransition, { transition_id: transition })),
  ),
  'hold-transitions': lasting(
    'No transition is executed (op 22), neither when all are ready nor after two seconds; when lifted those that are due are.',
    none,
    ({ voice }) => voice.faults.holdTransitions(),
  ),
  'reset-epoch': moment(
    "The group of the bot's channel starts over: op 24 with epoch 1, and every member sends a new key package.",
    z.strictObject({ guildId }),
    (targets, { guildId }) => groupOf(targets, guildId).reset(),
  ),
  'dave-downgrade': lasting(
    "The call in the bot's channel goes back to no end-to-end encryption (ops 21 and 22 with version 0); when lifted it starts over with it (op 24).",
    z.strictObject({ guildId }),
    (targets, { guildId }) => {
      const group = groupOf(targets, guildId);
      hit(group.version > 0);
      group.downgrade();
      return () => group.upgrade();
    },
  ),
  'demand-dave': lasting(
    'Identifies that do not offer `version` of DAVE are closed with 4017.',
    z.strictObject({ version: z.number().int().min(1).default(2) }),
    ({ voice }, { version }) => voice.faults.demandVersion(version),
  ),
  crowd: lasting(
    "`people` new people come into the bot's voice channel at once; when lifted they leave at once.",
    z.strictObject({ guildId, people: z.number().int().min(1).max(5).default(2) }),
    ({ world, botId }, { guildId, people }) => {
      const channelId = world.guild(guildId).voiceStates.get(botId)?.channelId;
      if (channelId === undefined) throw new Error('the bot is in no voice channel of this guild');
      const userIds = Array.from({ length: people }, (_, index) => world.addUser(`stranger${index + 1}`).id);
      for (const userId of userIds) world.addMember(guildId, userId);
      for (const userId of userIds) world.setVoiceState(guildId, userId, { channelId });
      return () => {
        const members = world.guilds.get(guildId)?.members;
        for (const userId of userIds) if (members?.has(userId)) world.removeMember(guildId, userId);
      };
    },
  ),
  'empty-member-list': moment(
    'Tells the bot that nobody has come (op 11 with no one in it), and that someone has left who was never there (op 13).',
    z.strictObject({ guildId }),
    ({ world, voice: { faults }, botId }, { guildId }) => {
      hit(faults.tell(guildId, botId, VoiceOpcodes.ClientsConnect, { user_ids: [] }));
      hit(faults.tell(guildId, botId, VoiceOpcodes.ClientDisconnect, { user_id: world.nextId() }));
    },
  ),
} as const;

function groupOf({ voice, botId }: FaultTargets, guildId: string): DaveGroup {
  const group = voice.faults.group(guildId, botId);
  if (!group) throw new Error('the bot is in no end-to-end encrypted call in this guild');
  return group;
}
