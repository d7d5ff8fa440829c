import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { describe, expect, it, type TestContext } from 'vitest';
import type { FaultName } from '../../loopback/faults.ts';
import { DaveClient } from './dave-client.ts';
import { faultScene } from './fault-scene.ts';
import { Dialed } from './voice-dial.ts';

const soon = { timeout: 20_000 };
const { DaveMlsExternalSender, DaveMlsProposals, DaveMlsAnnounceCommitTransition, DaveMlsWelcome } = VoiceOpcodes;
const { DavePrepareEpoch, DavePrepareTransition, DaveExecuteTransition, DaveMlsInvalidCommitWelcome } = VoiceOpcodes;

/** The bot in an encrypted call with some people, who hear it. */
async function call(test: TestContext, people: readonly string[] = ['ada']) {
  const scene = await faultScene(test, { voice: { undocumented: false } });
  const { loopback, guildId } = scene;
  const described = await scene.speaking();
  for (const name of people) if (name !== 'ada') loopback.user(name).join('Lounge');
  const channelId = loopback.voice.sessions()[0]?.channelId ?? '';
  const bot = new DaveClient(described, loopback.application.id, channelId);
  const timer = setInterval(() => bot.step(), 10);
  test.onTestFinished(() => clearInterval(timer));
  /** Each of them hears a frame that was said after now. */
  const heardBy = async (names: readonly string[], dave = true): Promise<void> => {
    for (const name of names) {
      const from = loopback.ears(name).packets.length;
      await loopback
        .ears(name)
        .waitFor((packets) => packets.slice(from).some((packet) => packet.dave === dave), 20_000);
    }
  };
  await heardBy(people);
  const messages = (op: VoiceOpcodes) =>
    described.client.messages.filter((message) => message.op === op).map(({ d }) => d);
  const binaries = (op: VoiceOpcodes) => described.client.binaries.filter((bytes) => bytes[2] === op);
  return { ...scene, guildId, bot, described, heardBy, messages, binaries };
}

describe('what the bot cannot follow', () => {
  it.for([
    ['bad-commit', 'garbage', DaveMlsAnnounceCommitTransition],
    ['bad-commit', 'other-group', DaveMlsAnnounceCommitTransition],
    ['bad-welcome', 'garbage', DaveMlsWelcome],
    ['bad-welcome', 'other-group', DaveMlsWelcome],
  ] as const)('%s (%s) is told of with op 31, and the bot is added again', async ([name, what, op], test) => {
    const { loopback, guildId, bot, heardBy } = await call(test, ['ada', 'bob']);
    loopback.faults.throw(name, { guildId, what });
    await expect.poll(() => bot.failed, soon).toEqual([op]);
    await expect.poll(() => bot.session.ready, soon).toBe(true);
    await heardBy(['ada', 'bob']);
    expect(loopback.problems()).toEqual([]);
  });

  it('is its own mistake when nothing was wrong', async (test) => {
    const { loopback, guildId, described } = await call(test);
    loopback.faults.throw('bad-commit', { guildId });
    described.client.send(DaveMlsInvalidCommitWelcome, { transition_id: 7 });
    await expect.poll(() => loopback.problems().join(), soon).toMatch(/could not follow transition 7/);
    expect(loopback.problems()).toHaveLength(1);
  });

  it.for([
    ['bad-proposals', { what: 'garbage' }, DaveMlsProposals],
    ['bad-proposals', { what: 'empty' }, null],
    ['bad-proposals', { what: 'other-group' }, DaveMlsProposals],
    ['bad-proposals', { what: 'unknown-operation' }, DaveMlsProposals],
    ['bad-proposals', { what: 'unknown-revocation' }, DaveMlsProposals],
    ['bad-proposals', { what: 'unknown-user' }, DaveMlsProposals],
    ['second-external-sender', { what: 'same' }, DaveMlsExternalSender],
    ['second-external-sender', { what: 'other' }, DaveMlsExternalSender],
    ['second-external-sender', { what: 'garbage' }, DaveMlsExternalSender],
    ['short-binaries', {}, null],
    ['unknown-binary', {}, null],
    ['prepare-without-execute', { version: 1 }, null],
    ['execute-unknown', {}, null],
    ['empty-member-list', {}, null],
  ] as const)(
    '%s %o changes nothing for who passes over it, also not when someone comes',
    async ([name, params, op], test) => {
      const { loopback, guildId, bot, heardBy, described } = await call(test);
      const before = described.client.messages.length + described.client.binaries.length;
      loopback.faults.throwByName(name satisfies FaultName, { guildId, ...params });
      const told = () => described.client.messages.length + described.client.binaries.length;
      await expect.poll(told, soon).toBeGreaterThan(before);
      await expect.poll(() => bot.failed, soon).toEqual(op === null ? [] : [op]);
      await heardBy(['ada']);
      loopback.user('bob').join('Lounge');
      await heardBy(['ada', 'bob']);
      expect(loopback.problems()).toEqual([]);
    },
  );

  it('binaries come in all lengths from 0 to 3', async (test) => {
    const { loopback, guildId, described } = await call(test);
    loopback.faults.throw('short-binaries', { guildId });
    const lengths = () => described.client.binaries.map(({ length }) => length).filter((length) => length < 4);
    await expect.poll(lengths, soon).toEqual([0, 1, 2, 3]);
  });
});

describe('a group that changes', () => {
  it.for([1, 2, 5])(
    'takes %i people at once and lets them go at once, and all hear all along',
    async (people, test) => {
      const { loopback, guildId, heardBy, bot } = await call(test);
      const crowd = loopback.faults.throw('crowd', { guildId, people });
      await expect.poll(() => bot.session.getUserIds().length, soon).toBe(people + 2);
      await heardBy(['ada']);
      const strangers = [...loopback.world.users.values()].filter(({ username }) => username.startsWith('stranger'));
      for (const { id } of strangers) {
        const from = loopback.voice.ears(id).packets.length;
        await loopback.voice.ears(id).waitFor(from + 1, 20_000);
      }
      crowd.lift();
      await expect.poll(() => bot.session.getUserIds().length, soon).toBe(2);
      await heardBy(['ada']);
      expect(loopback.problems()).toEqual([]);
    },
  );

  it('is right when someone leaves while their addition is still to be committed', async (test) => {
    const { loopback, heardBy, bot } = await call(test, ['ada', 'bob']);
    const cy = loopback.user('cy');
    cy.join('Lounge');
    cy.leave();
    loopback.user('dan').join('Lounge');
    loopback.user('bob').leave();
    await expect.poll(() => bot.session.getUserIds().length, soon).toBe(3);
    await heardBy(['ada', 'dan']);
    expect(loopback.problems()).toEqual([]);
  });

  it('starts over when its epoch is reset', async (test) => {
    const { loopback, guildId, heardBy, messages, bot } = await call(test, ['ada', 'bob']);
    const code = bot.session.voicePrivacyCode;
    loopback.faults.throw('reset-epoch', { guildId });
    await expect.poll(() => messages(DavePrepareEpoch), soon).toEqual([{ protocol_version: 1, epoch: 1 }]);
    await expect.poll(() => bot.session.ready && bot.session.voicePrivacyCode !== code, soon).toBe(true);
    await heardBy(['ada', 'bob']);
    expect(loopback.problems()).toEqual([]);
  });

  it('has no encryption while it is downgraded, also for who comes then, and has it again when lifted', async (test) => {
    const { loopback, guildId, heardBy, messages } = await call(test, ['ada', 'bob']);
    const down = loopback.faults.throw('dave-downgrade', { guildId });
    await expect.poll(() => messages(DavePrepareTransition), soon).toHaveLength(1);
    const [prepared] = messages(DavePrepareTransition) as { transition_id: number }[];
    expect(prepared).toEqual({ protocol_version: 0, transition_id: expect.any(Number) });
    const execution = { transition_id: prepared?.transition_id };
    await expect.poll(() => messages(DaveExecuteTransition).at(-1), soon).toEqual(execution);
    loopback.user('cy').join('Lounge');
    await heardBy(['ada', 'bob', 'cy'], false);
    expect(() => loopback.faults.throw('dave-downgrade', { guildId })).toThrow();
    down.lift();
    await heardBy(['ada', 'bob', 'cy']);
    expect(messages(DavePrepareEpoch)).toEqual([{ protocol_version: 1, epoch: 1 }]);
    expect(loopback.problems()).toEqual([]);
  });

  it('describes a session of the time of the downgrade as one without encryption', async (test) => {
    const { loopback, guildId, identity, described } = await call(test);
    loopback.faults.throw('dave-downgrade', { guildId });
    const again = await Dialed.to(loopback, test);
    again.send(VoiceOpcodes.Identify, identity());
    await again.heard(VoiceOpcodes.Ready);
    const data = { address: '127.0.0.1', port: described.udp.address().port, mode: described.mode };
    again.send(VoiceOpcodes.SelectProtocol, { protocol: 'udp', data });
    expect((await again.heard(VoiceOpcodes.SessionDescription)).d.dave_protocol_version).toBe(0);
    expect(again.binaries).toEqual([]);
    loopback.faults.liftAll();
    await again.heard(DavePrepareEpoch);
    await expect.poll(() => again.binaries.map((bytes) => bytes[2]), soon).toEqual([DaveMlsExternalSender]);
  });

  it('executes nothing while transitions are held, and what is due when they are not any more', async (test) => {
    const { loopback, guildId, messages, binaries, heardBy } = await call(test);
    const held = loopback.faults.throw('hold-transitions', {});
    loopback.faults.throw('prepare-without-execute', { guildId, version: 1 });
    loopback.user('bob').join('Lounge');
    await expect.poll(() => binaries(DaveMlsAnnounceCommitTransition).length, soon).toBeGreaterThan(1);
    await heardBy(['ada', 'bob']);
    expect(messages(DaveExecuteTransition)).toEqual([]);
    const id = binaries(DaveMlsAnnounceCommitTransition).at(-1)?.readUInt16BE(3);
    held.lift();
    await expect.poll(() => messages(DaveExecuteTransition), soon).toEqual([{ transition_id: id }]);
    expect(loopback.problems()).toEqual([]);
  });
});

it('a version that the client does not offer is demanded with 4017, and the client is not accused', async (test) => {
  const { loopback, ask, bot, identity } = await faultScene(test);
  const demand = loopback.faults.throw('demand-dave', {});
  ask('Lounge');
  await bot.event('VOICE_SERVER_UPDATE');
  const refused = await Dialed.to(loopback, test);
  refused.send(VoiceOpcodes.Identify, identity());
  expect(await refused.closed).toBe(4017);
  expect(loopback.problems()).toEqual([]);
  demand.lift();
  const taken = await Dialed.to(loopback, test);
  taken.send(VoiceOpcodes.Identify, identity());
  await taken.heard(VoiceOpcodes.Ready);
});

it('nothing of it is thrown where there is no encrypted call', async (test) => {
  const { loopback, guildId } = await faultScene(test, { voice: { dave: 'off' } });
  for (const name of ['reset-epoch', 'dave-downgrade', 'bad-commit', 'unknown-binary', 'crowd'] as const) {
    expect(() => loopback.faults.throw(name, { guildId }), name).toThrow(/voice c|encrypted call/);
  }
});
