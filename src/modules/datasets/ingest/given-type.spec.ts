import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../domain/canonical/index.js';
import { type GivenType, typeOf } from './given-type.js';

const none: GivenType = { kind: 'none' };
const digits: GivenType = { kind: 'digits' };
const strings: GivenType = { kind: 'strings' };
const typed = (type: ColumnType): GivenType => ({ kind: 'typed', type });

describe('typeOf', () => {
  it.each<[string, GivenType[], ColumnType | null, ColumnType | null]>([
    ['CSV alone', [none], 'int64', 'int64'],
    ['CSV of nulls', [none], null, 'text'],
    ['Parquet alone', [typed('date')], null, 'date'],
    ['Parquet of nulls beside CSV', [none, none], 'int64', 'int64'],
    ['Parquet integers beside CSV integers', [typed('int64'), none], 'int64', 'int64'],
    ['Parquet integers beside CSV fractions', [typed('int64'), none], 'double', 'double'],
    ['Parquet doubles beside CSV integers', [typed('double'), none], 'int64', 'double'],
    ['Parquet integers beside Parquet doubles', [typed('int64'), typed('double')], null, 'double'],
    ['Parquet text beside CSV that looks like numbers', [typed('text'), none], 'int64', 'text'],
    ['Parquet dates beside CSV dates', [typed('date'), none], 'date', 'date'],
    ['Parquet dates beside CSV nulls', [typed('date'), none], null, 'date'],
    ['Parquet dates beside CSV text', [typed('date'), none], 'text', null],
    ['Parquet dates beside Parquet text', [typed('date'), typed('text')], null, null],
    ['Parquet dates beside Parquet timestamps', [typed('date'), typed('timestamp')], null, null],
    ['Parquet booleans beside Parquet integers', [typed('boolean'), typed('int64')], null, null],
    ['JSON integers', [digits], 'int64', 'int64'],
    ['JSON integers beyond int64', [digits], 'text', 'text'],
    ['JSON texts that look like numbers', [strings], 'int64', 'text'],
    ['JSON texts that look like booleans', [strings], 'boolean', 'text'],
    ['JSON texts that are days', [strings], 'date', 'date'],
    ['JSON texts that are instants', [strings], 'timestamp', 'timestamp'],
    ['JSON numbers beside JSON texts', [digits, strings], 'int64', null],
    ['JSON numbers beside CSV', [digits, none], 'double', 'double'],
    ['JSON texts beside CSV that looks like numbers', [strings, none], 'int64', 'text'],
    ['JSON numbers beside Parquet doubles', [digits, typed('double')], 'int64', 'double'],
    ['JSON numbers beside Parquet text', [digits, typed('text')], 'int64', null],
    ['JSON days beside Parquet dates', [strings, typed('date')], 'date', 'date'],
    ['JSON texts beside Parquet text', [strings, typed('text')], 'date', 'text'],
    ['JSON booleans beside JSON texts', [typed('boolean'), strings], 'text', null],
  ])('%s', (_, given, inferred, expected) => {
    expect(typeOf(given, inferred)).toBe(expected);
    expect(typeOf([...given].reverse(), inferred)).toBe(expected);
  });
});
