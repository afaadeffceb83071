import { usageError } from '../problem.js';

/** A node of JSON-LD as documents of Croissant write it: terms of its context, with or without their prefix. */
export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a node says under a term, as a list: one value and a list of one are the same. */
export function all(node: Node, term: string): unknown[] {
  const key = [term, `cr:${term}`, `sc:${term}`, `dct:${term}`].find((each) => Object.hasOwn(node, each));
  const value = key === undefined ? undefined : node[key];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export const nodes = (node: Node, term: string): Node[] => all(node, term).filter(isNode);

export function text(node: Node, term: string): string | null {
  const [value] = all(node, term);
  return typeof value === 'string' ? value : null;
}

/** What a term refers to by `@id`, or by name as Croissant 1.0 allowed. */
export function references(node: Node, term: string): string[] {
  return all(node, term).flatMap((value) => {
    if (typeof value === 'string') return [value];
    if (!isNode(value)) return [];
    const id = value['@id'] ?? references(value, 'field')[0] ?? references(value, 'recordSet')[0];
    return typeof id === 'string' ? [id] : [];
  });
}

export const idOf = (node: Node): string => String(node['@id'] ?? text(node, 'name') ?? '');

/** Data types without their prefix: `Integer`, `Split`, `Label`, ... */
export const dataTypes = (node: Node): string[] =>
  all(node, 'dataType').flatMap((type) =>
    typeof type === 'string'
      ? [type.replace(/^(?:cr:|sc:|wd:|https?:\/\/(?:schema\.org|mlcommons\.org\/croissant)\/)/, '')]
      : [],
  );

export const wrong = (what: string, remedy?: string) =>
  usageError(`The Croissant document cannot be imported: ${what}.`, remedy);
