import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

const VOICE = pathToFileURL(join(import.meta.dirname, '../../node_modules/@discordjs/voice/dist/index.mjs')).href;

/** Runs in the bot: takes our guard off its voice sockets when told, or fails in code that is not the library's. */
const MISCHIEF = `
  process.on('SIGUSR2', async () => {
    const { getGroups, VoiceWebSocket } = await import('${VOICE}');
    for (const connections of getGroups().values()) {
      for (const { state } of connections.values()) {
        const socket = state.networking?.state.ws;
        if (socket) socket.ws.onmessage = VoiceWebSocket.prototype.onMessage.bind(socket);
      }
    }
    process.stdout.write('unguarded\\n');
  });
  process.on('SIGPIPE', () => void setImmediate(() => { throw new Error('one of ours'); }));
`;

it('outlives what the voice library throws where nothing catches it, and not what we throw', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild, application } = loopback;
  const song = await stage.song('song.webm');
  const ada = loopback.user('ada');
  const ears = loopback.ears('ada');
  ada.join('Lounge');
  const { child, ended, log } = await startBotProcess({
    ...loopback.env,
    DATA_DIR: stage.dataDir,
    ALLOW_PRIVATE_HOSTS: '127.0.0.1',
    METRICS_PORT: '0',
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(MISCHIEF)}`,
  });
  await ask(ada, 'play', { query: song.url });
  await ears.waitFor(100, 20_000);

  child.kill('SIGUSR2');
  await until('the guard to be off', () => log().includes('unguarded\n'), 10_000);
  loopback.voice.faults.sendBinary(guild.id, application.bot.id, Buffer.of(0));
  await until('the fault', () => log().includes('the voice library failed'), 10_000);
  const before = ears.packets.length;
  await ears.waitFor((packets) => packets.length > before + 100, 20_000);

  const line = log()
    .split('\n')
    .find((line) => line.includes('the voice library failed'));
  expect(JSON.parse(line ?? '')).toMatchObject({ level: 50, guild_id: guild.id, error: { type: 'RangeError' } });
  const heard = stage.match('ada', song);
  expect(heard).toMatchObject({ firstIndex: 0, repeats: [], foreign: [] });
  expect(heard.gaps.reduce((sum, { missing }) => sum + missing, 0)).toBeLessThanOrEqual(
    loopback.voice.strayDatagrams().late,
  );
  const [metrics = ''] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(log()) ?? [];
  expect(await (await fetch(metrics)).text()).toContain('\nvoice_library_faults_total 1\n');

  child.kill('SIGPIPE');
  const [{ code }] = await Promise.all([ended, once(child, 'close')]);
  expect(code).toBe(1);
  expect(log()).toContain('Tenuto met an unknown fault: one of ours');
});
