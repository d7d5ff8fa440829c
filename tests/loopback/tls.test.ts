import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, getCACertificates } from 'node:tls';
import { expect, it, vi, type TestContext } from 'vitest';
import { ensureCertificateAuthority, trustInProcess, type CertificateAuthority } from '../../loopback/tls.ts';

async function folder(test: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'loopback-tls-'));
  test.onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Null when a client that verifies reaches the server, else why it refused. */
async function reach(authority: CertificateAuthority, test: TestContext, host: string): Promise<string | null> {
  const server = createServer({ key: authority.serverKeyPem, cert: authority.serverCertPem }, (socket) => {
    socket.on('error', () => undefined);
    socket.end();
  });
  server.on('tlsClientError', () => undefined);
  test.onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', ...(host === 'localhost' && { servername: host }) });
  return new Promise((resolve) => {
    client.once('secureConnect', () => resolve(null));
    client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    client.on('close', () => client.destroy());
  });
}

it('makes an authority that a verifying client must be told to trust', async (test) => {
  const authority = await ensureCertificateAuthority(await folder(test));
  expect(await reach(authority, test, '127.0.0.1')).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET/);
  trustInProcess(authority.caPem);
  const trusted = getCACertificates('default').length;
  trustInProcess(authority.caPem);
  expect(getCACertificates('default')).toHaveLength(trusted);
  expect(await reach(authority, test, '127.0.0.1')).toBeNull();
  expect(await reach(authority, test, 'localhost')).toBeNull();
});

it('lets a process trust two authorities', async (test) => {
  const authorities = [
    await ensureCertificateAuthority(await folder(test)),
    await ensureCertificateAuthority(await folder(test)),
  ];
  for (const { caPem } of authorities) trustInProcess(caPem);
  for (const authority of authorities) expect(await reach(authority, test, '127.0.0.1')).toBeNull();
});

it('keeps what it made, and keeps the key to itself', async (test) => {
  const directory = await folder(test);
  const first = await ensureCertificateAuthority(directory);
  expect(await ensureCertificateAuthority(directory)).toEqual(first);
  expect(await readFile(first.caPath, 'utf8')).toBe(first.caPem);
  expect((await stat(join(directory, 'tls', 'server-key.pem'))).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['tls']);
});

it('makes a new one when the old one is about to expire', async (test) => {
  const directory = await folder(test);
  const first = await ensureCertificateAuthority(directory);
  const end = new X509Certificate(first.serverCertPem).validToDate.getTime();
  vi.useFakeTimers({ now: end - 20 * 86_400_000, toFake: ['Date'] });
  test.onTestFinished(() => void vi.useRealTimers());
  const second = await ensureCertificateAuthority(directory);
  expect(second.caPem).not.toBe(first.caPem);
  expect(new X509Certificate(second.serverCertPem).validToDate.getTime()).toBeGreaterThan(end);
});

it.each(['ca.pem', 'server.pem', 'server-key.pem'])('makes a new one when %s is damaged', async (name) => {
  const directory = await mkdtemp(join(tmpdir(), 'loopback-tls-'));
  const first = await ensureCertificateAuthority(directory);
  await writeFile(join(directory, 'tls', name), 'damaged');
  const second = await ensureCertificateAuthority(directory);
  expect(second.serverCertPem).not.toBe(first.serverCertPem);
  expect(new X509Certificate(second.serverCertPem).verify(new X509Certificate(second.caPem).publicKey)).toBe(true);
  await rm(directory, { recursive: true });
});

it('gives the same set to all who ask for the first time at once', async (test) => {
  const directory = await folder(test);
  const sets = await Promise.all(Array.from({ length: 5 }, () => ensureCertificateAuthority(directory)));
  const kept = await ensureCertificateAuthority(directory);
  expect(new X509Certificate(kept.serverCertPem).verify(new X509Certificate(kept.caPem).publicKey)).toBe(true);
  expect(sets.map(({ caPem }) => caPem)).toEqual(sets.map(() => kept.caPem));
});
