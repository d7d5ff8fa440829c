import { describe, expect, it, onTestFinished } from 'vitest';
import { PostgresServer, programs } from '../storage/fixtures/postgres-server.ts';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

const FRAME_MS = 20;

describe('with PostgreSQL', { skip: programs() === null }, () => {
  it('plays on while the database is away, saves when it is back, and goes on where it was killed', async () => {
    const server = await PostgresServer.start();
    onTestFinished(() => server.remove());
    const stage = await setStage();
    const { loopback } = stage;
    const song = await stage.song('song.webm');
    const ada = loopback.user('ada');
    const ears = loopback.ears('ada');
    ada.join('Lounge');
    const env = {
      ...loopback.env,
      DATA_DIR: stage.dataDir,
      ALLOW_PRIVATE_HOSTS: '127.0.0.1',
      STORE_URL: await server.database('tenuto'),
    };

    const first = await startBotProcess(env);
    await ask(ada, 'play', { query: song.url });
    await ask(ada, 'play', { query: stage.media.urlOf('second.webm') });
    await ears.waitFor(100, 20_000);
    await server.crash();
    await ask(ada, 'loop', { mode: 'queue' });
    const heardWhenAway = ears.packets.length;
    await ears.waitFor((packets) => packets.length > heardWhenAway + 50, 20_000);
    await server.start();
    const saved = `SELECT FROM tenuto_store WHERE key LIKE 'queue:%' AND value LIKE '%"mode":"queue"%'`;
    await expect.poll(() => server.sql(saved, 'tenuto'), { timeout: 20_000 }).toHaveLength(1);
    const heardWhenBack = ears.packets.length;
    await ears.waitFor((packets) => packets.length > heardWhenBack + 100, 20_000);
    first.child.kill('SIGKILL');
    await first.ended;
    const before = stage.match('ada', song).matched.at(-1)?.index ?? -1;
    const heardBefore = ears.packets.length;

    const second = await startBotProcess(env);
    const after = await ears.waitFor((packets) => packets.length > heardBefore + 50, 30_000);
    const resumed = stage.match('ada', song).matched.find(({ packet }) => after.indexOf(packet) >= heardBefore);
    expect(Math.abs((resumed?.index ?? Infinity) - before) * FRAME_MS).toBeLessThanOrEqual(1_500);
    const [queue] = (await ask(ada, 'queue')).embeds;
    expect(queue?.description).toContain('Second Wind');
    expect(queue?.footer?.text).toContain('repeating the queue');
    expect(first.log() + second.log()).not.toMatch(/p@ss|p%40ss/);
  });

  it('stops when another process has taken the database over, and changes nothing there', async () => {
    const server = await PostgresServer.start();
    onTestFinished(() => server.remove());
    const stage = await setStage();
    const { loopback } = stage;
    const ada = loopback.user('ada');
    ada.join('Lounge');
    const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
    const bot = await startBotProcess({ ...env, STORE_URL: await server.database('tenuto') });
    await ask(ada, 'play', { query: (await stage.song('song.webm')).url });
    await server.sql('UPDATE tenuto_schema SET token = token + 1', 'tenuto');
    const held = `SELECT value FROM tenuto_store WHERE key LIKE 'queue:%' ORDER BY key`;
    const before = await server.sql(held, 'tenuto');

    // Nobody needs to change anything: the position is written while the song plays.
    expect(await bot.ended).toEqual({ code: 1, signal: null });
    expect(bot.log()).toContain('Tenuto cannot go on: another process has taken the database over');
    expect(await server.sql(held, 'tenuto')).toEqual(before);
  });
});
