import { z } from 'zod';
import { FAULTS } from '../fault-table.ts';
import type { Thrown } from '../faults.ts';
import { Refusal, route, type Route } from './route.ts';

/** What can go wrong, what does, and how to end it. */
export const FAULT_ROUTES: readonly Route[] = [
  route(
    'GET',
    '/faults',
    'Every fault with its parameters as JSON Schema, and those that go on now.',
    {},
    ({ loopback }) => ({
      faults: Object.entries(FAULTS).map(([name, { doc, lasts, params }]) => ({
        name,
        doc,
        lasts,
        params: z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }),
      })),
      lasting: loopback.faults.lasting.map(view),
    }),
  ),
  route(
    'POST',
    '/faults',
    'Throws a fault.',
    { name: z.string(), params: z.record(z.string(), z.unknown()).default({}) },
    ({ loopback }, { input: { name, params } }) => {
      const thrown = loopback.faults.throwByName(name, params);
      if (!thrown) throw new Refusal(404, `there is no fault ${name}; GET /faults lists them`);
      return view(thrown);
    },
  ),
  route('DELETE', '/faults/:id', 'Lifts one fault that lasts.', {}, ({ loopback }, { at }) => {
    const fault = loopback.faults.lasting.find(({ id }) => String(id) === at['id']);
    if (!fault) throw new Refusal(404, `no fault ${at['id']} goes on`);
    fault.lift();
  }),
  route('DELETE', '/faults', 'Lifts all faults that last.', {}, ({ loopback }) => loopback.faults.liftAll()),
];

const view = ({ id, name, params, lasts }: Thrown): object => ({ id, name, params, lasts });
