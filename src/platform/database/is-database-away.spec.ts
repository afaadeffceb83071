import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { isDatabaseAway } from './is-database-away.js';

const coded = (code: string) => Object.assign(new Error('some words'), { code });

describe('a database that is away', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P02', '57P03', '08006', '53300'])(
    'is known by %s',
    (code) => {
      expect(isDatabaseAway(coded(code))).toBe(true);
      expect(isDatabaseAway(new QueryFailedError('SELECT 1', [], coded(code)))).toBe(true);
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'timeout exceeded when trying to connect',
  ])('is known by "%s"', (message) => expect(isDatabaseAway(new Error(message))).toBe(true));

  it('is known by a runner that TypeORM gave back under us', () => {
    expect(isDatabaseAway(new QueryRunnerAlreadyReleasedError())).toBe(true);
  });

  it('is known where every address of its host refuses', () => {
    expect(isDatabaseAway(new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]))).toBe(true);
    expect(isDatabaseAway(new AggregateError([coded('ECONNREFUSED'), coded('23505')]))).toBe(false);
  });

  it.each(['23505', '22P02', '40001', '42501', '57014', 'ENOSPC'])('is not what %s means', (code) =>
    expect(isDatabaseAway(coded(code))).toBe(false),
  );

  it('is not a client that hung up', () => {
    expect(isDatabaseAway(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))).toBe(false);
  });

  it('is not any other error, nor what is none', () => {
    expect(isDatabaseAway(new TypeError('x is not a function'))).toBe(false);
    expect(isDatabaseAway('ECONNREFUSED')).toBe(false);
    expect(isDatabaseAway(undefined)).toBe(false);
  });
});
