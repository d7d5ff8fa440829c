import { VoiceConnectionStatus } from '@discordjs/voice';
import { describe, it } from 'vitest';
import { heardRate, matchFrames, opusPacketsOf } from '../../loopback/ears.ts';
import { ADA, BOT, GUILD, encrypted, idle, nextEvent, noise, play, ready, scene } from './voice-client.ts';

describe.concurrent('an unmodified @discordjs/voice client', () => {
  it.for(['off', 'required'] as const)('plays a file bit by bit and on time, DAVE %s', async (dave, test) => {
    const here = await scene(test, { dave });
    here.people(ADA);
    const song = await noise(here.directory, 3);
    const connection = here.join();
    await (dave === 'off' ? ready(connection) : encrypted(connection));
    await idle(await play(connection, song));

    const { packets } = here.voice.ears(ADA);
    const file = await opusPacketsOf(song);
    const match = matchFrames(packets, file);
    test.expect(match.exact).toBe(true);
    test.expect(match.matched.map(({ index }) => index)).toEqual(file.map((_, index) => index));
    test.expect(heardRate(packets)?.byTimestamp).toBe(50);
    const clean = { malformed: 0, undecryptable: 0, 'nonce-reused': 0, 'nonce-backwards': 0, 'wrong-address': 0 };
    test
      .expect(here.voice.sessions())
      .toMatchObject([
        { userId: BOT, mode: 'aead_aes256_gcm_rtpsize', status: 'connected', datagrams: { ...clean, discovery: 1 } },
      ]);
    test.expect(here.voice.problems()).toEqual([]);
  });

  it.for([1000, 1001, 1006, 4015])('resumes after %d and goes on where it was', async (code, test) => {
    const here = await scene(test);
    here.people(ADA);
    const song = await noise(here.directory, 2);
    const over = play(await encrypted(here.join()), song).then(idle);
    await here.voice.ears(ADA).waitFor(20, 20_000);
    const resumed = nextEvent(here.voice, 'resumed');
    here.voice.faults.closeVoice(GUILD, BOT, code);
    await resumed;
    await over;

    const { packets } = here.voice.ears(ADA);
    const { matched, gaps, repeats, foreign } = matchFrames(packets, await opusPacketsOf(song));
    test.expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1);
    test.expect([repeats, foreign]).toEqual([[], []]);
    // The library throws the one packet away that it had prepared.
    test.expect(gaps.reduce((sum, { missing }) => sum + missing, 0)).toBeLessThanOrEqual(1);
    test.expect(matched.at(-1)?.index).toBe((await opusPacketsOf(song)).length - 1);
    test.expect(here.asked.count).toBe(1);
    test.expect(here.voice.problems()).toEqual([]);
  });

  it.for([4006, 4009, 4011])('asks for a new session after %d', async (code, test) => {
    const here = await scene(test, { dave: 'off' });
    const connection = await ready(here.join());
    const before = here.voice.sessions().map(({ ssrc }) => ssrc);
    const identified = nextEvent(here.voice, 'described');
    here.voice.faults.closeVoice(GUILD, BOT, code);
    await identified;
    await ready(connection);
    test.expect(here.asked.count).toBe(2);
    test.expect(here.voice.sessions()).toHaveLength(1);
    test.expect(here.voice.sessions().map(({ ssrc }) => ssrc)).not.toEqual(before);
  });

  it('is sent away for good with 4014', async (test) => {
    const here = await scene(test, { dave: 'off' });
    const connection = await ready(here.join());
    const gone = new Promise((resolve) =>
      connection.once(VoiceConnectionStatus.Disconnected, (_, state) => resolve(state)),
    );
    here.voice.dismiss(GUILD, BOT);
    test.expect(await gone).toMatchObject({ reason: 0, closeCode: 4014 });
    test.expect(here.voice.sessions()).toEqual([]);
    test.expect(here.asked.count).toBe(1);
  });

  it('is refused with 4017 when it does not offer DAVE', async (test) => {
    const here = await scene(test);
    const refused = nextEvent(here.voice, 'refused');
    const connection = here.join({ daveEncryption: false });
    test.expect(await refused).toMatchObject({ code: 4017, guildId: null });
    connection.destroy();
  });
});
