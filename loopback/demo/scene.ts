import { opusPacketsOf, type Expected, type HeardPacket } from '../ears.ts';
import { arrivalRate, foreignTo, FRAME_MS, listening, missing, sessionChange, sounding } from './measure.ts';
import type { Stage } from './stage.ts';

/** What the scene found out; a step that was not reached leaves its figures out. */
export interface Findings {
  dave?: boolean;
  frames_exact?: boolean;
  heard_fps?: number;
  play_to_first_frame_ms?: number;
  recovered_after_4006_ms?: number;
  frames_lost_after_4006?: number;
  restored_after_kill?: boolean;
  restored_position_error_ms?: number;
  stopped_in_ms?: number;
  commands_seen: string[];
}

/** One line of the table at the end: what the listener really heard. `from` and `to` are null where there is no file to compare with. */
export interface Heard {
  readonly what: string;
  readonly frames: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly exact: boolean | null;
  readonly lost: number;
  readonly repeated: number;
}

/** A step of the scene: what a newcomer reads, and what is done; returns what came of it, or throws. */
export interface Step {
  readonly title: string;
  readonly act: () => Promise<string>;
}

const LISTENER = 'ada';
const FRIEND = 'ben';
/** What this scene allows: frames that were on their way when the door was closed, and the age of a position on disk. */
const MAX_FRAMES_LOST = 5;
const MAX_INTERRUPTION_MS = 2_000;
const MAX_POSITION_ERROR_MS = 1_000;
const PAUSED_ONCE: Expected = { pauses: 1 };
/** Fifteen seconds: long enough for a rate to three digits. */
const RATE_FRAMES = 750;

/** The scene: each step builds on those before it. */
export async function writeScene(stage: Stage): Promise<{ steps: Step[]; findings: Findings; heard: Heard[] }> {
  const { control, fixtures, media, guildId } = stage;
  const findings: Findings = { commands_seen: [] };
  const heard: Heard[] = [];
  const song = await opusPacketsOf(fixtures.pathOf('song.webm'));
  const third = await opusPacketsOf(fixtures.pathOf('third.opus'));
  const clock = () => performance.timeOrigin + performance.now();

  async function command(person: string, name: string, options: Record<string, string | number> = {}): Promise<string> {
    const { status, message } = await control.slash(person, name, options);
    if (status !== 'answered' || message === null) throw new Error(`/${name} was not answered (${status})`);
    if (message.ephemeral && !['nowplaying', 'voicestatus', 'queue'].includes(name)) throw new Error(message.content);
    if (!findings.commands_seen.includes(name)) findings.commands_seen.push(name);
    return message.content;
  }

  /** Waits until the listener has heard so many more packets, and returns those. */
  async function listen(packets: number): Promise<HeardPacket[]> {
    const from = await control.heardCount(LISTENER);
    await control.wait('heard', { person: LISTENER, count: from + packets });
    return await control.heard(LISTENER, from);
  }

  function hold(condition: boolean, otherwise: string): void {
    if (!condition) throw new Error(otherwise);
  }

  function note(what: string, packets: readonly HeardPacket[], file: readonly Buffer[], expected?: Expected): void {
    const listened = listening(packets, file, expected);
    heard.push({ what, ...listened });
    findings.frames_exact = (findings.frames_exact ?? true) && listened.exact;
    hold(listened.exact, `of ${listened.frames} frames some were lost, repeated or changed within a voice session`);
  }

  const steps: Step[] = [
    {
      title: 'The bot logs in and registers its commands',
      act: async () => {
        await stage.startBot();
        await control.wait('command', { name: 'play' });
        return 'online';
      },
    },
    {
      title: 'Ada and Ben join a voice channel; Ada types /play with the address of a web page',
      act: async () => {
        await control.join(LISTENER, 'Lounge');
        await control.join(FRIEND, 'Lounge');
        const asked = clock();
        await command(LISTENER, 'play', { query: media.urlOf('page.html') });
        await control.wait('heard', { person: LISTENER, count: 1 });
        const [first] = await control.heard(LISTENER);
        findings.play_to_first_frame_ms = Math.round((first?.at ?? Number.NaN) - asked);
        return `playing; first frame after ${findings.play_to_first_frame_ms} ms, extraction by yt-dlp included`;
      },
    },
    {
      title: 'Ada listens for 15 seconds',
      act: async () => {
        const packets = await listen(RATE_FRAMES);
        const rate = arrivalRate(packets);
        findings.heard_fps = Math.round(1_000 * rate) / 1_000;
        hold(Math.abs(rate - 50) <= 0.1, `the rate was ${rate.toFixed(3)} frames a second, not 50`);
        return `${packets.length} frames at ${findings.heard_fps.toFixed(2)} a second`;
      },
    },
    {
      title: 'Ben adds a song; they look at /queue, /nowplaying and /voicestatus',
      act: async () => {
        const added = await command(FRIEND, 'play', { query: media.urlOf('third.opus') });
        for (const name of ['queue', 'nowplaying', 'voicestatus']) await command(LISTENER, name);
        return added;
      },
    },
    {
      title: 'Ada pauses, and goes on',
      act: async () => {
        await command(LISTENER, 'pause');
        const { to } = listening(await control.heard(LISTENER), song);
        await command(LISTENER, 'resume');
        await listen(50);
        const { exact } = listening(await control.heard(LISTENER), song, PAUSED_ONCE);
        hold(exact, 'frames were lost or repeated in the pause');
        return `held at frame ${to}, and went on with the next`;
      },
    },
    {
      title: 'Discord closes the voice connection with 4006 (session no longer valid)',
      act: async () => {
        await control.fault('close-voice', { guildId, code: 4006 });
        await listen(150);
        const packets = await control.heard(LISTENER);
        const { lost, repeated } = listening(packets, song);
        const { ms, first } = sessionChange(packets);
        findings.recovered_after_4006_ms = Math.round(ms);
        findings.frames_lost_after_4006 = lost;
        hold(repeated === 0, `${repeated} frames were heard twice`);
        hold(ms <= MAX_INTERRUPTION_MS, `it took ${Math.round(ms)} ms`);
        hold(lost <= MAX_FRAMES_LOST, `${lost} frames were lost`);
        const place = song.findIndex((packet) => packet.equals(first.opus));
        return `back after ${Math.round(ms)} ms at frame ${place}; ${lost} frames lost on the way`;
      },
    },
    {
      title: 'The bot is killed (kill -9) and started again',
      act: async () => {
        await stage.bot().end('SIGKILL');
        const before = await control.heard(LISTENER);
        const began = clock();
        await stage.startBot();
        await control.wait('heard', { person: LISTENER, count: before.length + 100 });
        const all = await control.heard(LISTENER);
        const first = all.find(({ ssrc }) => ssrc === all.at(-1)?.ssrc);
        hold(first !== undefined && first.at > began, 'no new voice session was heard');
        const killedAt = listening(
          all.filter(({ ssrc }) => ssrc !== first?.ssrc),
          song,
        ).to;
        const { from } = listening(
          all.filter(({ ssrc }) => ssrc === first?.ssrc),
          song,
        );
        const error = (from - killedAt - 1) * FRAME_MS;
        findings.restored_position_error_ms = Math.abs(error);
        findings.restored_after_kill = from >= 0 && Math.abs(error) <= MAX_POSITION_ERROR_MS;
        note('Long Note (WebM, passed through)', all, song, PAUSED_ONCE);
        hold(findings.restored_after_kill, `it went on at frame ${from}, but was killed at ${killedAt}`);
        const direction = error < 0 ? 'earlier' : 'later';
        const after = Math.round((first?.at ?? Number.NaN) - began);
        return `restored ${after} ms after its start, ${Math.abs(error)} ms ${direction} in the song`;
      },
    },
    {
      title: 'Ada skips to what Ben added',
      act: async () => {
        const from = await control.heardCount(LISTENER);
        await command(LISTENER, 'skip');
        await listen(150);
        const packets = foreignTo(await control.heard(LISTENER, from), [song]);
        note('Third Time (Ogg, passed through)', packets, third);
        const { from: first, frames } = listening(packets, third);
        hold(first === 0, `it began at frame ${first}`);
        return `${frames} frames from the first on`;
      },
    },
    {
      title: 'Ada plays an MP3, and then, by its title, a song of her own library',
      act: async () => {
        await command(LISTENER, 'play', { query: media.urlOf('song.mp3') });
        await command(LISTENER, 'play', { query: 'grand pause' });
        const transcoded: Buffer[] = [];
        for (const what of ['Long Note (MP3, transcoded)', 'Grand Pause (FLAC of the library, transcoded)']) {
          const from = await control.heardCount(LISTENER);
          await command(LISTENER, 'skip');
          await listen(150);
          const packets = foreignTo(await control.heard(LISTENER, from), [song, third, transcoded]);
          const frames = sounding(packets).length;
          const different = new Set(sounding(packets).map(({ opus }) => opus.toString('base64'))).size;
          hold(frames >= 100, `only ${frames} new frames were heard`);
          const [lost, repeated] = [missing(packets), frames - different];
          heard.push({ what, frames, from: null, to: null, exact: null, lost, repeated });
          hold(lost === 0 && repeated === 0, `${lost} frames were lost, ${repeated} heard twice`);
          transcoded.push(...packets.map(({ opus }) => opus));
        }
        return 'both heard, through ffmpeg';
      },
    },
    {
      title: 'Ada stops the music, sends the bot away, and its operator ends it (SIGTERM)',
      act: async () => {
        await command(LISTENER, 'stop');
        await command(LISTENER, 'leave');
        await control.wait('voice', { user: 'bot' });
        const asked = clock();
        const code = await stage.bot().end('SIGTERM');
        findings.stopped_in_ms = Math.round(clock() - asked);
        if (code !== 0) throw new Error(`it ended with ${code}`);
        return `ended with 0 after ${findings.stopped_in_ms} ms`;
      },
    },
    {
      title: 'The double looks back',
      act: async () => {
        const problems = await control.problems();
        if (problems.length > 0) throw new Error(problems.join('; '));
        const packets = sounding(await control.heard(LISTENER));
        findings.dave = packets.length > 0 && packets.every(({ dave }) => dave);
        if (!findings.dave) throw new Error(`${packets.filter(({ dave }) => !dave).length} frames came without DAVE`);
        return `nothing unknown was asked of it; all ${packets.length} frames were end-to-end encrypted`;
      },
    },
  ];
  return { steps, findings, heard };
}
