import { describe, expect, it } from 'vitest';
import { RecordCounter } from './count-records.js';

const count = (text: string, columns = 2, step = 1_000) => {
  const counter = new RecordCounter(columns);
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += step) counter.add(bytes.subarray(i, i + step));
  return counter.finish('train');
};

describe('RecordCounter', () => {
  it.each<[string, number, number?]>([
    ['a,b\n1,2\n3,4\n', 3],
    ['a,b\n1,2\n3,4', 3],
    ['a,b\r\n1,2\r\n3,4\r\n', 3],
    ['a,b\r1,2\r3,4\r', 3],
    ['a,b\n\n1,2\n\n\n3,4\n\n', 3],
    ['a\n1\n\n', 3, 1],
    ['a,b\n1,"x\ny\r\nz"\n3,4\n', 3],
    ['a,b\n1,"x ""\n"" y"\n', 2],
    ['a,b\n1,""\n', 2],
    ['a,b\n,\n', 2],
    ['a,b\n1,x"y\n3,4\n', 3],
    ['"a\n",b\n1,2\n', 2],
    ['', 0],
  ])('counts %j as %i', (text, expected, columns) => {
    for (const step of [1, 2, 3, 1_000]) expect(count(text, columns, step)).toBe(expected);
  });

  it.each(['a,b\n1, "2"\n', 'a,b\n1,"2" \n', 'a,b\n1,"2"x\n', 'a,b\n "1",2\n'])(
    'refuses what stands around quotes in %j',
    (text) => {
      expect(() => count(text)).toThrow('split train, line 2: text or spaces');
    },
  );

  it.each(['a,b\n 1 , 2\n', 'a,b\n  ,x y\n', 'a,b\n1,2 "x"\n'])(
    'takes spaces and quotes within %j',
    (text) => {
      expect(count(text)).toBe(2);
    },
  );

  it('names the line of a quote that is never closed', () => {
    expect(() => count('a,b\n1,2\n3,"4\n5,6\n')).toThrow('split train, line 3: a quoted field is not closed');
  });
});
