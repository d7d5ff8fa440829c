import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { KeyPackage } from './mls-messages.ts';
import { reference, signContent, uint16, uint32, uint64, vector } from './mls-wire.ts';

const MLS_PUBLIC_MESSAGE = Buffer.from([0, 1, 0, 1]);
const EXTERNAL_SENDER_ZERO = Buffer.from([2, 0, 0, 0, 0]);
const CONTENT_PROPOSAL = Buffer.from([2]);
const PROPOSAL_ADD = 1;
const PROPOSAL_REMOVE = 3;

/** A proposal as members get it, and the name by which their commits refer to it. */
export interface SignedProposal {
  readonly message: Buffer;
  readonly reference: string;
}

/** The voice gateway as an MLS external sender (RFC 9420, section 12.1.8): it proposes who is added and removed, and can do nothing else. */
export class ExternalSender {
  /** The payload of op 25: signature key and credential. */
  readonly package: Buffer;
  readonly #key: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    this.package = Buffer.concat([vector(point), uint16(1), vector(Buffer.from('loopback'))]);
    this.#key = privateKey;
  }

  add(groupId: bigint, epoch: bigint, keyPackage: KeyPackage): SignedProposal {
    return this.#propose(groupId, epoch, Buffer.concat([uint16(PROPOSAL_ADD), keyPackage.bytes]));
  }

  remove(groupId: bigint, epoch: bigint, leaf: number): SignedProposal {
    return this.#propose(groupId, epoch, Buffer.concat([uint16(PROPOSAL_REMOVE), uint32(leaf)]));
  }

  #propose(groupId: bigint, epoch: bigint, proposal: Buffer): SignedProposal {
    const content = Buffer.concat([
      MLS_PUBLIC_MESSAGE,
      vector(uint64(groupId)),
      uint64(epoch),
      EXTERNAL_SENDER_ZERO,
      vector(), // authenticated data
      CONTENT_PROPOSAL,
      proposal,
    ]);
    const signature = vector(sign('sha256', signContent('FramedContentTBS', content), this.#key));
    const message = Buffer.concat([content, signature]);
    // A PublicMessage repeats the version before the wire format; the reference is over the AuthenticatedContent without it.
    return { message, reference: reference('Proposal', message.subarray(2)) };
  }
}
