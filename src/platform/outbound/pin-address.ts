import { lookup as resolveName } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { bareHost, isNamedHost, isPublicAddress } from './address.js';

export interface PinnedAddress {
  address: string;
  family: 4 | 6;
}

/** All addresses of a host name; the operating system's resolver where none is given. */
export type Resolve = (host: string) => Promise<{ address: string }[]>;

/** Why a host is not asked: `hidden` where an address of it is not public, `unknown` where it has none. */
export class HostRefused extends Error {
  constructor(
    readonly why: 'hidden' | 'unknown',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Resolves the host once, to one address that every request then goes to. Throws HostRefused where any of its addresses is not public
 * and the operator did not name the host among `hosts`, or where it has none.
 */
export async function pinAddress(
  url: URL,
  hosts: readonly string[],
  resolve: Resolve = (host) => resolveName(host, { all: true }),
): Promise<PinnedAddress> {
  const host = bareHost(url);
  const found = isIP(host) === 0 ? await resolved(host, resolve) : [host];
  const hidden = found.find((address) => !isPublicAddress(address));
  if (hidden !== undefined && !isNamedHost(url, hosts))
    throw new HostRefused('hidden', `the host ${host} has an address that is not public`);
  const address = found[0]!;
  return { address, family: isIP(address) === 6 ? 6 : 4 };
}

/** For `lookup` of a request: no name is asked for again. */
export function lookupPinned({ address, family }: PinnedAddress): LookupFunction {
  return (_host, options, done) =>
    options.all ? done(null, [{ address, family }]) : done(null, address, family);
}

async function resolved(host: string, resolve: Resolve): Promise<string[]> {
  const addresses = await resolve(host).catch((error: unknown) => {
    throw new HostRefused('unknown', `the host ${host} is not found: ${wordsOf(error)}`);
  });
  if (addresses.length === 0) throw new HostRefused('unknown', `the host ${host} has no address`);
  return addresses.map(({ address }) => address);
}

const LONGEST = 300;

/** The words of an error that somebody else's code threw, as one short line. */
export const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .split('\n', 1)[0]!
    .replaceAll(/[\x00-\x1f\x7f]/g, ' ')
    .slice(0, LONGEST);

/** Errors of a certificate, as OpenSSL and Node name them. */
const UNTRUSTED =
  /CERT|^UNABLE_TO_(GET|VERIFY|DECODE)|^(HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/;

export function isUntrusted(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && UNTRUSTED.test(code);
}
