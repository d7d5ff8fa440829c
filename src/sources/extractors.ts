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
 * The value of `--use-extractors`: `names` are yt-dlp's, or the words `music`, `generic` and `all`. `*` stands for anything, and
 * a name for all that has it before a colon, too. One expression, so that a name which this yt-dlp does not know does no harm.
 */
export function allowed(names: readonly string[]): string {
  return names.includes('all') ? ALL : patternOf(names.flatMap((name) => SETS[name] ?? [name]));
}

/** The names of an operator's own that fit none of the extractors that there are. */
export function unmatched(names: readonly string[], extractors: readonly string[]): readonly string[] {
  const own = names.filter((name) => name !== 'all' && SETS[name] === undefined);
  return own.filter((name) => {
    const pattern = new RegExp(`^${patternOf([name])}$`, 'i');
    return !extractors.some((one) => pattern.test(one.replace(BROKEN, '')));
  });
}

/** What yt-dlp's list says of some. */
const BROKEN = ' (CURRENTLY BROKEN)';

function patternOf(names: readonly string[]): string {
  const each = names.map((name) => name.replaceAll('.', String.raw`\.`).replaceAll('*', '.*'));
  return `(?:${each.join('|')})(?::.*)?`;
}
