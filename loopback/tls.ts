import { X509Certificate, createPrivateKey, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

/** Who a client must trust, and what the voice servers show. */
export interface CertificateAuthority {
  /** For `NODE_EXTRA_CA_CERTS` of a child process. */
  readonly caPath: string;
  readonly caPem: string;
  readonly serverKeyPem: string;
  readonly serverCertPem: string;
}

const DAY_MS = 86_400_000;
const VALID_DAYS = 825;
const RENEW_DAYS = 30;
const FILES = { caPem: 'ca.pem', serverKeyPem: 'server-key.pem', serverCertPem: 'server.pem' } as const;

/**
 * The certificate authority and the server certificate (127.0.0.1 and localhost) kept in `directory`, made at the first run and again
 * when they have less than a month to live. The authority's own key is never written, so it can sign nothing else.
 */
export async function ensureCertificateAuthority(directory: string): Promise<CertificateAuthority> {
  const home = join(directory, 'tls');
  const kept = await read(home);
  if (kept) return kept;
  await mkdir(directory, { recursive: true });
  // A whole folder appears at once by rename, so nobody can read half of one set and half of another.
  const draft = await mkdtemp(join(directory, 'tls-'));
  try {
    await write(draft);
    return await settle(draft, home);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Puts the draft in its place, unless somebody else has just put a good one there. */
async function settle(draft: string, home: string): Promise<CertificateAuthority> {
  try {
    await rename(draft, home);
  } catch {
    const other = await read(home);
    if (other) return other;
    await rm(home, { recursive: true, force: true }); // expired or damaged
    await rename(draft, home);
  }
  const made = await read(home);
  if (!made) throw new Error(`the certificates just written to ${home} cannot be read back`);
  return made;
}

/** Makes this process trust the authority beside everything that it trusts already. Doing it twice does nothing. */
export function trustInProcess(caPem: string): void {
  const trusted = getCACertificates('default');
  const fingerprint = new X509Certificate(caPem).fingerprint256;
  if (trusted.some((pem) => new X509Certificate(pem).fingerprint256 === fingerprint)) return;
  setDefaultCACertificates([...trusted, caPem]);
}

async function read(home: string): Promise<CertificateAuthority | null> {
  try {
    const [caPem, serverKeyPem, serverCertPem] = await Promise.all(
      [FILES.caPem, FILES.serverKeyPem, FILES.serverCertPem].map((name) => readFile(join(home, name), 'utf8')),
    );
    if (caPem === undefined || serverKeyPem === undefined || serverCertPem === undefined) return null;
    const authority = new X509Certificate(caPem);
    const server = new X509Certificate(serverCertPem);
    const sound =
      server.verify(authority.publicKey) &&
      server.checkPrivateKey(createPrivateKey(serverKeyPem)) &&
      server.checkIP('127.0.0.1') !== undefined &&
      [authority, server].every(({ validToDate }) => validToDate.getTime() - Date.now() > RENEW_DAYS * DAY_MS);
    return sound ? { caPath: join(home, FILES.caPem), caPem, serverKeyPem, serverCertPem } : null;
  } catch {
    return null; // absent or damaged: both mean that a new set is needed
  }
}

async function write(home: string): Promise<void> {
  // An hour back: a container's clock may be a little behind its host's.
  const notBeforeDate = new Date(Date.now() - 3_600_000);
  const notAfterDate = new Date(notBeforeDate.getTime() + VALID_DAYS * DAY_MS);
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', notBeforeDate, notAfterDate } as const;
  // Two authorities of one name would be mistaken for each other by a process that trusts both.
  const name = `loopback ${randomBytes(8).toString('hex')}`;
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'loopback voice server' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  await Promise.all([
    writeFile(join(home, FILES.caPem), authority.cert),
    writeFile(join(home, FILES.serverKeyPem), server.private, { mode: 0o600 }),
    writeFile(join(home, FILES.serverCertPem), server.cert),
  ]);
}
