import { createPublicKey, verify } from 'node:crypto';
import { MlsSyntaxError, Reader, reference, signContent, uint16, vector } from './mls-wire.ts';

const MLS_1_0 = 1;
const CIPHER_SUITE = 2; // DHKEMP256_AES128GCM_SHA256_P256
const PUBLIC_MESSAGE = 1;
const KEY_PACKAGE_MESSAGE = 5;
const BASIC_CREDENTIAL = 1;
const SENDER_MEMBER = 1;
const CONTENT_COMMIT = 3;
const PROPOSAL_BY_REFERENCE = 2;

/** What a key package says that the gateway must know (RFC 9420, section 10). */
export interface KeyPackage {
  readonly bytes: Buffer;
  readonly reference: string;
  readonly userId: string;
  readonly signatureKey: Buffer;
}

/** What a commit says that the gateway must check (RFC 9420, section 12.4). */
export interface Commit {
  /** The whole MLSMessage; what follows it is the welcome. */
  readonly bytes: Buffer;
  readonly groupId: bigint;
  readonly epoch: bigint;
  readonly leaf: number;
  /** The proposals referred to, in the committer's order. */
  readonly references: readonly string[];
  /** Who the committer's renewed leaf says that it is; null when the commit has no path. */
  readonly committer: { readonly userId: string; readonly signatureKey: Buffer } | null;
}

/** Reads a key package and verifies its signature and lifetime. @discordjs/voice sends it bare; an MLSMessage around it is the protocol's text. */
export function readKeyPackage(payload: Buffer): KeyPackage {
  const wrapped =
    payload.length > 4 && payload.readUInt16BE(0) === MLS_1_0 && payload.readUInt16BE(2) === KEY_PACKAGE_MESSAGE;
  const bytes = wrapped ? payload.subarray(4) : payload;
  const reader = new Reader(bytes);
  reader.expect(2, MLS_1_0, 'the MLS version');
  reader.expect(2, CIPHER_SUITE, 'the cipher suite');
  reader.vector(); // init key
  const { userId, signatureKey, lifetime } = readLeafNode(reader);
  reader.vector(); // extensions
  const signed = bytes.subarray(0, reader.position);
  const signature = reader.vector();
  if (!reader.done) throw new MlsSyntaxError('bytes behind the key package');
  // The DAVE protocol wants the longest possible lifetime ("Key Packages", "Validation").
  if (lifetime?.from !== 0n || lifetime.to !== 2n ** 64n - 1n) throw new MlsSyntaxError('a key package that expires');
  if (!isSigned(signatureKey, 'KeyPackageTBS', signed, signature)) throw new MlsSyntaxError('a wrong signature');
  return { bytes, reference: reference('KeyPackage', bytes), userId, signatureKey };
}

/** A welcome taken apart: the secrets of each new member by the reference of its key package, sealed, and what is for all. */
export interface Welcome {
  readonly secrets: ReadonlyMap<string, Buffer>;
  readonly groupInfo: Buffer;
}

/** Reads a commit from op 28 and the welcome behind it, if there is one. */
export function readCommitWelcome(payload: Buffer): { readonly commit: Commit; readonly welcome: Welcome | null } {
  const reader = new Reader(payload);
  reader.expect(2, MLS_1_0, 'the MLS version');
  reader.expect(2, PUBLIC_MESSAGE, 'the wire format');
  const groupId = new Reader(reader.vector()).uint64();
  const epoch = reader.uint64();
  reader.expect(1, SENDER_MEMBER, 'the kind of sender');
  const leaf = reader.uint(4);
  reader.vector(); // authenticated data
  reader.expect(1, CONTENT_COMMIT, 'the kind of content');
  const references = reader.items((item) => {
    item.expect(1, PROPOSAL_BY_REFERENCE, 'how a proposal is given');
    return item.vector().toString('hex');
  });
  const hasPath = reader.uint(1) === 1;
  const committer = hasPath ? readLeafNode(reader) : null;
  if (hasPath) reader.vector(); // the path's nodes
  for (const _part of ['signature', 'confirmation tag', 'membership tag']) reader.vector();
  const bytes = payload.subarray(0, reader.position);
  const rest = payload.subarray(reader.position);
  const commit = { bytes, groupId, epoch, leaf, references, committer };
  return { commit, welcome: rest.length > 0 ? readWelcome(rest) : null };
}

/** The welcome that one new member gets: only the secrets meant for its key package. Null when there are none. */
export function welcomeFor({ secrets, groupInfo }: Welcome, { reference: name }: KeyPackage): Buffer | null {
  const own = secrets.get(name);
  return own ? Buffer.concat([uint16(CIPHER_SUITE), vector(own), vector(groupInfo)]) : null;
}

function readWelcome(bytes: Buffer): Welcome {
  const reader = new Reader(bytes);
  reader.expect(2, CIPHER_SUITE, 'the cipher suite');
  const secrets = reader.items((item): [string, Buffer] => {
    const newMember = item.vector();
    const sealed = [vector(newMember), vector(item.vector()), vector(item.vector())];
    return [newMember.toString('hex'), Buffer.concat(sealed)];
  });
  const groupInfo = reader.vector();
  if (!reader.done) throw new MlsSyntaxError('bytes behind the welcome');
  return { secrets: new Map(secrets), groupInfo };
}

interface LeafNode {
  readonly userId: string;
  readonly signatureKey: Buffer;
  readonly lifetime: { readonly from: bigint; readonly to: bigint } | null;
}

/** RFC 9420, section 7.2. */
function readLeafNode(reader: Reader): LeafNode {
  reader.vector(); // encryption key
  const signatureKey = reader.vector();
  reader.expect(2, BASIC_CREDENTIAL, 'the kind of credential');
  const userId = new Reader(reader.vector()).uint64().toString();
  for (let capability = 0; capability < 5; capability += 1) reader.vector();
  const source = reader.uint(1);
  const lifetime = source === 1 ? { from: reader.uint64(), to: reader.uint64() } : null;
  if (source === 3) reader.vector(); // parent hash
  reader.vector(); // extensions
  reader.vector(); // signature
  return { userId, signatureKey, lifetime };
}

function isSigned(point: Buffer, label: string, content: Buffer, signature: Buffer): boolean {
  const [x = '', y = ''] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  try {
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    return point[0] === 4 && verify('sha256', signContent(label, content), key, signature);
  } catch {
    return false; // not a point of the curve
  }
}
