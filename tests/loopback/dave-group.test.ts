import { DAVESession } from '@snazzah/davey';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DaveGroup } from '../../loopback/voice/dave.ts';
import type { DaveMember } from '../../loopback/voice/dave-member.ts';
import { ExternalSender } from '../../loopback/voice/external-sender.ts';
import { readCommitWelcome } from '../../loopback/voice/mls-messages.ts';
import { ADA, BOB, CHANNEL, CY } from './voice-client.ts';

/** A client with davey's MLS, that answers when it is told to. */
class Client implements DaveMember {
  readonly local = false;
  readonly userId: string;
  readonly session: DAVESession;
  readonly told: { readonly op: VoiceOpcodes; readonly d: unknown }[] = [];
  readonly commits: Buffer[] = [];
  readonly #group: DaveGroup;

  constructor(userId: string, group: DaveGroup) {
    this.userId = userId;
    this.session = new DAVESession(1, userId, CHANNEL);
    this.#group = group;
    group.join(this);
    group.keyPackage(this, this.session.getSerializedKeyPackage());
  }

  tell(op: VoiceOpcodes, d: unknown): void {
    this.told.push({ op, d });
  }

  tellBinary(op: VoiceOpcodes, payload: Uint8Array): void {
    const bytes = Buffer.from(payload);
    this.told.push({ op, d: bytes });
    if (op === VoiceOpcodes.DaveMlsExternalSender) this.session.setExternalSender(bytes);
    if (op === VoiceOpcodes.DaveMlsAnnounceCommitTransition) this.session.processCommit(bytes.subarray(2));
    if (op === VoiceOpcodes.DaveMlsWelcome) this.session.processWelcome(bytes.subarray(2));
    if (op !== VoiceOpcodes.DaveMlsProposals) return;
    const { commit, welcome } = this.session.processProposals(bytes.readUInt8(0), bytes.subarray(1));
    if (commit) this.commits.push(Buffer.concat(welcome ? [commit, welcome] : [commit]));
  }

  /** Sends its newest commit. */
  commit(): void {
    this.#group.commit(this, this.commits.at(-1) ?? Buffer.alloc(0));
  }

  ops(): readonly VoiceOpcodes[] {
    return this.told.map(({ op }) => op);
  }
}

const { DaveMlsExternalSender, DaveMlsProposals, DaveMlsAnnounceCommitTransition, DaveMlsWelcome } = VoiceOpcodes;
const { DavePrepareEpoch, DavePrepareTransition, DaveExecuteTransition } = VoiceOpcodes;
let group: DaveGroup;
beforeEach(() => {
  vi.useFakeTimers();
  group = new DaveGroup(CHANNEL, new ExternalSender(), { listenersFirst: false });
});
afterEach(() => {
  group.close();
  vi.useRealTimers();
});

const members = ({ session }: Client): readonly string[] => session.getUserIds().toSorted();
const transitionOf = (client: Client): number => {
  const last = client.told.findLast(({ op }) => op === DaveMlsAnnounceCommitTransition)?.d;
  return Buffer.isBuffer(last) ? last.readUInt16BE(0) : -1;
};

it('offers each pending member to all others, and takes the first commit', () => {
  const [ada, bob] = [new Client(ADA, group), new Client(BOB, group)];
  expect(ada.ops()).toEqual([DaveMlsExternalSender, DaveMlsProposals]);
  bob.commit();
  ada.commit();
  expect(bob.ops().at(-1)).toBe(DaveMlsAnnounceCommitTransition);
  expect(ada.ops().at(-1)).toBe(DaveMlsWelcome);
  expect(members(ada)).toEqual([ADA, BOB]);
  expect(ada.session.voicePrivacyCode).toBe(bob.session.voicePrivacyCode);
  expect(transitionOf(bob)).toBe(0);
});

it('excuses frames that nobody understands while it changes, and no longer than a change may take', () => {
  const [ada, bob] = [new Client(ADA, group), new Client(BOB, group)];
  const excusedAfter = (ms: number): boolean => {
    vi.advanceTimersByTime(ms);
    return group.changing;
  };
  bob.commit();
  expect([0, 1_999, 1].map(excusedAfter)).toEqual([true, true, false]);
  const cy = new Client(CY, group);
  expect([2_000, 7_999, 1].map(excusedAfter)).toEqual([true, true, false]);
  ada.commit();
  for (const member of [ada, bob, cy]) group.ready(member, transitionOf(ada));
  expect([1_999, 1].map(excusedAfter)).toEqual([true, false]);
});

it('passes over a commit that leaves someone out', () => {
  const [ada, bob] = [new Client(ADA, group), new Client(BOB, group)];
  const [early] = ada.commits;
  const cy = new Client(CY, group);
  if (early) group.commit(ada, early);
  expect([ada, bob, cy].flatMap((client) => client.ops())).not.toContain(DaveMlsAnnounceCommitTransition);
  ada.commit();
  expect(members(cy)).toEqual([ADA, BOB, CY]);
});

it('passes over the commit of someone else, and of an epoch that is over', () => {
  const [ada, bob] = [new Client(ADA, group), new Client(BOB, group)];
  group.commit(bob, ada.commits[0] ?? Buffer.alloc(0));
  expect(bob.ops()).not.toContain(DaveMlsAnnounceCommitTransition);
  ada.commit();
  const told = ada.told.length;
  ada.commit();
  bob.commit();
  expect(ada.told).toHaveLength(told);
});

it('gives each newcomer only its own secrets', () => {
  const ada = new Client(ADA, group);
  const clients = [BOB, CY].map((userId) => new Client(userId, group));
  const { welcome } = readCommitWelcome(ada.commits.at(-1) ?? Buffer.alloc(0));
  expect(welcome?.secrets.size).toBe(2);
  ada.commit();
  const [bobs, cys] = clients.map(({ told }) => told.at(-1)?.d as Buffer);
  expect(bobs?.equals(cys ?? Buffer.alloc(0))).toBe(false);
  expect(() => clients[0]?.session.processWelcome((cys ?? Buffer.alloc(0)).subarray(2))).toThrow();
});

it('takes an offer back when its member leaves before the commit', () => {
  const [ada, bob, cy] = [new Client(ADA, group), new Client(BOB, group), new Client(CY, group)];
  group.leave(cy);
  expect(ada.ops().slice(-2)).toEqual([DaveMlsProposals, DaveMlsProposals]);
  bob.commit();
  expect(members(ada)).toEqual([ADA, BOB]);
});

it('lets one leave while another is still to be added', () => {
  const [ada, bob] = [new Client(ADA, group), new Client(BOB, group)];
  ada.commit();
  const cy = new Client(CY, group);
  const dan = new Client('500000000000000007', group);
  group.leave(cy);
  bob.commit();
  expect(members(dan)).toEqual([ADA, BOB, dan.userId]);
  const again = new Client(CY, group);
  group.leave(bob);
  dan.commit();
  expect(members(again)).toEqual([ADA, CY, dan.userId]);
  expect(again.session.voicePrivacyCode).toBe(ada.session.voicePrivacyCode);
});

it('removes, and reuses the leaf, with everyone following', () => {
  const [ada, bob, cy] = [new Client(ADA, group), new Client(BOB, group), new Client(CY, group)];
  ada.commit();
  group.leave(bob);
  cy.commit();
  expect([members(ada), members(cy)]).toEqual([
    [ADA, CY],
    [ADA, CY],
  ]);
  const again = new Client(BOB, group);
  ada.commit();
  expect(members(again)).toEqual([ADA, BOB, CY]);
  expect(again.session.ownLeafIndex).toBe(bob.session.ownLeafIndex);
  group.leave(cy);
  again.commit();
  expect(members(ada)).toEqual([ADA, BOB]);
});

it('starts over with the last member', () => {
  const [ada, bob] = [new Client(ADA, group), new Client(BOB, group)];
  ada.commit();
  group.leave(bob);
  expect(ada.told.slice(-2)).toEqual([
    { op: DavePrepareEpoch, d: { protocol_version: 1, epoch: 1 } },
    { op: DavePrepareTransition, d: { protocol_version: 1, transition_id: 0 } },
  ]);
});

it('executes a transition when all clients are ready', () => {
  const [ada, bob] = [new Client(ADA, group), new Client(BOB, group)];
  ada.commit();
  const cy = new Client(CY, group);
  ada.commit();
  const id = transitionOf(ada);
  expect(id).toBeGreaterThan(0);
  group.ready(ada, id);
  group.ready(bob, id);
  group.ready(bob, id);
  expect(ada.ops()).not.toContain(DaveExecuteTransition);
  group.ready(cy, id);
  for (const { told } of [ada, bob, cy]) {
    expect(told.at(-1)).toEqual({ op: DaveExecuteTransition, d: { transition_id: id } });
  }
});

it('executes a transition after two seconds, or when the last who was waited for has left', () => {
  const [ada, bob] = [new Client(ADA, group), new Client(BOB, group)];
  ada.commit();
  const cy = new Client(CY, group);
  ada.commit();
  vi.advanceTimersByTime(2_000);
  expect(cy.ops().filter((op) => op === DaveExecuteTransition)).toHaveLength(1);
  group.leave(bob);
  cy.commit();
  const id = transitionOf(cy);
  group.ready(ada, id);
  group.leave(cy);
  expect(ada.told).toContainEqual({ op: DaveExecuteTransition, d: { transition_id: id } });
});

it('adds a member again that could not follow', () => {
  const [ada, bob, cy] = [new Client(ADA, group), new Client(BOB, group), new Client(CY, group)];
  ada.commit();
  bob.session.reinit(1, BOB, CHANNEL);
  group.invalid(bob);
  group.keyPackage(bob, bob.session.getSerializedKeyPackage());
  cy.commit();
  expect(members(bob)).toEqual([ADA, BOB, CY]);
  expect(bob.session.voicePrivacyCode).toBe(ada.session.voicePrivacyCode);
});

it('refuses the key package of someone else, a changed one, and one with bytes to spare', () => {
  const ada = new Client(ADA, group);
  const keyPackage = new DAVESession(1, BOB, CHANNEL).getSerializedKeyPackage();
  expect(() => group.keyPackage(ada, keyPackage)).toThrow('someone else');
  const changed = Buffer.from(ada.session.getSerializedKeyPackage());
  changed[20] = (changed[20] ?? 0) ^ 1;
  expect(() => group.keyPackage(ada, changed)).toThrow('wrong signature');
  expect(() => group.keyPackage(ada, Buffer.concat([ada.session.getSerializedKeyPackage(), Buffer.alloc(1)]))).toThrow(
    'behind',
  );
});

/** A client that gets its messages late, one at a time. */
class SlowClient implements DaveMember {
  readonly local = false;
  readonly userId: string;
  readonly session: DAVESession;
  readonly #inbox: (() => void)[] = [];
  readonly #group: DaveGroup;

  constructor(userId: string, group: DaveGroup) {
    this.userId = userId;
    this.session = new DAVESession(1, userId, CHANNEL);
    this.#group = group;
    group.join(this);
    group.keyPackage(this, this.session.getSerializedKeyPackage());
  }

  tell(op: VoiceOpcodes): void {
    if (op !== DavePrepareEpoch) return;
    this.#inbox.push(() => {
      this.session.reinit(1, this.userId, CHANNEL);
      this.#group.keyPackage(this, this.session.getSerializedKeyPackage());
    });
  }

  tellBinary(op: VoiceOpcodes, payload: Uint8Array): void {
    const bytes = Buffer.from(payload);
    this.#inbox.push(() => {
      if (op === DaveMlsExternalSender) this.session.setExternalSender(bytes);
      if (op === DaveMlsAnnounceCommitTransition) this.session.processCommit(bytes.subarray(2));
      if (op === DaveMlsWelcome) this.session.processWelcome(bytes.subarray(2));
      if (op !== DaveMlsProposals) return;
      const { commit, welcome } = this.session.processProposals(bytes.readUInt8(0), bytes.subarray(1));
      if (commit) this.#group.commit(this, Buffer.concat(welcome ? [commit, welcome] : [commit]));
    });
  }

  /** False when there was nothing to do. */
  step(): boolean {
    const next = this.#inbox.shift();
    next?.();
    return next !== undefined;
  }
}

it('brings everyone into one group, whoever comes and goes and however late the messages are', () => {
  const users = [ADA, BOB, CY, '500000000000000007'];
  const event = fc.record({ user: fc.nat({ max: 3 }), act: fc.constantFrom('come', 'go', 'read', 'read', 'read') });
  fc.assert(
    fc.property(fc.array(event, { minLength: 10, maxLength: 50 }), (events) => {
      const channel = new DaveGroup(CHANNEL, new ExternalSender(), { listenersFirst: false });
      const present = new Map<string, SlowClient>();
      for (const { user, act } of events) {
        const userId = users[user] ?? ADA;
        const client = present.get(userId);
        if (act === 'come' && !client) present.set(userId, new SlowClient(userId, channel));
        if (act === 'read') client?.step();
        if (act === 'go' && client) {
          present.delete(userId);
          channel.leave(client);
        }
      }
      const clients = [...present.values()];
      for (let turn = 0; clients.map((client) => client.step()).includes(true); turn += 1)
        expect(turn).toBeLessThan(500);
      channel.close();
      if (clients.length < 2) return;
      const here = [...present.keys()].toSorted();
      expect(clients.map(({ session }) => session.getUserIds().toSorted())).toEqual(clients.map(() => here));
      expect(new Set(clients.map(({ session }) => session.voicePrivacyCode)).size).toBe(1);
    }),
    { numRuns: 60 },
  );
});
