import { describe, expect, it } from 'vitest';
import { checkedEndpoint, pinEndpoint } from './endpoint-address.js';

describe('an endpoint', () => {
  it.each([
    ['no url', /no URL/],
    ['ftp://a.example/v2/models/m', /begins with ftp:/],
    ['https://key:secret@a.example/v2/models/m', /credentials/],
    ['https://a.example/v2/models/m?key=secret', /query/],
    ['https://a.example/v1/models/m:predict', /not \/v2\/models\/NAME/],
    ['https://a.example/v2/models/m/../../../admin', /path is \/admin/],
    ['http://a.example/v2/models/m', /not reached by TLS/],
    ['https://10.0.0.1/v2/models/m', /not public/],
    // The forms that resolvers read as addresses are addresses to URL as well.
    ['https://0x7f.1/v2/models/m', /not public/],
    ['https://2130706433/v2/models/m', /not public/],
    ['https://[::ffff:127.0.0.1]/v2/models/m', /not public/],
    ['https://[fd00:ec2::254]/v2/models/m', /not public/],
  ])('%s is refused, without a secret', (text, message) => {
    const check = () => checkedEndpoint(text, []);
    expect(check).toThrow(message);
    expect(check).not.toThrow(/secret/);
    expect(check).toThrow(expect.objectContaining({ code: 'MODEL_ENDPOINT_REFUSED' }));
  });

  it('inside the network is what the operator named, by port where a port is named', () => {
    const url = 'http://10.0.0.1:8000/v2/models/m';
    expect(checkedEndpoint(url, ['10.0.0.1']).href).toBe(url);
    expect(checkedEndpoint(url, ['10.0.0.1:8000']).href).toBe(url);
    expect(() => checkedEndpoint(url, ['10.0.0.1:80', '10.0.0.2'])).toThrow(/not reached by TLS/);
    expect(() => checkedEndpoint('http://evil10.0.0.1.example/v2/models/m', ['10.0.0.1'])).toThrow();
  });

  it('is pinned to one address, and refused where any address of its name is not public', async () => {
    const url = new URL('https://models.example/v2/models/m');
    const names =
      (...addresses: string[]) =>
      () =>
        Promise.resolve(addresses.map((address) => ({ address })));
    expect(await pinEndpoint(url, [], names('1.1.1.1', '1.0.0.1'))).toEqual({
      address: '1.1.1.1',
      family: 4,
    });
    expect(await pinEndpoint(url, [], names('2606:4700::1'))).toEqual({ address: '2606:4700::1', family: 6 });
    for (const hidden of ['127.0.0.1', '169.254.169.254', '::ffff:10.0.0.1'])
      await expect(pinEndpoint(url, [], names('1.1.1.1', hidden))).rejects.toMatchObject({
        code: 'MODEL_ENDPOINT_REFUSED',
      });
    expect(await pinEndpoint(url, ['models.example'], names('10.0.0.7'))).toEqual({
      address: '10.0.0.7',
      family: 4,
    });
    await expect(pinEndpoint(url, [], names())).rejects.toMatchObject({ code: 'MODEL_ENDPOINT_FAILED' });
  });
});
