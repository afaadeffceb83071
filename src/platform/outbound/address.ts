import ipaddr from 'ipaddr.js';

/** Global unicast by the registries of IANA; of IPv6 only 2000::/3, as all else embeds or reserves something. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.toByteArray()[0]! >> 5 === 1;
}

/** Whether the operator named this host, as `host` or `host:port`. */
export function isNamedHost(url: URL, hosts: readonly string[]): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return hosts.includes(host) || hosts.includes(`${host}:${port}`);
}

/** The host without the brackets of an IPv6 address. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** Where metadata services of clouds answer: link-local addresses, and the one that a cloud took from the unique-local ones. */
export function isMetadataAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return address.range() === 'linkLocal' || address.toNormalizedString() === 'fd00:ec2:0:0:0:0:0:254';
}
