/** What `yt-dlp -J --flat-playlist --yes-playlist` writes about YouTube's mix of the first of these videos; a stream has no length. */
export function mixOf(
  videos: readonly { readonly id: string; readonly title: string; readonly seconds: number | null }[],
) {
  const id = `RD${videos[0]?.id ?? ''}`;
  const entries = videos.map(({ id, title, seconds }) => ({
    _type: 'url',
    ie_key: 'Youtube',
    id,
    url: `https://www.youtube.com/watch?v=${id}`,
    title,
    description: null,
    duration: seconds,
    channel_id: 'UCaaaaaaaaaaaaaaaaaaaaaa',
    channel: 'Ada - Topic',
    uploader: 'Ada - Topic',
    thumbnails: [{ url: `https://i.ytimg.com/vi/${id}/hqdefault.jpg`, height: 94, width: 168 }],
    live_status: seconds === null ? 'is_live' : null,
    availability: null,
    view_count: null,
  }));
  const link = `https://www.youtube.com/watch?v=${videos[0]?.id ?? ''}&list=${id}`;
  const list = { _type: 'playlist', id, title: 'Mix', extractor: 'youtube:tab', extractor_key: 'YoutubeTab' };
  return { link, shape: { ...list, webpage_url: link, playlist_count: null, entries } };
}
