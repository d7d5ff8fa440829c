/** A track as a page names it. */
export interface Listing {
  readonly title: string;
  readonly url: string;
  readonly contentType: string;
}

/** A podcast feed. yt-dlp's generic extractor reads it as a playlist, one entry for each enclosure. */
export function feed(title: string, link: string, listings: readonly Listing[]): string {
  const items = listings.map(
    ({ title, url, contentType }) =>
      `<item><title>${escape(title)}</title><guid>${escape(url)}</guid>` +
      `<enclosure url="${escape(url)}" type="${contentType}" length="0"/></item>`,
  );
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>` +
    `<title>${escape(title)}</title><link>${escape(link)}</link>${items.join('')}</channel></rss>\n`
  );
}

/** A web page about one track. yt-dlp's generic extractor finds it in the audio element, and adds " (1)" to the page's title. */
export function page({ title, url, contentType }: Listing): string {
  return (
    `<!doctype html><html><head><meta charset="utf-8"><title>${escape(title)}</title></head>` +
    `<body><h1>${escape(title)}</h1><audio controls><source src="${escape(url)}" type="${contentType}"></audio></body></html>\n`
  );
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
