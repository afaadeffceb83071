import { describe, expect, it } from 'vitest';
import { AssayConfig } from './assay-config.js';
import { VARIABLES } from './variables.js';

describe('configuration', () => {
  it('needs no variable', () => {
    const config = AssayConfig.fromEnvironment({});
    expect(config).toMatchObject({ host: '127.0.0.1', port: 4650, logLevel: 'info' });
    expect(config.home).toMatch(/\/\.assay$/);
  });

  it.each([
    ['ASSAY_PORT', '99999', /ASSAY_PORT is "99999"; expected an integer from 0 to 65535/],
    ['ASSAY_PORT', '-1', /integer/],
    ['ASSAY_WORKERS', '2.5', /integer/],
    ['ASSAY_LOG_LEVEL', 'loud', /one of fatal, error/],
    ['ASSAY_MODEL_HOSTS', 'https://models.example/x', /hosts, each with or without a port/],
    ['ASSAY_DATA_HOSTS', '*.example', /hosts, each with or without a port, or \*/],
    ['ASSAY_DATA_FOLDER', 'data', /an absolute path/],
    ['ASSAY_MODEL_SECONDS', '0', /integer from 1/],
    ['DATABASE_URL', 'mysql://root:hunter2@db/x', /DATABASE_URL is "mysql:\/\/..."; expected a URL/],
    ['REDIS_URL', 'localhost', /redis:/],
    ['ASSAY_HOME', '/srv/$(id)/assay', /ASSAY_HOME is .*; expected a path without ", \$, `/],
    [
      'ASSAY_HOME',
      `/srv/${'x'.repeat(900)}`,
      /ASSAY_HOME is .*\.\.\."; expected a path of at most 800 bytes/,
    ],
  ])('refuses %s=%s by name, without a secret', (name, value, message) => {
    const read = () => AssayConfig.fromEnvironment({ [name]: value });
    expect(read).toThrow(message);
    expect(read).not.toThrow(/hunter2/);
  });

  it('takes hosts of model servers as a URL has them', () => {
    const { modelHosts } = AssayConfig.fromEnvironment({
      ASSAY_MODEL_HOSTS: 'Models.Example, 10.0.0.1:8000,[fd00::1]:80',
    });
    expect(modelHosts).toEqual(['models.example', '10.0.0.1:8000', '[fd00::1]:80']);
    expect(AssayConfig.fromEnvironment({}).modelHosts).toEqual([]);
  });

  it('takes hosts of data, of which * is every public one, and names none unless told', () => {
    const hosts = (text: string) => AssayConfig.fromEnvironment({ ASSAY_DATA_HOSTS: text }).dataHosts;
    expect(hosts('Data.Example, *,10.0.0.1:80')).toEqual(['data.example', '10.0.0.1:80', '*']);
    expect([hosts('*'), hosts('a.example'), hosts('')]).toEqual([['*'], ['a.example'], []]);
  });

  it('wants the migrating role where the serving one is given', () => {
    expect(() => AssayConfig.fromEnvironment({ DATABASE_APP_URL: 'postgres://a@b/c' })).toThrow(
      /DATABASE_URL/,
    );
  });

  it('documents each variable', () => {
    for (const variable of Object.values(VARIABLES)) {
      expect(variable.name).toMatch(/^[A-Z_]+$/);
      expect(variable.meaning).toMatch(/\.$/);
    }
  });
});
