import { describe, expect, it } from 'vitest';
import { MAX_COLUMNS, parseHeader } from './csv-header.js';

const parse = (text: string | Buffer) => parseHeader(Buffer.from(text as string), 'train');
const code = (text: string | Buffer) => {
  try {
    return parse(text);
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('parseHeader', () => {
  it.each([
    ['a,b,c\n1,2,3', ['a', 'b', 'c']],
    ['a,b\r\n1,2', ['a', 'b']],
    ['a,b\r1,2', ['a', 'b']],
    ['\ufeffa,b\n', ['a', 'b']],
    ['a', ['a']],
    ['"a,x","b ""y""","line\nbreak"\n1', ['a,x', 'b "y"', 'line\nbreak']],
    [' a ,ä,日本\n', [' a ', 'ä', '日本']],
    ['0,1,2,2019\n', ['0', '1', '2', '2019']],
  ])('reads %j', (text, names) => expect(parse(text)).toEqual(names));

  it.each<[string, string | Buffer]>([
    ['CSV_EMPTY', ''],
    ['CSV_HEADER_MISSING', '\na,b\n'],
    ['CSV_HEADER_MISSING', 'a,,c\n'],
    ['CSV_HEADER_MISSING', 'a,b,\n'],
    ['CSV_HEADER_MISSING', '1,0.0,Male\n'],
    ['CSV_HEADER_MISSING', 'x,-3\n'],
    ['CSV_HEADER_DUPLICATED', 'a,b,a\n'],
    ['CSV_HEADER_DUPLICATED', 'Age,age\n'],
    ['CSV_HEADER_INVALID', '"a,b\n1,2\n'],
    ['CSV_HEADER_INVALID', 'a"b,c\n'],
    ['CSV_HEADER_INVALID', '"a"b,c\n'],
    ['CSV_HEADER_INVALID', 'a\0,b\n'],
    ['CSV_DELIMITER', 'a;b;c\n1;2;3'],
    ['CSV_DELIMITER', 'a\tb\n'],
    ['CSV_ENCODING', Buffer.from('\ufeffa,b\n', 'utf16le')],
    ['CSV_ENCODING', Buffer.from('gr\xf6\xdfe,b\n', 'latin1')],
    ['CSV_ENCODING', Buffer.from([0x1f, 0x8b, 8, 0])],
    ['CSV_ENCODING', Buffer.from('PAR1....')],
    ['TOO_MANY_COLUMNS', Array.from({ length: MAX_COLUMNS + 1 }, (_, i) => `c${i}`).join(',')],
  ])('refuses with %s', (expected, text) => expect(code(text)).toBe(expected));
});
