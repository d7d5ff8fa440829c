import { afterEach, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ADA, BOT, GUILD, heard, stage, type Stage } from './stage.ts';

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

async function set(...options: Parameters<typeof stage>): Promise<Stage> {
  const scene = await stage(...options);
  here = scene;
  return scene;
}

async function playing(...options: Parameters<typeof stage>): Promise<Stage> {
  const scene = await set(...options);
  await scene.join();
  scene.play(2_000);
  await scene.voice.ears(ADA).waitFor((all) => heard(all).length >= 10, 20_000);
  return scene;
}

const discoveries = ({ voice }: Stage): number =>
  voice.sessions().find(({ userId }) => userId === BOT)?.datagrams.discovery ?? 0;

it('needs no second join when the answer to IP discovery is lost', async () => {
  const scene = await set();
  const lift = scene.voice.faults.silence('discovery');
  const joined = scene.join();
  await until('a first question', () => discoveries(scene) > 0, 20_000);
  lift();
  await joined;
  expect(discoveries(scene)).toBeGreaterThan(1);
  expect(scene.gateway.joins).toHaveLength(1);
});

it('plays on when IP discovery is answered again and again', async () => {
  const scene = await playing();
  const answer = Buffer.alloc(74);
  answer.writeUInt16BE(2, 0);
  answer.writeUInt16BE(70, 2);
  answer.write('203.0.113.7', 8);
  for (let n = 0; n < 100; n += 1) scene.voice.faults.sendRaw(GUILD, BOT, answer);
  const before = scene.voice.ears(ADA).count;
  await scene.voice.ears(ADA).waitFor(before + 20, 20_000);
  expect(scene.gateway.joins).toHaveLength(1);
});

it.each(['in', 'out'] as const)(
  'makes a fresh session when every datagram is lost on its way %s, though the socket lives',
  async (direction) => {
    const scene = await playing();
    const lift = scene.voice.faults.impair({ direction, impairment: () => (_, lose) => lose() });
    await scene.state('recovering');
    lift();
    const before = scene.voice.ears(ADA).count;
    await scene.voice.ears(ADA).waitFor((all) => all.length >= before + 20, 20_000);
    expect(scene.manager.report(GUILD).incidents.map(({ name }) => name)).toEqual(['datagrams lost']);
  },
);

it('takes up the session by a new socket when heartbeats stay unanswered, and nothing is missed', async () => {
  const scene = await playing({}, { heartbeatIntervalMs: 1_000 });
  const lift = scene.voice.faults.silence('heartbeat-ack');
  await scene.state('resuming');
  lift();
  await scene.state('ready');
  const last = heard(scene.voice.ears(ADA).packets).at(-1) ?? 0;
  const frames = heard(await scene.voice.ears(ADA).waitFor((all) => heard(all).includes(last + 20), 20_000));
  expect(frames).toEqual(frames.map((_, index) => index));
  expect(scene.gateway.joins).toHaveLength(1);
  expect(scene.manager.report(GUILD).incidents.at(-1)?.name).toBe('heartbeats unanswered');
});

it('makes a fresh session when a transition of the encryption is prepared and never executed', async () => {
  const scene = await playing();
  scene.voice.faults.tell(GUILD, BOT, 21, { transition_id: 999, protocol_version: 1 });
  await scene.state('recovering');
  expect(scene.manager.report(GUILD).incidents.at(-1)?.name).toBe('not encrypted');
});

it('says what it is connected to, and how that is encrypted', async () => {
  const scene = await playing();
  expect(scene.manager.report(GUILD)).toMatchObject({
    endpoint: '127.0.0.1',
    encryption: 'aead_aes256_gcm_rtpsize',
    dave: { version: 1, encrypted: true, privacyCode: expect.stringMatching(/^\d{30}$/) },
  });
  await until('a verdict', () => scene.manager.report(GUILD).verdict === 'healthy', 10_000);
});
