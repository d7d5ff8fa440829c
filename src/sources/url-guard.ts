import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { TenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';

/** What the IANA special-purpose registries (RFC 6890) keep off the public Internet, and every form that can carry such an address. */
const NOT_PUBLIC_V4 = blockList('ipv4', [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
]);
/** Public IPv6 is 2000::/3 (RFC 4291); these are the parts of it that are not, or that carry an IPv4 address inside. */
const NOT_PUBLIC_V6 = blockList('ipv6', ['2001::/23 2001:db8::/32 2002::/16 3fff::/20']);
/** Names that only mean something inside a network (RFC 6761, 6762, 8375 and common use). */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|home\.arpa)$/;

// The Fetch standard's "bad ports" above 1023. Below, only the two ports of the web carry music.
const BAD_PORTS = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
const LOOKUP_MS = 5_000;

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface UrlGuardOptions {
  /** Hosts that may be private: `127.0.0.1` for any port, `127.0.0.1:8080` for one; an address also by any name. Nothing by default. */
  readonly allowedHosts?: readonly string[];
  readonly lookup?: (hostname: string) => Promise<readonly Address[]>;
}

/** Decides which addresses may be contacted on behalf of a person. Asked before every connection, redirects included. */
export class UrlGuard {
  readonly #allowedHosts: ReadonlySet<string>;
  readonly #lookup: (hostname: string) => Promise<readonly Address[]>;

  constructor({ allowedHosts = [], lookup = (name) => systemLookup(name, { all: true }) }: UrlGuardOptions = {}) {
    this.#allowedHosts = new Set(allowedHosts.map((host) => host.trim().toLowerCase()));
    this.#lookup = lookup;
  }

  /**
   * Resolves with the checked addresses of the URL's host, one of which is to be dialled.
   * Rejects with BLOCKED_ADDRESS when even one of them is not public, and with NETWORK_DOWN when none can be found.
   */
  async assertPublic(url: URL, signal?: AbortSignal): Promise<readonly Address[]> {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TenutoError('BLOCKED_ADDRESS');
    const host = hostOf(url);
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    const allowed = this.#allows(host, port);
    if (!allowed) {
      if (PRIVATE_NAME.test(host)) throw new TenutoError('BLOCKED_ADDRESS');
      if (!isUsualPort(port)) throw new TenutoError('BAD_QUERY', `music does not come from port ${port}`);
    }
    const addresses = await this.#resolve(host, signal);
    const mayBeDialled = (one: Address) => isPublic(one) || this.#allows(one.address, port);
    if (!allowed && !addresses.every(mayBeDialled)) throw new TenutoError('BLOCKED_ADDRESS');
    return addresses;
  }

  #allows(host: string, port: number): boolean {
    const withPort = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    return this.#allowedHosts.has(host) || this.#allowedHosts.has(withPort);
  }

  async #resolve(host: string, signal?: AbortSignal): Promise<readonly Address[]> {
    const family = isIP(host);
    if (family !== 0) return [{ address: host, family }];
    // A resolver says ENOTFOUND both for a name that does not exist and, behind many routers, while the line is down.
    const lost = (cause: unknown) => new TenutoError('NETWORK_DOWN', host, { cause });
    const late = () => lost(new Error('the name was not looked up in time'));
    const addresses = await within(LOOKUP_MS, this.#lookup(host), late, signal).catch((error: unknown) => {
      throw error instanceof TenutoError || signal?.aborted ? error : lost(error);
    });
    if (addresses.length === 0) throw lost(new Error('the name has no address'));
    return addresses;
  }
}

/** The host as it is compared: the URL parser has already turned every spelling of an IPv4 address into four decimals. */
function hostOf(url: URL): string {
  return url.hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.+$/, '');
}

function isUsualPort(port: number): boolean {
  return port === 80 || port === 443 || (port >= 1_024 && !BAD_PORTS.has(port));
}

/** Whether an address is part of the public Internet. What is no address at all is not. */
export function isPublic({ address }: Address): boolean {
  const family = isIP(address);
  if (family === 4) return !NOT_PUBLIC_V4.check(address, 'ipv4');
  // A zone id means that the address is local to a link.
  const global = /^[23][\da-f]{3}:/i.test(address) && !address.includes('%');
  return family === 6 && global && !NOT_PUBLIC_V6.check(address, 'ipv6');
}

// One list per family: in a shared list Node matches every IPv4 address against rules for ::ffff:0:0/96.
function blockList(family: 'ipv4' | 'ipv6', lines: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of lines.join(' ').split(' ')) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
