import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HeardPacket } from '../ears.ts';
import type { Interaction, Person } from '../people.ts';
import { guildName, guildOf, Refusal, route, userOf, waitMs, type Control, type Request, type Route } from './route.ts';

const NAME = /^[\w.-]{1,32}$/;
const KEPT_INTERACTIONS = 1_000;

const file = z
  .object({ name: z.string(), base64: z.base64() })
  .transform(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') }));
const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), file])).default({});
const channel = z.string();
const index = z.coerce.number().int().min(0);

/** What people do, see and hear. A person becomes a member of the guild when first named. */
export const PEOPLE_ROUTES: readonly Route[] = [
  route('POST', '/people/:name/join', 'Joins a voice channel.', { channel, guild: guildName }, (control, request) => {
    person(control, request).join(request.input.channel);
  }),
  route(
    'POST',
    '/people/:name/move',
    'Goes to another voice channel.',
    { channel, guild: guildName },
    (control, request) => {
      person(control, request).move(request.input.channel);
    },
  ),
  route('POST', '/people/:name/leave', 'Leaves voice.', { guild: guildName }, (control, request) => {
    person(control, request).leave();
  }),
  route(
    'POST',
    '/people/:name/slash',
    'Types a slash command; a file is `{ name, base64 }`. With `waitMs` the answer is waited for.',
    { command: z.string(), options, channel: channel.optional(), guild: guildName, waitMs: waitMs.default(0) },
    async (control, request) => {
      const { command, options, channel, waitMs } = request.input;
      const where = channel === undefined ? {} : { channel };
      return outcome(control, await person(control, request).slash(command, options, where), waitMs, request.signal);
    },
  ),
  route(
    'POST',
    '/people/:name/autocomplete',
    'Types into the option `focused` and gets the choices that are shown.',
    { command: z.string(), options, focused: z.string(), guild: guildName },
    async (control, request) => {
      const { command, options, focused } = request.input;
      return { choices: await person(control, request).autocomplete(command, options, focused) };
    },
  ),
  route(
    'POST',
    '/people/:name/press',
    'Presses a button, or chooses `values` in a select menu, of a message that they see.',
    {
      message: z.string(),
      customId: z.string(),
      values: z.array(z.string()).default([]),
      guild: guildName,
      waitMs: waitMs.default(0),
    },
    async (control, request) => {
      const { message, customId, values, waitMs } = request.input;
      return outcome(control, await person(control, request).press(message, customId, values), waitMs, request.signal);
    },
  ),
  route(
    'POST',
    '/people/:name/say',
    'Writes a message in a text channel, with `files`, as a reply to the message `replyTo`.',
    {
      content: z.string().default(''),
      files: z.array(file).default([]),
      replyTo: z.string().optional(),
      channel: channel.optional(),
      guild: guildName,
    },
    (control, request) => {
      const { content, files, replyTo, channel } = request.input;
      const more = { files, ...(channel !== undefined && { channel }), ...(replyTo !== undefined && { replyTo }) };
      return { message: person(control, request).say(content, more) };
    },
  ),
  route(
    'POST',
    '/people/:name/use-on',
    'Chooses a command in the menu of a message that they see.',
    { message: z.string(), command: z.string(), guild: guildName, waitMs: waitMs.default(0) },
    async (control, request) => {
      const { message, command, waitMs } = request.input;
      return outcome(control, await person(control, request).useOn(message, command), waitMs, request.signal);
    },
  ),
  route(
    'GET',
    '/people/:name/sees',
    'Every message that they see in a text channel, oldest first.',
    { channel: channel.optional(), guild: guildName },
    (control, request) => ({ messages: person(control, request).sees(request.input.channel) }),
  ),
  route(
    'GET',
    '/people/:name/heard',
    'Opus packets that they heard: from index `from`, at most `limit`, each with its sha256 or (`payload=base64`) its bytes.',
    {
      from: index.default(0),
      limit: index.max(5_000).default(500),
      payload: z.enum(['sha256', 'base64', 'none']).default('sha256'),
    },
    ({ loopback }, { at, input: { from, limit, payload } }) => {
      const ears = loopback.voice.ears(userOf(loopback, at['name'] ?? ''));
      return {
        count: ears.count,
        undecryptable: ears.undecryptable,
        plain: ears.plain,
        timeOrigin: performance.timeOrigin,
        packets: ears.from(from, limit).map((packet) => shown(packet, payload)),
      };
    },
  ),
  route('DELETE', '/people/:name/heard', 'Forgets what they heard.', {}, ({ loopback }, { at }) => {
    loopback.voice.ears(userOf(loopback, at['name'] ?? '')).clear();
  }),
  route('GET', '/interactions/:id', 'What became of an interaction.', {}, ({ interactions }, { at }) => {
    const interaction = interactions.get(at['id'] ?? '');
    if (!interaction) throw new Refusal(404, `no interaction ${at['id']} was begun here`);
    return interaction.outcome;
  }),
];

function person({ loopback }: Control, { at, input }: Request<{ readonly guild?: string | undefined }>): Person {
  const name = at['name'] ?? '';
  if (!NAME.test(name)) throw new Refusal(400, 'a name has 1 to 32 letters, digits, dots, dashes or underlines');
  if (name === 'bot') throw new Refusal(400, 'the bot is no person');
  return loopback.user(name, guildOf(loopback, input.guild));
}

/** How it stands now, or, after waiting, how it was answered. */
async function outcome(
  { interactions }: Control,
  interaction: Interaction,
  waitMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  interactions.set(interaction.id, interaction);
  const [oldest] = interactions.keys();
  if (interactions.size > KEPT_INTERACTIONS && oldest !== undefined) interactions.delete(oldest);
  if (waitMs > 0) await answerWithin(interaction, waitMs, signal);
  return interaction.outcome;
}

/** Resolves at the answer or at the failure that the person sees; refuses when neither came in time, or nobody waits any more. */
export async function answerWithin(interaction: Interaction, ms: number, signal: AbortSignal): Promise<void> {
  const late = Promise.withResolvers<never>();
  const refuse = () => late.reject(new Refusal(408, `no answer came within ${ms} ms`));
  const timer = setTimeout(refuse, ms);
  signal.addEventListener('abort', refuse, { once: true });
  if (signal.aborted) refuse();
  const settled = interaction.answered().then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([settled, late.promise]).finally(() => clearTimeout(timer));
}

function shown({ opus, ...packet }: HeardPacket, payload: 'sha256' | 'base64' | 'none'): object {
  const bytes = opus.length;
  if (payload === 'none') return { ...packet, bytes };
  if (payload === 'base64') return { ...packet, bytes, base64: opus.toString('base64') };
  return { ...packet, bytes, sha256: createHash('sha256').update(opus).digest('hex') };
}
