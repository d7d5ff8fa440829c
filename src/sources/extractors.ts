/** Where there is music and talk, by yt-dlp's own names for what it can read. */
const MUSIC: readonly string[] = [
  'youtube*',
  'soundcloud*',
  'bandcamp',
  'mixcloud',
  'audiomack',
  'audius',
  'jamendo*',
  'hearthisat',
  'freesound',
  'reverbnation',
  'streetvoice',
  'clyp',
  'vocaroo',
  'archive.org',
  'vimeo',
  'dailymotion',
  'twitch*',
  'niconico*',
  'nicovideo',
  'bilibili*',
  'netease',
  'qqmusic',
  'zingmp3',
  'musicdex*',
  'piapro',
  'radiojavan',
  'yandexmusic',
  // Radio and talk.
  'tunein*',
  'iheartradio*',
  'radiofrance',
  'radio.de',
  'bbc*',
  'npr',
  'applepodcasts',
  'spreaker*',
  'acast',
  'audioboom',
  'libsyn',
  'megaphone.fm',
  'podbayfm*',
  'podchaser',
  'podomatic',
  'simplecast',
];

/** Words of the setting that stand for several. To yt-dlp, a player in the middle of a page is an extractor of its own. */
const SETS: Readonly<Record<string, readonly string[]>> = { music: MUSIC, generic: ['generic', 'html5'] };
/** yt-dlp's own word for everything, any web page included. */
const ALL = 'default';

/**
 * The value of `--use-extractors`: `names` are yt-dlp's, or the words `music`, `generic` and `all`. `*` stands for anything, and a
 * name for all that has it before a colon, too. One expression, so that a name which this yt-dlp does not know does no harm.
 */
export function allowed(names: readonly string[]): string {
  if (names.includes('all')) return ALL;
  const each = names.flatMap((name) => SETS[name] ?? [name]);
  return `(?:${each.map(patternOf).join('|')})(?::.*)?`;
}

const patternOf = (name: string) => name.replaceAll('.', String.raw`\.`).replaceAll('*', '.*');
