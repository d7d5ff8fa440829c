/** The packets of an Ogg file, header packets left out: read page by page as RFC 3533 says, in no way like the player does. */
export function oggPackets(file: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let open: Buffer[] = [];
  for (let offset = 0; offset < file.length;) {
    if (file.toString('latin1', offset, offset + 4) !== 'OggS') throw new Error(`no page at ${offset}`);
    const lacing = file.subarray(offset + 27, offset + 27 + file.readUInt8(offset + 26));
    let at = offset + 27 + lacing.length;
    for (const size of lacing) {
      open.push(file.subarray(at, at + size));
      at += size;
      if (size === 255) continue;
      packets.push(Buffer.concat(open));
      open = [];
    }
    offset = at;
  }
  return packets.slice(2);
}
