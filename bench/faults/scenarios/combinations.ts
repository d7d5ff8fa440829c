import { seeded } from '../../../loopback/seeded.ts';
import { closes, cuts, fault, GUILD, playsOn, type Scenario, type Step } from '../scenario.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const FAULTS_EACH = 3;
const WITHIN_MS = 1_500;

/** What one connection survives at any moment. Of what loses the session only one is taken: a guild has five op 4 a minute. */
const LOSSES: readonly ((atMs: number) => Step)[] = [
  (atMs) => closes(4006, atMs),
  (atMs) => closes(4009, atMs),
  (atMs) => fault('change-voice-server', { guildId: GUILD }, { atMs }),
];
const NUISANCES: readonly ((atMs: number) => Step)[] = [
  (atMs) => fault('drop-gateway', {}, { atMs }),
  (atMs) => fault('gateway-reconnect', {}, { atMs }),
  (atMs) => fault('server-deafen', { guildId: GUILD }, { atMs }),
  (atMs) => fault('server-before-state', {}, { atMs }),
  (atMs) => fault('unknown-voice-fields', { guildId: GUILD }, { atMs }),
  (atMs) => fault('slow-rest', { ms: 800 }, { atMs }),
  (atMs) => fault('reorder-udp', { percent: 10, direction: 'out', guildId: GUILD }, { atMs }),
  (atMs) => ({ person: 'ben', does: 'join', where: 'Lounge', atMs }),
];

export const COMBINATION_SCENARIOS: readonly Scenario[] = SEEDS.map((seed) => {
  const random = seeded(seed);
  const moment = () => Math.round(random() * WITHIN_MS);
  const draw = (faults: readonly ((atMs: number) => Step)[]) => faults[Math.floor(random() * faults.length)] ?? cuts;
  const others = NUISANCES.map((nuisance) => ({ nuisance, order: random() }))
    .toSorted((one, other) => one.order - other.order)
    .slice(0, FAULTS_EACH - 1);
  const steps = [draw(LOSSES)(moment()), ...others.map(({ nuisance }) => nuisance(moment()))];
  return {
    name: `combination of seed ${seed}: ${steps.map(nameOf).join(', ')}`,
    family: 'combinations',
    steps,
    // When the main gateway is away too, it has to be back first.
    expects: playsOn(4_000, 4),
    listenMs: 1_500,
    deadlineMs: 15_000,
  };
});

function nameOf(step: Step): string {
  return 'fault' in step ? step.fault : `${step.person} ${step.does}s`;
}
