import { canonicalText } from './canonical.js';
import type { Json } from './json-shape.js';

/** Whether a line of an export is the one text that its content has: members in their order, canonical JSON within. */
export function isExportLine(value: Json, line: string): boolean {
  const names = 'index' in value ? ['index', 'leafHash', 'leaf', 'body'] : Object.keys(value);
  const members = names
    .filter((name) => value[name] !== undefined)
    .map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`);
  return line === `{${members.join(',')}}`;
}
