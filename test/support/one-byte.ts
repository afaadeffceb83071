/** What one changed byte or bit, or the next value, makes of a column's value. Throws where a value cannot be changed so. */
export function oneByteOff(type: string, value: unknown, random: () => number): unknown {
  if (value === null) return FROM_NULL[type] ?? fail(type);
  switch (type) {
    case 'uuid':
      return otherCharacter(value as string, random, (character) => /[0-9a-f]/.test(character));
    case 'text':
      return value === '' ? 'x' : otherCharacter(value as string, random, () => true);
    case 'json':
    case 'jsonb':
      return otherJson(value as string, random);
    case 'text[]': {
      const [first, ...rest] = value as string[];
      return first === undefined ? [FROM_NULL.text] : [oneByteOff('text', first, random), ...rest];
    }
    case 'uuid[]':
      // As PostgreSQL writes it: the client has no parser for it.
      return value === '{}' ? `{${String(FROM_NULL.uuid)}}` : oneByteOff('uuid', value, random);
    case 'integer':
    case 'bigint':
      return String(BigInt(value as string) ^ (1n << BigInt(Math.floor(random() * 24))));
    case 'real':
    case 'double precision':
      return Number(value) + 1;
    case 'boolean':
      return !(value as boolean);
    case 'bytea': {
      const bytes = Buffer.from(value as Buffer);
      const at = Math.floor(random() * bytes.length);
      bytes[at]! ^= 1 << Math.floor(random() * 8);
      return bytes;
    }
    case 'timestamp with time zone':
      return (value as string).replace(
        /(\.\d*)?([+-]\d\d)$/,
        (_, fraction: string | undefined, zone: string) =>
          `.${((Number((fraction ?? '.').slice(1).padEnd(6, '0')) + 1) % 1_000_000).toString().padStart(6, '0')}${zone}`,
      );
    default:
      return fail(type);
  }
}

const FROM_NULL: Record<string, unknown> = {
  text: 'x',
  bytea: Buffer.alloc(32, 1),
  uuid: '00000000-0000-7000-8000-000000000000',
  integer: '1',
  bigint: '1',
  json: '1',
  jsonb: '1',
  'timestamp with time zone': '2026-01-01 00:00:00+00',
};

/** The lowest bit of one character, which keeps digits digits and most letters letters. */
function otherCharacter(text: string, random: () => number, fits: (character: string) => boolean): string {
  const start = Math.floor(random() * text.length);
  for (let i = 0; i < text.length; i++) {
    const at = (start + i) % text.length;
    const code = text.charCodeAt(at);
    const other = code < 0x80 ? String.fromCharCode(code ^ 1) : '';
    if (code < 0x20 || !/^[\x21-\x7e]$/.test(other) || !fits(text[at]!) || !fits(other)) continue;
    return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
  }
  throw new Error(`no character of ${JSON.stringify(text.slice(0, 40))} can be changed`);
}

/** One character, so that it is JSON still, and says something else. */
function otherJson(text: string, random: () => number): string {
  const start = Math.floor(random() * text.length);
  const said = JSON.stringify(JSON.parse(text));
  for (let i = 0; i < text.length; i++) {
    const at = (start + i) % text.length;
    if (!/[0-9a-zA-Z]/.test(text[at]!)) continue;
    const changed = `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`;
    try {
      if (JSON.stringify(JSON.parse(changed)) !== said) return changed;
    } catch {
      continue;
    }
  }
  return said === '{}' ? '{"x":"y"}' : said === '[]' ? '["x"]' : fail('json');
}

function fail(type: string): never {
  throw new Error(`a value of type ${type} cannot be changed here`);
}
