const DISCORD_EPOCH = 1_420_070_400_000n;

/** Makes Discord's ids: milliseconds since 2015 in the upper 42 bits, a counter in the lower 22; never the same twice. */
export function snowflakes(now: () => number = Date.now): () => string {
  let counter = 0n;
  return () => String(((BigInt(now()) - DISCORD_EPOCH) << 22n) | (counter++ & 0x3fffffn));
}
