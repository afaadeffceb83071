import { describe, expect, it } from 'vitest';
import { isMetadataAddress } from './address.js';
import { HostRefused, pinAddress } from './pin-address.js';

const names =
  (...addresses: string[]) =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address })));

describe('a host', () => {
  it('is asked at one address, that of the first look', async () => {
    const answers = [['1.1.1.1'], ['127.0.0.1']];
    const rebinding = () => Promise.resolve(answers.shift()!.map((address) => ({ address })));
    const url = new URL('https://data.example/x');
    expect(await pinAddress(url, [], rebinding)).toEqual({ address: '1.1.1.1', family: 4 });
    await expect(pinAddress(url, [], rebinding)).rejects.toBeInstanceOf(HostRefused);
  });

  it('is refused where any address is not public, and where it has none', async () => {
    const url = new URL('https://data.example:8443/x');
    await expect(pinAddress(url, ['data.example:443'], names('1.1.1.1', '10.0.0.1'))).rejects.toMatchObject({
      why: 'hidden',
    });
    await expect(pinAddress(url, [], names())).rejects.toMatchObject({ why: 'unknown' });
    const named = await pinAddress(url, ['data.example:8443'], names('fd00::7'));
    expect(named).toEqual({ address: 'fd00::7', family: 6 });
  });
});

it.each([
  ['169.254.169.254', true],
  ['169.254.170.2', true],
  ['::ffff:169.254.169.254', true],
  ['fe80::1', true],
  ['fd00:ec2::254', true],
  ['fd00:ec2::253', false],
  ['10.0.0.1', false],
  ['1.1.1.1', false],
  ['no address', false],
])('whether %s is one of metadata: %s', (address, expected) => {
  expect(isMetadataAddress(address)).toBe(expected);
});
