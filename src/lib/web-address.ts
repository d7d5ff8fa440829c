/** The address in a text as people and programs write it, also relative to `base`; null for anything that is not http or https. */
export function webAddress(text: string | null | undefined, base?: URL): URL | null {
  const url = text ? URL.parse(text, base?.href) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}
