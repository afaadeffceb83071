/** Numbers and lists as sentences say them. */

/** At most four significant decimals, without trailing zeros: 0.2139, 0.1, 1. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinity' : 'minus infinity';
  if (value !== 0 && Math.abs(value) < 0.0001) return value.toExponential(1);
  return String(Number(value.toFixed(4)));
}

/** A share in percent with two decimals: 44.85%. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

/** A count with thousands separated: 1,795. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A p-value: 0.031, below 0.0001. */
export function probability(p: number): string {
  return p < 0.0001 ? 'below 0.0001' : String(Number(p.toFixed(4)));
}

/** An error level: three digits, however small. */
export function errorLevel(alpha: number): string {
  return String(Number(alpha.toPrecision(3)));
}

/** The level of an interval: 0.9 is 90%. */
export function level(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], most = 8): string {
  const some = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : [...items];
  const last = some.pop();
  if (last === undefined) return 'none';
  return some.length === 0 ? last : `${some.join(', ')} and ${last}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What no bound on errors of numbers can say. */
export const UNSEEN_ERRORS =
  'errors of numbers have no largest size: those that are seldom and huge, and not among the rows, are in no bound';
