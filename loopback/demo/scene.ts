import { opusPacketsOf, type HeardPacket } from '../ears.ts';
import { arrivalRate, FRAME_MS, listening, longestHole, sounding, type Listening } from './measure.ts';
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

/** One line of the table at the end: what the listener really heard. */
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

  function note(what: string, { match, exact, lost }: Listening): void {
    const to = match.matched.at(-1)?.index ?? null;
    const { firstIndex: from, repeats } = match;
    heard.push({ what, frames: match.matched.length, from, to, exact, lost, repeated: repeats.length });
    findings.frames_exact = (findings.frames_exact ?? true) && exact;
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
        findings.heard_fps = Math.round(1_000 * arrivalRate(packets)) / 1_000;
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
        const packets = await control.heard(LISTENER);
        await command(LISTENER, 'resume');
        await listen(50);
        const { lost, match } = listening(await control.heard(LISTENER), song);
        if (lost > 0 || match.repeats.length > 0) throw new Error(`${lost} frames were lost in the pause`);
        return `held at frame ${listening(packets, song).match.matched.at(-1)?.index}, and went on with the next`;
      },
    },
    {
      title: 'Discord closes the voice connection with 4006 (session no longer valid)',
      act: async () => {
        const from = Math.max(0, (await control.heardCount(LISTENER)) - 50);
        await control.fault('close-voice', { guildId, code: 4006 });
        await listen(150);
        const packets = await control.heard(LISTENER, from);
        const { match, lost } = listening(packets, song);
        const hole = longestHole(packets);
        findings.recovered_after_4006_ms = Math.round(hole.ms);
        findings.frames_lost_after_4006 = lost;
        const back = match.matched.find(({ packet }) => packet === hole.after)?.index;
        return `back after ${Math.round(hole.ms)} ms at frame ${back}; ${lost} frames lost`;
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
        const { match } = listening(all, song);
        const killedAt = listening(before, song).match.matched.at(-1)?.index ?? Number.NaN;
        const newcomers = new Set(all.slice(before.length));
        const first = match.matched.find(({ packet }) => newcomers.has(packet));
        if (!first) throw new Error('the song did not go on');
        const error = (first.index - killedAt - 1) * FRAME_MS;
        findings.restored_position_error_ms = Math.abs(error);
        findings.restored_after_kill = Math.abs(error) <= 1_000;
        note('Long Note (WebM, passed through)', listening(all, song));
        const direction = error < 0 ? 'earlier' : 'later';
        return `restored ${Math.round(first.packet.at - began)} ms after its start, ${Math.abs(error)} ms ${direction} in the song`;
      },
    },
    {
      title: 'Ada skips to what Ben added',
      act: async () => {
        const from = await control.heardCount(LISTENER);
        await command(LISTENER, 'skip');
        await listen(150);
        const packets = await control.heard(LISTENER, from);
        const later = packets.slice(packets.findIndex(({ opus }) => third[0] !== undefined && opus.equals(third[0])));
        const listened = listening(later, third);
        if (listened.match.firstIndex !== 0 || listened.lost > 0)
          throw new Error(`it began at frame ${listened.match.firstIndex}, and ${listened.lost} frames were lost`);
        note('Third Time (Ogg, passed through)', listened);
        return `${listened.match.matched.length} frames from the first on`;
      },
    },
    {
      title: 'Ada plays an MP3, and one of the words of her own library',
      act: async () => {
        await command(LISTENER, 'play', { query: media.urlOf('song.mp3') });
        await command(LISTENER, 'play', { query: 'grand pause' });
        await command(LISTENER, 'skip');
        const packets = sounding(await listen(200));
        heard.push({
          what: 'Long Note (MP3, transcoded)',
          frames: packets.length,
          from: null,
          to: null,
          exact: null,
          lost: 0,
          repeated: 0,
        });
        return `${packets.length} frames from ffmpeg`;
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
