import { registerDecorator } from 'class-validator';
import { AsSent } from '../../../platform/http/index.js';
import { keyProblem } from '../recorded-key.js';

export interface KeyValueLimits {
  maxKeys: number;
  /** Characters. */
  maxValue: number;
}

/** What is wrong with a map of names to texts, numbers or booleans; undefined when nothing is. No value is echoed. */
export function keyValuesProblem(value: unknown, { maxKeys, maxValue }: KeyValueLimits): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'must be an object of names and values';
  const entries = Object.entries(value);
  if (entries.length > maxKeys) return `has ${entries.length} entries; expected at most ${maxKeys}`;
  for (const [key, item] of entries) {
    const problem = keyProblem(key);
    if (problem) return `key ${JSON.stringify(key.slice(0, 80))} ${problem}`;
    if (!['string', 'number', 'boolean'].includes(typeof item))
      return `${key} must be a text, a number or a boolean`;
    if (typeof item === 'number' && isInexact(item))
      return `${key} is an integer beyond 2^53, which a JSON number does not carry exactly: send it as a text`;
    const text = String(item);
    if (text.length > maxValue) return `${key} has ${text.length} characters; expected at most ${maxValue}`;
    if (text.includes('\0')) return `${key} holds a null character`;
  }
  return undefined;
}

/** A map of names to values, kept as it was sent. */
export function IsKeyValues(limits: KeyValueLimits): PropertyDecorator {
  return (target, key) => {
    AsSent()(target, key);
    registerDecorator({
      name: 'isKeyValues',
      target: target.constructor,
      propertyName: key as string,
      validator: {
        validate: (value) => keyValuesProblem(value, limits) === undefined,
        defaultMessage: (args) => keyValuesProblem(args?.value, limits) ?? 'is not valid',
      },
    });
  };
}

/** Values as texts, the form in which they are stored. */
export function toTexts(values: Record<string, unknown> | null | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, String(value)]));
}

/** An integer that would be written out in all its digits, the last of which may not be those that were sent. */
const isInexact = (value: number): boolean =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;
