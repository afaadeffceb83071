import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveSettings } from './settings.js';

describe('resolveSettings', () => {
  let folder: string;
  let home: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-settings-'));
    home = join(folder, 'home');
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    mkdirSync(home);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const resolve = (flags = {}, env = {}) =>
    resolveSettings({ flags, env: { ASSAY_HOME: home, ...env }, cwd: join(folder, 'deep', 'er') });
  const yaml = (text: string) => writeFileSync(join(folder, '.assay.yaml'), text);
  const local = (url = 'http://127.0.0.1:5555') =>
    writeFileSync(join(home, 'client.json'), JSON.stringify({ url, apiKey: 'local-key', project: 'mine' }));

  it('takes flags over the environment over .assay.yaml', () => {
    yaml('url: http://yaml:1\napiKey: yaml-key\nproject: yaml-project\n');
    const env = { ASSAY_URL: 'http://env:2/', ASSAY_API_KEY: 'env-key' };
    expect(resolve({ apiKey: 'flag-key' }, env)).toEqual({
      url: 'http://env:2',
      apiKey: 'flag-key',
      project: 'yaml-project',
    });
  });

  it('finds the server of this machine by itself', () => {
    local();
    expect(resolve()).toEqual({ url: 'http://127.0.0.1:5555', apiKey: 'local-key', project: 'mine' });
  });

  it('never sends the local key to another address', () => {
    local();
    expect(() => resolve({ url: 'http://elsewhere:5555' })).toThrow(/No API key for http:\/\/elsewhere/);
  });

  it('lets an empty variable count as not set', () => {
    local();
    expect(resolve({}, { ASSAY_URL: '', ASSAY_API_KEY: ' ' }).apiKey).toBe('local-key');
  });

  it.each([
    ['url: [1]', /url must be text/],
    ['urll: http://x', /unknown setting "urll"/],
    ['- a', /must hold a mapping/],
    ['a: [', /not valid YAML/],
    ['url: ftp://x\napiKey: k', /not an address/],
  ])('refuses the file %j', (text, message) => {
    yaml(text);
    expect(() => resolve()).toThrow(message);
  });
});
