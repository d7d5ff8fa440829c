/** What the bot's log said last of an incident. */
export interface LoggedIncident {
  readonly guildId: string;
  readonly result: string;
}

/** A message about an incident begins with this. */
const ABOUT_VOICE = '🔌';
/** How one reads that says what is being done: at the end none may. */
const DEVELOPING = /joining again|retrying|cooling down|taking the session up|finding out|as soon as Discord lets me/;

/** Messages of a guild's text channel that nobody asked for, and the incidents that it had: one message each, and kept true. */
export function judgeTelling(
  guildId: string,
  incidents: ReadonlyMap<string, LoggedIncident>,
  told: readonly string[],
): string[] {
  const here = [...incidents].filter(([, incident]) => incident.guildId === guildId);
  const about = told.filter((content) => content.startsWith(ABOUT_VOICE));
  return [
    ...here.filter(([, { result }]) => result === 'open').map(([id]) => `incident ${id} is still open`),
    ...(about.length > here.length ? [`${about.length} messages about ${here.length} incidents`] : []),
    ...about.filter((content) => DEVELOPING.test(content)).map((content) => `somebody still reads "${content}"`),
  ].map((wrong) => `guild ${guildId}: ${wrong}`);
}
