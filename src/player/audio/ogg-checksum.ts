const FIELD = 22;

/** What a byte does to the sum, at once and with up to three bytes behind it: four are taken in one step. */
const TABLES = tables();

/** The checksum that an Ogg page should carry, for which its own four bytes count as zero (RFC 3533, 6). */
export function pageChecksum(page: Buffer): number {
  const [near, far, farther, farthest] = TABLES;
  let sum = updated(0, page.subarray(0, FIELD), near);
  sum = updated(sum, Buffer.alloc(4), near);
  let at = FIELD + 4;
  for (; at + 4 <= page.length; at += 4) {
    sum ^= page.readInt32BE(at);
    sum =
      (farthest[sum >>> 24] ?? 0) ^
      (farther[(sum >>> 16) & 255] ?? 0) ^
      (far[(sum >>> 8) & 255] ?? 0) ^
      (near[sum & 255] ?? 0);
  }
  return updated(sum, page.subarray(at), near) >>> 0;
}

function updated(sum: number, bytes: Buffer, table: Int32Array): number {
  for (const byte of bytes) sum = (sum << 8) ^ (table[(sum >>> 24) ^ byte] ?? 0);
  return sum;
}

function tables(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const near = Int32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
    return sum;
  });
  const next = (table: Int32Array) => table.map((sum) => (sum << 8) ^ (near[sum >>> 24] ?? 0));
  const far = next(near);
  const farther = next(far);
  return [near, far, farther, next(farther)];
}
