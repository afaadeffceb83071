const ZERO = 0x30;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DATE_LENGTH = 10;
const SECONDS_LENGTH = 19;
const MICROSECONDS = 6;

// These run for every cell of a table, so they read characters and match no patterns.

/** `YYYY-MM-DD` of the proleptic Gregorian calendar, years 0001 to 9999; undefined for what is no such day. */
export function canonicalDate(text: string): string | undefined {
  return text.length === DATE_LENGTH && startsWithDay(text) ? text : undefined;
}

/** `YYYY-MM-DDTHH:MM:SS[.f]` with the fraction's trailing zeros trimmed; undefined for what has another form. */
export function canonicalNaiveTimestamp(text: string): string | undefined {
  if (!startsWithMoment(text)) return undefined;
  const end = fractionEnd(text);
  return end === text.length ? moment(text, end) : undefined;
}

/**
 * The RFC 3339 instant in UTC, `YYYY-MM-DDTHH:MM:SS[.f]Z`; undefined for what is none. Fractions finer than a
 * microsecond, leap seconds and instants that leave the years 0001 to 9999 in UTC are none.
 */
export function canonicalTimestamp(text: string): string | undefined {
  if (!startsWithMoment(text)) return undefined;
  const end = fractionEnd(text);
  const zone = text[end];
  if (zone === 'Z' || zone === 'z') {
    if (text.length !== end + 1) return undefined;
    if (zone === 'Z' && text[DATE_LENGTH] === 'T' && end === SECONDS_LENGTH) return text;
    return `${moment(text, end)}Z`;
  }
  if ((zone !== '+' && zone !== '-') || text.length !== end + 6 || text[end + 3] !== ':') return undefined;
  const hours = twoDigits(text, end + 1);
  const minutes = twoDigits(text, end + 4);
  if (!(hours <= 23 && minutes <= 59)) return undefined;
  const offset = (zone === '-' ? -1 : 1) * (hours * 60 + minutes);
  const local = Date.parse(`${text.slice(0, DATE_LENGTH)}T${text.slice(DATE_LENGTH + 1, SECONDS_LENGTH)}Z`);
  const instant = new Date(local - offset * 60_000).toISOString();
  // Other years are printed with a sign and six digits.
  if (instant.length !== 24 || instant.startsWith('0000')) return undefined;
  return `${instant.slice(0, SECONDS_LENGTH)}${fraction(text, end)}Z`;
}

function moment(text: string, end: number): string {
  if (end === SECONDS_LENGTH && text.length === end && text[DATE_LENGTH] === 'T') return text;
  return `${text.slice(0, DATE_LENGTH)}T${text.slice(DATE_LENGTH + 1, SECONDS_LENGTH)}${fraction(text, end)}`;
}

/** The fraction with its dot and without trailing zeros, '' where nothing is left. */
function fraction(text: string, end: number): string {
  let last = end;
  while (last > SECONDS_LENGTH + 1 && text.charCodeAt(last - 1) === ZERO) last--;
  return last > SECONDS_LENGTH + 1 ? text.slice(SECONDS_LENGTH, last) : '';
}

/** Where the fraction ends; -1 when it has no digits or more than microseconds. */
function fractionEnd(text: string): number {
  if (text[SECONDS_LENGTH] !== '.') return SECONDS_LENGTH;
  const start = SECONDS_LENGTH + 1;
  let end = start;
  while (digit(text, end) <= 9) {
    if (end - start >= MICROSECONDS && text.charCodeAt(end) !== ZERO) return -1;
    end++;
  }
  return end === start ? -1 : end;
}

function startsWithMoment(text: string): boolean {
  const separator = text[DATE_LENGTH];
  return (
    (separator === 'T' || separator === 't' || separator === ' ') &&
    startsWithDay(text) &&
    text[13] === ':' &&
    text[16] === ':' &&
    twoDigits(text, 11) <= 23 &&
    twoDigits(text, 14) <= 59 &&
    twoDigits(text, 17) <= 59
  );
}

function startsWithDay(text: string): boolean {
  if (text[4] !== '-' || text[7] !== '-') return false;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && leap ? 29 : DAYS[month - 1]!);
}

/** 0 to 99, or NaN. */
function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

/** 0 to 9, or NaN, which no comparison takes. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : NaN;
}
