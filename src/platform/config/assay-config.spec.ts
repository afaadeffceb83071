import { inspect } from 'node:util';
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
    ['ASSAY_DATA_BUCKETS', 'Data', /names of buckets, and commas/],
    ['ASSAY_DATA_BUCKETS', '*', /names of buckets/],
    ['AWS_ENDPOINT_URL_S3', 'http://key:hunter2@store:9000', /http:\/\/ or https:\/\/, a host/],
    ['AWS_ENDPOINT_URL_S3', 'https://store/path', /nothing behind them/],
    ['AWS_REGION', 'eu-central-1.evil.example/', /a region/],
    ['ASSAY_S3_ADDRESSING', 'host', /one of auto, path, virtual/],
    [
      'AWS_SECRET_ACCESS_KEY',
      'hunter2 with spaces',
      /AWS_SECRET_ACCESS_KEY is "\(secret\)"; expected printable/,
    ],
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

  it('holds the secrets of S3 where nothing prints them, and wants key and secret together', () => {
    const set = {
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'hunter2',
      AWS_SESSION_TOKEN: 'hunter2',
    };
    const config = AssayConfig.fromEnvironment({ ...set, ASSAY_DATA_BUCKETS: 'data, more-data' });
    expect([config.dataBuckets, config.s3SecretAccessKey!.reveal()]).toEqual([
      ['data', 'more-data'],
      'hunter2',
    ]);
    for (const text of [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${config.s3SecretAccessKey}`,
    ])
      expect(text).not.toContain('hunter2');
    const half = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' };
    expect(AssayConfig.fromEnvironment(half).dataBuckets).toEqual([]);
    expect(() => AssayConfig.fromEnvironment({ ...half, ASSAY_DATA_BUCKETS: 'data' })).toThrow(
      /AWS_SECRET_ACCESS_KEY/,
    );
    const virtual = { ASSAY_DATA_BUCKETS: 'data', ASSAY_S3_ADDRESSING: 'virtual' };
    expect(() =>
      AssayConfig.fromEnvironment({ ...virtual, AWS_ENDPOINT_URL_S3: 'http://[::1]:9000' }),
    ).toThrow(/ASSAY_S3_ADDRESSING/);
  });

  it('wants the migrating role where the serving one is given', () => {
    expect(() => AssayConfig.fromEnvironment({ DATABASE_APP_URL: 'postgres://a@b/c' })).toThrow(
      /DATABASE_URL/,
    );
  });

  it('documents each variable', () => {
    for (const variable of Object.values(VARIABLES)) {
      expect(variable.name).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(variable.meaning).toMatch(/\.$/);
    }
  });
});
