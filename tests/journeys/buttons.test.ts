import { describe, expect, it } from 'vitest';
import type { Person, SeenMessage } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage, type Bot, type Song, type Stage } from './stage.ts';

/** Each button by its label, what its press says, and where that is to be seen afterwards. In this order one can be pressed after the other. */
const BUTTONS: readonly (readonly [label: string, says: RegExp, seen: (display: SeenMessage) => boolean])[] = [
  ['Quieter', /90 %/, footer('Volume 90 %')],
  ['Louder', /100 %/, (display) => !footer('Volume')(display)],
  ['Loop track', /This track is repeated/, footer('Loop: track')],
  ['Loop queue', /whole queue is repeated/, footer('Loop: queue')],
  ['Loop off', /Nothing is repeated/, (display) => !footer('Loop')(display)],
  ['Shuffle', /Shuffled 2 tracks/, hasButton('Shuffle')],
  ['Pause', /Paused/, heading('Paused')],
  ['Resume', /Going on/, heading('Now playing')],
  ['Forward 10 s', /Going on at 0:1\d/, hasButton('Forward 10 s')],
  ['Back 10 s', /Going on at 0:0\d/, hasButton('Back 10 s')],
  ['Skip', /Skipped/, hasButton('Previous')],
  ['Previous', /Back to/, (display) => heading('Now playing')(display) && !hasButton('Previous')(display)],
  ['Favourite', /now one of your favourites/, hasButton('Favourite')],
  ['Stop', /Stopped/, (display) => display.embeds[0]?.description?.startsWith('Nothing is playing') === true],
];

it('lets people do with each button what its command does, and shows what came of it', async () => {
  const { ada, display } = await playing();
  for (const [label, says, seen] of BUTTONS) {
    expect(await press(ada, label), label).toMatchObject({ content: expect.stringMatching(says), ephemeral: true });
    await until(`the display after ${label}`, () => ada.sees().some((now) => now.id === display && seen(now)), 20_000);
  }
});

it('refuses each of them to somebody in another voice channel, and does nothing then', async () => {
  const { stage, ada, display } = await playing();
  const ben = stage.loopback.user('ben');
  ben.join('Studio');
  const before = buttonsIn(await sees(ada, 'the display', ({ id }) => id === display));
  // What somebody likes is nobody else's business.
  for (const label of [...before.keys()].filter((label) => label !== 'Favourite')) {
    const refused = { content: expect.stringContaining('I am playing there'), ephemeral: true };
    expect(await press(ben, label), label).toMatchObject(refused);
  }
  const after = buttonsIn(await sees(ada, 'the display', ({ id }) => id === display));
  expect([...after]).toEqual([...before]);
});

it('tells politely of each of them that it belongs to a track that has ended', async () => {
  const { stage, ada, display } = await playing();
  // Discord lets the display not follow, so that everybody still sees the buttons of the track before.
  stage.loopback.faults.throw('fail-rest', { status: 429, retryAfterS: 600, route: 'PATCH /channels' });
  expect((await ask(ada, 'skip')).content).toContain('Skipped');
  for (const [label, id] of buttonsIn(await sees(ada, 'the display', (now) => now.id === display))) {
    const answer = await (await ada.press(display, id)).answered();
    const stale = { content: expect.stringContaining('a track that has ended'), ephemeral: true };
    expect(answer, label).toMatchObject(stale);
  }
});

describe('after a restart', () => {
  it('the buttons of the display that was there work', async () => {
    const { stage, bot, ada, display } = await playing();
    await bot.stop();
    await stage.startBot(SETTINGS);
    await until('the display to be taken up again', () => find(ada, 'Pause') !== null, 20_000);
    expect((await press(ada, 'Pause')).content).toContain('Paused');
    await sees(ada, 'the display', (now) => now.id === display && heading('Paused')(now));
    expect(displaysOf(ada)).toHaveLength(1);
  });
});

describe('while voice is being mended', () => {
  it('the buttons answer, and what they led to is true when it is back', async () => {
    const { stage, ada, song } = await playing();
    const { loopback } = stage;
    loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4006 });
    expect((await press(ada, 'Loop track')).content).toContain('repeated');
    expect((await press(ada, 'Pause')).content).toContain('Paused');
    expect((await press(ada, 'Resume')).content).toBe('Going on.');
    const heard = stage.match('ada', song).matched.length;
    await until('the song to go on', () => stage.match('ada', song).matched.length > heard + 50, 20_000);
    await sees(ada, 'the display', (now) => heading('Now playing')(now) && footer('Loop: track')(now));
  });
});

const SETTINGS = { NOW_PLAYING_REFRESH_MS: '1000' };

/** A bot that plays the first of three songs to Ada, and its display with one before. */
async function playing(): Promise<{ stage: Stage; bot: Bot; ada: Person; display: string; song: Song }> {
  const stage = await setStage({}, 90);
  const [song, second, third] = [
    await stage.song('song.webm'),
    await stage.song('second.webm'),
    await stage.song('third.opus'),
  ];
  const bot = await stage.startBot(SETTINGS);
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  for (const { url } of [song, second, third]) await ask(ada, 'play', { query: url });
  const { id } = await sees(ada, 'the display', (now) => heading('Now playing')(now) && footer('1 more after it')(now));
  return { stage, bot, ada, display: id, song };
}

function heading(text: string) {
  return ({ embeds }: SeenMessage): boolean => embeds[0]?.author?.name === text;
}

function footer(text: string) {
  return ({ embeds }: SeenMessage): boolean => embeds[0]?.footer?.text.includes(text) === true;
}

function hasButton(label: string) {
  return (display: SeenMessage): boolean => buttonsIn(display).has(label);
}

/** Label and id of the buttons that can be pressed. */
function buttonsIn({ components }: SeenMessage): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const row of components)
    for (const button of 'components' in row ? row.components : [])
      if ('label' in button && 'custom_id' in button && button.label && button.disabled !== true)
        found.set(button.label, button.custom_id);
  return found;
}

const displaysOf = (person: Person) => person.sees().filter(({ embeds }) => embeds[0]?.author !== undefined);

/** The button in the display that the person sees, when it can be pressed. */
function find(person: Person, label: string): { readonly message: string; readonly id: string } | null {
  for (const display of displaysOf(person)) {
    const id = buttonsIn(display).get(label);
    if (id !== undefined) return { message: display.id, id };
  }
  return null;
}

async function press(person: Person, label: string): Promise<SeenMessage> {
  const { message, id } = await until(`a button ${label}`, () => find(person, label), 20_000);
  return await (await person.press(message, id)).answered();
}
