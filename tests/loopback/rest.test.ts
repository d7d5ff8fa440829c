import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { Routes } from 'discord-api-types/v10';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refusal, settleWithRest } from './rest-town.ts';

describe('the REST API', () => {
  it('lets a client with the right token in, and nobody else', async () => {
    const { rest, client, application } = await settleWithRest();
    expect(await rest.get(Routes.gatewayBot())).toMatchObject({ url: 'ws://127.0.0.1:1', shards: 1 });
    expect(await rest.get(Routes.user())).toMatchObject({ id: application.id, username: 'tenuto', bot: true });
    expect(await rest.get(Routes.currentApplication())).toMatchObject({ id: application.id });
    const stranger = client('not.the.token');
    expect(await refusal(stranger.get(Routes.gatewayBot()))).toMatchObject({
      status: 401,
      rawError: { code: 0, message: '401: Unauthorized' },
    });
  });

  it('answers an unknown route with 404 and lists it as a problem', async () => {
    const { rest, server } = await settleWithRest();
    expect(await refusal(rest.get('/guilds/1/soundboard-sounds'))).toMatchObject({
      status: 404,
      rawError: { code: 0, message: '404: Not Found' },
    });
    expect(server.problems).toEqual(['unknown route: GET /api/v10/guilds/1/soundboard-sounds']);
  });

  it('answers another method on a route with 405, which is a problem as well', async () => {
    const { rest, server, text } = await settleWithRest();
    expect(await refusal(rest.delete(Routes.channel(text.id)))).toMatchObject({
      status: 405,
      rawError: { code: 0, message: '405: Method Not Allowed' },
    });
    expect(server.problems).toEqual([`unknown route: DELETE /api/v10/channels/${text.id}`]);
  });

  it('tells how many identifies are left', async () => {
    const { rest, starts, application } = await settleWithRest();
    starts.take(application.id, 0);
    expect(await rest.get(Routes.gatewayBot())).toMatchObject({
      session_start_limit: { total: 1_000, remaining: 999, max_concurrency: 1 },
    });
  });

  it('refuses a body that is too large with 413, and the connection lives on', async () => {
    const { server, application, text } = await settleWithRest();
    const headers = { authorization: `Bot ${application.token}`, 'content-type': 'application/json' };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const told: unknown[] = [];
    for (const bytes of [40 * 1024 * 1024, 2]) {
      const asking = request(`${server.url}/v10/channels/${text.id}/messages`, { method: 'POST', headers, agent });
      asking.on('error', (error) => told.push(error.message)).end(Buffer.alloc(bytes, '{}'));
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      told.push(response.statusCode);
      await once(response.resume(), 'end');
    }
    expect(told).toEqual([413, 400]);
  });

  it('does nothing any more for a request that still waits when it is closed', async () => {
    const { server, application, text, ada } = await settleWithRest();
    const waiting = Promise.withResolvers<void>();
    server.interfere(() => {
      waiting.resolve();
      return { delayMs: 50 };
    });
    const headers = { authorization: `Bot ${application.token}`, 'content-type': 'application/json' };
    const path = `${server.url}/v10/channels/${text.id}/messages`;
    const answer = fetch(path, { method: 'POST', headers, body: '{"content":"late"}' }).catch(() => 'cut');
    await waiting.promise;
    await server.close();
    expect(await answer).toBe('cut');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(ada.sees()).toEqual([]);
  });

  it('takes no other version of the API for its own', async () => {
    const { server, application } = await settleWithRest();
    const response = await fetch(`${server.url}/v9/users/@me`, {
      headers: { authorization: `Bot ${application.token}` },
    });
    expect(response.status).toBe(404);
    expect(server.problems).toHaveLength(1);
  });

  it('sends no content type with a 204', async () => {
    const { server, application, text } = await settleWithRest();
    const headers = { authorization: `Bot ${application.token}` };
    const response = await fetch(`${server.url}/v10/channels/${text.id}/typing`, { method: 'POST', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('content-type')).toBeNull();
  });

  it.each([
    ['{"content":', 'application/json', 50_109],
    ['[]', 'application/json', 50_035],
    ['null', 'application/json', 50_006],
    ['', 'application/json', 50_006],
    ['content=hello', 'application/x-www-form-urlencoded', 0],
    ['--x\r\ncontent', 'multipart/form-data; boundary=x', 50_035],
  ])('refuses the body %j of type %s with code %i', async (body, type, code) => {
    const { server, application, text } = await settleWithRest();
    const headers = { authorization: `Bot ${application.token}`, 'content-type': type };
    const response = await fetch(`${server.url}/v10/channels/${text.id}/messages`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code });
  });

  it('reads the JSON of a form', async () => {
    const { server, application, text } = await settleWithRest();
    const body = new FormData();
    body.set('payload_json', JSON.stringify({ content: 'from a form' }));
    const headers = { authorization: `Bot ${application.token}` };
    const response = await fetch(`${server.url}/v10/channels/${text.id}/messages`, { method: 'POST', headers, body });
    expect(await response.json()).toMatchObject({ content: 'from a form' });
    expect(server.problems).toEqual([]);
  });

  it('says clearly that it takes files only under the names that Discord documents', async () => {
    const { server, rest, text } = await settleWithRest();
    const files = [{ name: 'a.txt', data: Buffer.from('a'), key: 'file' }];
    await refusal(rest.post(Routes.channelMessages(text.id), { body: { content: 'look' }, files }));
    expect(server.problems).toEqual([
      'POST /channels/:channel/messages: the double does not have files in a field "file"',
    ]);
  });

  it('keeps a record of what was asked', async () => {
    const { rest, server, text } = await settleWithRest();
    await rest.get(Routes.channel(text.id));
    await refusal(rest.get(Routes.channel('1')));
    expect(server.requests.map(({ method, route, path, status }) => ({ method, route, path, status }))).toEqual([
      { method: 'GET', route: '/channels/:channel', path: `/channels/${text.id}`, status: 200 },
      { method: 'GET', route: '/channels/:channel', path: '/channels/1', status: 404 },
    ]);
  });

  it('lets faults answer in its place, cut the connection, and go away again', async () => {
    const { rest, server } = await settleWithRest();
    const heal = server.interfere(({ route }) =>
      route === '/users/@me' ? { answer: { answer: { status: 503, body: {} }, headers: {} } } : null,
    );
    expect(await refusal(rest.get(Routes.user()))).toMatchObject({ status: 503 });
    heal();
    const mend = server.interfere(() => ({ cut: true }));
    await refusal(rest.get(Routes.user()));
    mend();
    await rest.get(Routes.user());
    expect(server.requests.map(({ status }) => status)).toEqual([503, 0, 200]);
  });

  it('serves guilds, their channels, roles and members to a bot that is in them', async () => {
    const { rest, world, guild, text, ada, application } = await settleWithRest();
    expect(await rest.get(Routes.guild(guild.id))).toMatchObject({ id: guild.id, name: 'town' });
    expect(await rest.get(Routes.guildChannels(guild.id))).toMatchObject([
      { id: text.id },
      { name: 'music', user_limit: 1 },
    ]);
    expect(await rest.get(Routes.guildRoles(guild.id))).toMatchObject([{ id: guild.id, name: '@everyone' }]);
    expect(await rest.get(Routes.guildMember(guild.id, ada.id))).toMatchObject({ user: { username: 'ada' } });
    expect(await refusal(rest.get(Routes.guildVoiceState(guild.id, ada.id)))).toMatchObject({ code: 10_065 });
    world.removeMember(guild.id, application.bot.id);
    expect(await refusal(rest.get(Routes.guild(guild.id)))).toMatchObject({ code: 50_001, status: 403 });
    expect(await refusal(rest.get(Routes.guild('1')))).toMatchObject({ code: 10_004, status: 404 });
  });
});
