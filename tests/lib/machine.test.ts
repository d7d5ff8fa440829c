import { describe, expect, it } from 'vitest';
import { Machine } from '../../src/lib/machine.ts';

type Light = { readonly status: 'red' } | { readonly status: 'green'; readonly since: number };
const light = () => new Machine<Light>({ status: 'red' }, { red: ['green'], green: ['red', 'green'] });

describe('Machine', () => {
  it('moves along its table and tells from where to where', () => {
    const machine = light();
    const seen: [Light, Light][] = [];
    machine.on('change', (next, previous) => seen.push([next, previous]));
    machine.to({ status: 'green', since: 1 });
    expect(machine.state).toEqual({ status: 'green', since: 1 });
    expect(seen).toEqual([[{ status: 'green', since: 1 }, { status: 'red' }]]);
  });

  it('refuses a step that the table does not have, and stays as it was', () => {
    const machine = light();
    const { signal } = machine;
    expect(() => machine.to({ status: 'red' })).toThrow('illegal transition red -> red');
    expect(machine.state).toEqual({ status: 'red' });
    expect(signal.aborted).toBe(false);
  });

  it('ends the work of a state when it is left, also for the same state', () => {
    const machine = light();
    const first = machine.to({ status: 'green', since: 1 });
    expect(machine.signal).toBe(first);
    const second = machine.to({ status: 'green', since: 2 });
    expect([first.aborted, second.aborted]).toEqual([true, false]);
  });

  it('shows listeners the new state, with the old work already ended', () => {
    const machine = light();
    const before = machine.signal;
    machine.on('change', () => {
      expect(machine.state.status).toBe('green');
      expect(before.aborted).toBe(true);
      expect(machine.signal.aborted).toBe(false);
    });
    machine.to({ status: 'green', since: 1 });
    expect.assertions(3);
  });

  it('lets a listener move on', () => {
    const machine = light();
    machine.once('change', () => machine.to({ status: 'red' }));
    const signal = machine.to({ status: 'green', since: 1 });
    expect(machine.state.status).toBe('red');
    expect(signal.aborted).toBe(true);
  });
});
