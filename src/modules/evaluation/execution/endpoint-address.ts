import { lookup as resolveName } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { modelError, wordsOf } from './execution.errors.js';

export interface PinnedAddress {
  address: string;
  family: 4 | 6;
}

/** All addresses of a host name; the operating system's resolver where none is given. */
export type Resolve = (host: string) => Promise<{ address: string }[]>;

const MODEL_PATH = /^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/?$/;
const REMEDY =
  'Name the model of a server that speaks the Open Inference Protocol: https://HOST/v2/models/NAME. Hosts inside the network, or without TLS, are for the operator to allow.';

const refused = (what: string) => modelError('MODEL_ENDPOINT_REFUSED', what, REMEDY);

/** Whether the operator named this host, as `host` or `host:port`. */
export function isAllowed(url: URL, hosts: readonly string[]): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return hosts.includes(host) || hosts.includes(`${host}:${port}`);
}

/** What can be said of an endpoint without a network: form, no secrets, TLS, no private address. Throws MODEL_ENDPOINT_REFUSED. */
export function checkedEndpoint(text: string, hosts: readonly string[]): URL {
  if (!URL.canParse(text)) throw refused('the endpoint is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(`the endpoint begins with ${url.protocol}, not https:`);
  // A URL is stored and shown.
  if (url.username !== '' || url.password !== '') throw refused('the endpoint holds credentials');
  if (url.search !== '' || url.hash !== '') throw refused('the endpoint has a query or a fragment');
  if (!MODEL_PATH.test(url.pathname))
    throw refused(`the endpoint's path is ${url.pathname.slice(0, 100)}, not /v2/models/NAME`);
  if (isAllowed(url, hosts)) return url;
  if (url.protocol !== 'https:') throw refused('the endpoint is not reached by TLS');
  const address = bare(url);
  if (isIP(address) !== 0 && !isPublicAddress(address))
    throw refused('the endpoint has an address that is not public');
  return url;
}

/**
 * Resolves the host once, to one address that every request then goes to. Throws MODEL_ENDPOINT_REFUSED where any of its addresses is not
 * public and the operator did not name the host, MODEL_ENDPOINT_FAILED where it has none.
 */
export async function pinAddress(
  url: URL,
  hosts: readonly string[],
  resolve: Resolve = (host) => resolveName(host, { all: true }),
): Promise<PinnedAddress> {
  const host = bare(url);
  const found = isIP(host) === 0 ? await resolved(host, resolve) : [host];
  const hidden = found.find((address) => !isPublicAddress(address));
  if (hidden !== undefined && !isAllowed(url, hosts))
    throw refused(`the host ${host} has an address that is not public`);
  const address = found[0]!;
  return { address, family: isIP(address) === 6 ? 6 : 4 };
}

async function resolved(host: string, resolve: Resolve): Promise<string[]> {
  const addresses = await resolve(host).catch((error: unknown) => {
    throw modelError('MODEL_ENDPOINT_FAILED', `the host ${host} is not found: ${wordsOf(error)}`, REMEDY);
  });
  if (addresses.length === 0)
    throw modelError('MODEL_ENDPOINT_FAILED', `the host ${host} has no address`, REMEDY);
  return addresses.map(({ address }) => address);
}

/** Without the brackets of an IPv6 address. */
const bare = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** Global unicast by the registries of IANA; of IPv6 only 2000::/3, as all else embeds or reserves something. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.toByteArray()[0]! >> 5 === 1;
}
