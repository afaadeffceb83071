import { describe, expect, it } from 'vitest';
import { readPolicyText } from './read-policy-text.js';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('readPolicyText', () => {
  it('reads YAML and JSON alike', () => {
    const value = { kind: 'GatePolicy', rules: [{ id: 'a', atLeast: 0.8, split: 'holdout' }] };
    expect(readPolicyText(JSON.stringify(value))).toEqual(value);
    expect(
      readPolicyText('kind: GatePolicy\nrules:\n  - { id: a, atLeast: 0.80, split: holdout }\n'),
    ).toEqual(value);
  });

  it.each([
    ['a duplicate key', 'alpha: 0.05\nalpha: 0.5\n'],
    ['a duplicate key in JSON', '{"alpha": 0.05, "alpha": 0.5}'],
    ['a tag of its own', 'a: !!js/function "x"\n'],
    ['an unknown tag', 'a: !secret x\n'],
    ['two documents', 'a: 1\n---\na: 2\n'],
    ['broken syntax', 'a: [1, 2\n'],
    ['an unknown alias', 'a: *nobody\n'],
    ['brackets without end', '['.repeat(60_000)],
    ['blocks without end', Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['lists in lists', `${'- '.repeat(2000)}x`],
    ['keys that are no text', '? [a]\n: 1\n'],
    [
      'entwined aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
        .join('\n')}\n`,
    ],
  ])('refuses %s', (_name, text) => {
    expect(() => readPolicyText(text)).toThrow(code('POLICY_TEXT_INVALID'));
  });

  it('refuses what is too long', () => {
    expect(() => readPolicyText(`a: ${'x'.repeat(70_000)}`)).toThrow(code('POLICY_TOO_LARGE'));
  });

  it('keeps a polluting key an ordinary member, for the policy to refuse', () => {
    const value = readPolicyText('__proto__: { polluted: true }\n') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
