import { MessageFlags, type APIMessage } from 'discord-api-types/v10';
import type { Acknowledged } from '../interactions.ts';
import { isThinking } from './messages.ts';
import { LIMITS } from './rate-limit.ts';
import { NOTHING, ok, openRoute, type AnyRoute } from './route.ts';

const MESSAGE = '/webhooks/:application/:token/messages/:message';

/** Answering interactions: their token is the authority. */
export const INTERACTION_ROUTES: readonly AnyRoute[] = [
  openRoute({
    method: 'POST',
    path: '/interactions/:interaction/:token/callback',
    limit: null,
    handle: ({ interactions, parameters, body, files, query }) => {
      const done = interactions.respond(parameters.interaction, parameters.token, body, files);
      return query.get('with_response') === 'true' ? ok(callbackResponse(done)) : NOTHING;
    },
  }),
  openRoute({
    method: 'POST',
    path: '/webhooks/:application/:token',
    limit: LIMITS.webhook,
    // Interaction follow-ups always wait, whatever `wait` says.
    handle: ({ interactions, parameters, body, files }) =>
      ok(interactions.followUp(parameters.application, parameters.token, body, files)),
  }),
  openRoute({
    method: 'GET',
    path: MESSAGE,
    limit: LIMITS.webhook,
    handle: ({ interactions, parameters: { application, token, message } }) =>
      ok(interactions.read(application, token, message)),
  }),
  openRoute({
    method: 'PATCH',
    path: MESSAGE,
    limit: LIMITS.webhook,
    handle: ({ interactions, parameters: { application, token, message }, body, files }) =>
      ok(interactions.edit(application, token, message, body, files)),
  }),
  openRoute({
    method: 'DELETE',
    path: MESSAGE,
    limit: LIMITS.webhook,
    handle: ({ interactions, parameters: { application, token, message } }) => {
      interactions.remove(application, token, message);
      return NOTHING;
    },
  }),
];

/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback-interaction-callback-response-object */
function callbackResponse({ type, interaction, message }: Acknowledged) {
  return {
    interaction: { id: interaction.id, type: interaction.type, ...(message && about(message)) },
    resource: { type, ...(message && { message }) },
  };
}

const about = (message: APIMessage) => ({
  response_message_id: message.id,
  response_message_loading: isThinking(message),
  response_message_ephemeral: ((message.flags ?? 0) & MessageFlags.Ephemeral) !== 0,
});
