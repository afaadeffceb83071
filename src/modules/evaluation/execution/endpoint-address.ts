import { isIP } from 'node:net';
import {
  bareHost,
  HostRefused,
  isNamedHost,
  isPublicAddress,
  pinAddress,
  type PinnedAddress,
  type Resolve,
} from '../../../platform/outbound/index.js';
import { modelError } from './execution.errors.js';

const MODEL_PATH = /^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/?$/;
const REMEDY =
  'Name the model of a server that speaks the Open Inference Protocol: https://HOST/v2/models/NAME. Hosts inside the network, or without TLS, are for the operator to allow.';

const refused = (what: string) => modelError('MODEL_ENDPOINT_REFUSED', what, REMEDY);

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
  if (isNamedHost(url, hosts)) return url;
  if (url.protocol !== 'https:') throw refused('the endpoint is not reached by TLS');
  const address = bareHost(url);
  if (isIP(address) !== 0 && !isPublicAddress(address))
    throw refused('the endpoint has an address that is not public');
  return url;
}

/**
 * Resolves the host once, to one address that every request then goes to. Throws MODEL_ENDPOINT_REFUSED where any of its addresses is not
 * public and the operator did not name the host, MODEL_ENDPOINT_FAILED where it has none.
 */
export async function pinEndpoint(
  url: URL,
  hosts: readonly string[],
  resolve?: Resolve,
): Promise<PinnedAddress> {
  try {
    return await pinAddress(url, hosts, resolve);
  } catch (error) {
    if (!(error instanceof HostRefused)) throw error;
    if (error.why === 'hidden') throw refused(error.message);
    throw modelError('MODEL_ENDPOINT_FAILED', error.message, REMEDY);
  }
}
