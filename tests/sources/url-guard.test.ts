import { afterEach, describe, expect, it, vi } from 'vitest';
import { TenutoError, type ErrorCode } from '../../src/lib/errors.ts';
import { isPublic, UrlGuard, type UrlGuardOptions } from '../../src/sources/url-guard.ts';

const PUBLIC = [{ address: '93.184.216.34', family: 4 }];

async function verdict(url: string, options: UrlGuardOptions = {}): Promise<ErrorCode | 'public'> {
  const guard = new UrlGuard({ lookup: async () => PUBLIC, ...options });
  try {
    await guard.assertPublic(new URL(url));
    return 'public';
  } catch (error) {
    if (error instanceof TenutoError) return error.code;
    throw error;
  }
}

describe('addresses that are not public', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.0.0.1:8080/',
    'http://2130706433/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://127.1/',
    'http://127.0.1/',
    'http://127.0.0.1./',
    'http://１２７.０.０.１/',
    'http://0/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:db8::1]/',
    'http://[fc00::1]/',
    'http://[fd12:3456::1]/',
    'http://[fe80::1]/',
    'http://[ff02::1]/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://ⓛocalhost/',
    'http://anything.localhost/',
    'http://printer.local/',
    'http://metadata.google.internal/',
    'http://router.lan/',
  ])('refuses %s', async (url) => {
    expect(await verdict(url)).toBe('BLOCKED_ADDRESS');
  });

  it('refuses a name when even one of its addresses is not public', async () => {
    const lookup = async () => [...PUBLIC, { address: '10.0.0.1', family: 4 }];
    expect(await verdict('https://example.com/', { lookup })).toBe('BLOCKED_ADDRESS');
  });

  it.each(['fe80::1%eth0', '::1', '2::1', 'not an address', ''])('does not take %j for public', (address) => {
    expect(isPublic({ address, family: 6 })).toBe(false);
  });
});

describe('addresses that are public', () => {
  it.each([
    'https://example.com/',
    'https://93.184.216.34/',
    'http://[2606:2800:220:1:248:1893:25c8:1946]/',
    'http://172.32.0.1/',
    'http://100.128.0.1/',
    'http://localhost.example.com/',
    'http://radio.example.com:8000/stream',
  ])('lets %s pass', async (url) => {
    expect(await verdict(url)).toBe('public');
  });

  it('gives back the addresses that were checked, to be dialled', async () => {
    const guard = new UrlGuard({ lookup: async () => PUBLIC });
    expect(await guard.assertPublic(new URL('https://example.com/'))).toEqual(PUBLIC);
  });
});

describe('ports', () => {
  it.each([22, 25, 110, 6_667, 5_060])('refuses port %i, from where no music comes', async (port) => {
    expect(await verdict(`http://example.com:${port}/`)).toBe('BAD_QUERY');
  });
});

describe('names that cannot be looked up', () => {
  afterEach(() => vi.useRealTimers());

  it.each(['EAI_AGAIN', 'ENOTFOUND'])('are a failure of the way: %s', async (code) => {
    const lookup = () => Promise.reject(new Error(`getaddrinfo ${code}`));
    expect(await verdict('https://nowhere.example/', { lookup })).toBe('NETWORK_DOWN');
  });

  it('are a failure of the way also when the resolver is silent', async () => {
    vi.useFakeTimers();
    const asked = verdict('https://nowhere.example/', { lookup: () => new Promise(() => {}) });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await asked).toBe('NETWORK_DOWN');
  });

  it('are told with the name, which may be a typing mistake', async () => {
    const guard = new UrlGuard({ lookup: () => Promise.reject(new Error('getaddrinfo ENOTFOUND')) });
    const asked = guard.assertPublic(new URL('https://exmaple.example/'));
    await expect(asked).rejects.toMatchObject({ say: expect.stringContaining('I cannot reach exmaple.example') });
  });

  it('are given up when the signal is aborted', async () => {
    const guard = new UrlGuard({ lookup: () => new Promise(() => {}) });
    const life = new AbortController();
    const asked = guard.assertPublic(new URL('https://example.com/'), life.signal);
    life.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('allowed hosts', () => {
  const allowedHosts = ['127.0.0.1', 'nas.local:8080', '[::1]:9000'];
  const lookup = async () => [{ address: '192.168.1.20', family: 4 }];

  it.each([
    ['http://127.0.0.1:45678/', 'public'],
    ['http://2130706433/', 'public'],
    ['http://nas.local:8080/', 'public'],
    ['http://[::1]:9000/', 'public'],
    ['http://nas.local/', 'BLOCKED_ADDRESS'],
    ['http://nas.local:8081/', 'BLOCKED_ADDRESS'],
    ['http://127.0.0.2/', 'BLOCKED_ADDRESS'],
    ['http://127.0.0.1.example.com/', 'BLOCKED_ADDRESS'],
    ['http://[::1]/', 'BLOCKED_ADDRESS'],
    ['http://nas.example/', 'BLOCKED_ADDRESS'],
  ])('%s is %s', async (url, expected) => {
    expect(await verdict(url, { allowedHosts, lookup })).toBe(expected);
  });

  it('are meant also when a name leads to them', async () => {
    const addresses = async () => [...PUBLIC, { address: '192.168.1.20', family: 4 }];
    const both = { lookup: addresses, allowedHosts: ['192.168.1.20:8080'] };
    expect(await verdict('http://nas.example:8080/', both)).toBe('public');
    expect(await verdict('http://nas.example:8081/', both)).toBe('BLOCKED_ADDRESS');
  });
});
