interface ErrorRow {
  /** Who can do something about it, and so what is logged: `user` nothing, `outside` a warning, `bug` an error with its stack. */
  readonly blame: 'user' | 'outside' | 'bug';
  /** One plain line for the person who asked, saying what to do next. `{detail}` is replaced by the error's detail. */
  readonly say: string;
}

/** Every failure that a person can meet, one row each. */
const ERRORS = {
  NOT_IN_GUILD: { blame: 'user', say: 'This works only in a server.' },
  NOT_IN_VOICE: { blame: 'user', say: 'Join a voice channel first, then try again.' },
  OTHER_VOICE_CHANNEL: { blame: 'user', say: 'Join {detail} first: I am playing there.' },
  CANNOT_VIEW: { blame: 'user', say: 'I cannot see that voice channel. Give me the "View Channel" permission there.' },
  CANNOT_CONNECT: { blame: 'user', say: 'I may not join {detail}. Give me the "Connect" permission there.' },
  CANNOT_SPEAK: { blame: 'user', say: 'I may not speak in {detail}. Give me the "Speak" permission there.' },
  CHANNEL_FULL: { blame: 'user', say: '{detail} is full. Make room or use another voice channel.' },
  NOT_CONNECTED: { blame: 'user', say: 'I am in no voice channel. Use /play to start something.' },
  NOT_A_MANAGER: {
    blame: 'user',
    say: 'Only people with the "Manage Server" permission or the role {detail} may do that.',
  },
  NOT_MANAGING: { blame: 'user', say: 'Only people with the "Manage Server" permission may do that.' },
  NOT_A_DJ: {
    blame: 'user',
    say: 'Here that is for {detail}, for those who manage the server, and for whoever is alone with me. Ask one of them.',
  },
  NOT_YOURS: {
    blame: 'user',
    say: 'Others asked for some of those. You may take out your own, or ask a DJ.',
  },
  BLOCKED_PERSON: {
    blame: 'user',
    say: 'I am sorry: in this server I may do nothing for you. Those who manage it can change that.',
  },
  OTHER_TEXT_CHANNEL: { blame: 'user', say: 'I take commands in {detail} here. Try again there.' },
  BLOCKED_WORD: { blame: 'user', say: 'This server does not want "{detail}" to be played. Choose something else.' },
  NOTHING_PLAYING: { blame: 'user', say: 'Nothing is playing. Use /play to start something.' },
  NOTHING_FOUND: { blame: 'user', say: 'I found nothing for that. Try other words or a link.' },
  LIBRARY_UNREAD: {
    blame: 'outside',
    say: 'I am still reading the music library, so that may be in it. {detail}',
  },
  ALREADY_PAUSED: { blame: 'user', say: 'It is already paused. Use /resume to go on.' },
  NOT_PAUSED: { blame: 'user', say: 'It is not paused.' },
  BAD_QUERY: { blame: 'user', say: 'I cannot use that: {detail}.' },
  BAD_OPTION: { blame: 'user', say: '{detail}' },
  BLOCKED_ADDRESS: { blame: 'user', say: 'That address is not on the public Internet, so I do not open it.' },
  QUEUE_FULL: { blame: 'user', say: 'The queue is full ({detail} tracks). Wait for some to end, or use /stop.' },
  YOUR_LIMIT: {
    blame: 'user',
    say: 'You already have {detail} tracks in the queue, as many as one person may have. Wait for some to play.',
  },
  UNDO_LIMIT: {
    blame: 'user',
    say: 'That would bring back more tracks of one person than the {detail} that one may have. Wait for some to play, then undo.',
  },
  NO_SUCH_PLAYLIST: {
    blame: 'user',
    say: 'I know no playlist "{detail}" of yours, nor one that is shared here. /playlist list shows what there is.',
  },
  NOT_YOUR_PLAYLIST: {
    blame: 'user',
    say: 'Only the person who made that playlist may change it. /playlist load and /playlist save make one of your own.',
  },
  PLAYLIST_EXISTS: {
    blame: 'user',
    say: 'You already have a playlist "{detail}". Take another name, or delete that one first.',
  },
  BAD_NAME: { blame: 'user', say: 'That cannot be the name of a playlist: {detail}.' },
  PLAYLIST_FULL: { blame: 'user', say: 'A playlist holds {detail} tracks, and that one is full. Begin another.' },
  TOO_MANY_PLAYLISTS: {
    blame: 'user',
    say: 'You have {detail} playlists, as many as one person may have. Delete one first.',
  },
  FAVOURITES_FULL: {
    blame: 'user',
    say: 'You have {detail} favourites, as many as one person may have. Use /favorites remove first.',
  },
  NO_SUCH_ENTRY: {
    blame: 'user',
    say: 'There is no track at {detail} of that list. Look at the list for the numbers.',
  },
  BAD_FILE: {
    blame: 'user',
    say: 'I cannot read that file as a playlist: {detail}. /playlist export makes such files.',
  },
  PLAYLIST_LIMIT: { blame: 'user', say: 'I take no more than {detail} from one playlist.' },
  NO_SUCH_PLACE: { blame: 'user', say: 'There is no track at {detail}. /queue shows the numbers.' },
  NO_LYRICS: { blame: 'user', say: 'I found no lyrics for {detail}. Try /lyrics with its artist and title.' },
  SPONSORBLOCK_OFF: {
    blame: 'user',
    say: 'Nobody tells me what is no music in a video. The operator can name a service (SPONSORBLOCK_URL).',
  },
  LYRICS_OFF: { blame: 'user', say: 'Lyrics are turned off here. The operator can turn them on (LYRICS_URL).' },
  /** A service beside the music, as in `LYRICS_URL`. */
  SERVICE_FAILED: { blame: 'outside', say: 'I got nothing from {detail}. Try again in a minute.' },
  SHARED_UNREAD: {
    blame: 'outside',
    say: '{detail} does not say what that link is about. Use the artist and the title instead.',
  },
  LIST_UNTOLD: {
    blame: 'user',
    say: '{detail} does not show publicly which tracks are in that. Share its tracks one by one.',
  },
  SEARCH_NOT_ALLOWED: {
    blame: 'user',
    say: 'That is {detail}, which I would look for on YouTube, and may not. The operator can allow it (EXTRACTORS).',
  },
  NOTHING_BEFORE: { blame: 'user', say: 'Nothing has played before this.' },
  NOTHING_TO_UNDO: { blame: 'user', say: 'There is nothing to undo.' },
  TRACK_UNAVAILABLE: { blame: 'outside', say: 'That track cannot be played: {detail}.' },
  /** The site said why, and would say the same again. */
  TRACK_CLOSED: { blame: 'outside', say: 'That track cannot be played: {detail}.' },
  TRACK_NOT_YET: { blame: 'outside', say: 'That cannot be played yet: {detail}. Try again later.' },
  /** Not this track but everything of its site, for as long as it lasts. */
  SITE_BLOCKED: {
    blame: 'outside',
    say: 'Its site gives me nothing at the moment: {detail}. Try again in a few minutes.',
  },
  ASKED_TOO_FAST: { blame: 'user', say: 'That was a lot at once. Try again in {detail}.' },
  NOT_AUDIO: { blame: 'user', say: 'There is no sound in that link that I can play.' },
  NO_SOUND_IN_FILE: { blame: 'user', say: 'There is no sound in that file that I can play.' },
  SITE_NOT_ALLOWED: {
    blame: 'user',
    say: 'I do not open that site: it is not one of those that I was set up for. The operator can allow it (EXTRACTORS).',
  },
  /** The way to a host, and not what is there: names that cannot be looked up, connections that are refused or come to nothing. */
  NETWORK_DOWN: { blame: 'outside', say: 'I cannot reach {detail} right now. Try again in a minute.' },
  EXTRACTION_TIMED_OUT: { blame: 'outside', say: 'The site did not answer in time. Try again in a minute.' },
  EXTRACTOR_MISSING: {
    blame: 'outside',
    say: 'I cannot open sites because yt-dlp is missing or does not run here. The operator can run "npm run doctor".',
  },
  TRANSCODER_MISSING: {
    blame: 'outside',
    say: 'I cannot play that format because ffmpeg is missing here. The operator can run "npm run doctor".',
  },
  VOICE_UNAVAILABLE: { blame: 'outside', say: 'I could not join the voice channel: {detail}. Try again in a minute.' },
  VOICE_FATAL: { blame: 'outside', say: 'I cannot use voice here: {detail}. The operator must look at it.' },
  STORAGE_FAILED: {
    blame: 'outside',
    say: 'I could not save that, so I did not do it. The operator must look at the disk.',
  },
  STORAGE_UNREAD: {
    blame: 'outside',
    say: 'I could not read that from the disk. Try again in a minute; the operator must look at it.',
  },
  CANNOT_WRITE: {
    blame: 'user',
    say: 'I may not write here. Give me "View Channel", "Send Messages" and "Embed Links" in this channel.',
  },
  CALLED_OFF: { blame: 'user', say: 'The rest was called off.' },
  NOT_ADDING: { blame: 'user', say: 'That playlist is not being added any more.' },
  STALE_CHOICE: { blame: 'user', say: 'That is not there any more. Use /search again.' },
  STALE_BUTTON: {
    blame: 'user',
    say: 'That button belongs to a track that has ended. Use /nowplaying for a fresh display.',
  },
  LIVE: { blame: 'user', say: 'That is live, so there is no other place to go to.' },
  BEHIND_END: { blame: 'user', say: 'The track ends before that{detail}.' },
  NOT_SWAPPED: { blame: 'outside', say: 'I could not do that, so the music goes on as it was. {detail}' },
  OVERTAKEN: { blame: 'user', say: 'Something else was asked for meanwhile, so I did that.' },
  DISCORD_FAILED: { blame: 'outside', say: 'Discord did not take what I wanted to show. Try again in a minute.' },
  TOOK_TOO_LONG: { blame: 'outside', say: 'That took too long, so I stopped trying. Please try again.' },
  STARTING: { blame: 'outside', say: 'I am just starting. Try again in a few seconds.' },
  STOPPING: { blame: 'outside', say: 'I am restarting. Try again in a minute; the queue is kept.' },
  UNEXPECTED: { blame: 'bug', say: 'Something broke on my side. It has been noted; please try again.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

export interface TenutoErrorOptions extends ErrorOptions {
  /** When it is worth another try, milliseconds since 1970, where that is known. */
  readonly retryAt?: number;
}

/** The one error class: a code from the table, a detail for its sentence, and the cause where there is one. */
export class TenutoError extends Error {
  override readonly name = 'TenutoError';
  readonly code: ErrorCode;
  readonly detail: string;
  /** When it is worth another try, milliseconds since 1970; null when nobody knows. */
  readonly retryAt: number | null;

  constructor(code: ErrorCode, detail = '', options?: TenutoErrorOptions) {
    super(detail === '' ? code : `${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
    this.retryAt = options?.retryAt ?? null;
  }

  get blame(): ErrorRow['blame'] {
    return ERRORS[this.code].blame;
  }

  /** The line for the person who asked. */
  get say(): string {
    return ERRORS[this.code].say.replace('{detail}', () => this.detail);
  }
}

/** Anything that was thrown, as one of ours: what is not ours is a bug. */
export function toTenutoError(thrown: unknown): TenutoError {
  return thrown instanceof TenutoError ? thrown : new TenutoError('UNEXPECTED', '', { cause: thrown });
}
