import { afterEach, expect, it } from 'vitest';
import { ADA, counting, GUILD, heard, stage, type Stage } from './stage.ts';

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

it('joins, and a listener hears every frame once and in order, end-to-end encrypted', async () => {
  here = await stage();
  await here.join();
  expect(here.manager.state(GUILD)).toMatchObject({ status: 'ready' });
  here.play(40);
  const ears = here.voice.ears(ADA);
  const packets = await ears.waitFor((all) => heard(all).length >= 40, 20_000);
  expect(heard(packets)).toEqual(counting(0, 40));
  expect(packets.every(({ dave }) => dave)).toBe(true);
  expect(here.manager.report(GUILD)).toMatchObject({ dave: true, joins: 1, incidents: [] });
  expect(here.manager.report(GUILD).framesSent).toBeGreaterThanOrEqual(40);
  expect(here.gateway.sent).toHaveLength(1);
});

it('comes back after 4006 within a fraction of a second, with the next frame and none twice', async () => {
  here = await stage();
  await here.join();
  here.play(60);
  const ears = here.voice.ears(ADA);
  await ears.waitFor((all) => heard(all).length >= 15, 20_000);
  here.voice.faults.closeVoice(GUILD, here.gateway.ownUserId(), 4006);
  const packets = await ears.waitFor((all) => heard(all).includes(59), 20_000);
  expect(heard(packets)).toEqual(counting(0, 60));
  expect(here.gateway.joins).toHaveLength(2);
  const [incident] = here.manager.report(GUILD).incidents;
  expect(incident).toMatchObject({ what: 'the voice session is no longer valid (4006)' });
  expect(incident?.outcome).toMatch(/^joined again after \d+ ms$/);
});
