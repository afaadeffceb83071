// Recompute the content id of a dataset version from its files, with Node's own crypto and nothing of Assay:
//
//   assay dataset show people@1 --json > version.json
//   node docs/recompute-content-id.mjs version.json train=train.csv test=test.csv
//
// Written from docs/encoding.md, whose sections the comments name. What a sealed split's root holds of its labels is keyed, so
// that root is taken as stated; of every other split the file is needed. Prints what it found; exits with 1 where that differs.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Section 1: records of fields; null where nothing stands between the commas. */
function* records(text) {
  let record = [];
  for (let at = 0; at < text.length;) {
    let value = null;
    if (text[at] === '"') {
      value = '';
      for (let from = at + 1; ; from = at + 1) {
        at = text.indexOf('"', from);
        if (at < 0) throw new Error('a quote is not closed');
        value += text.slice(from, at);
        at += 1;
        if (text[at] !== '"') break;
        value += '"';
      }
    } else {
      const from = at;
      while (at < text.length && !',\r\n'.includes(text[at])) at += 1;
      if (at > from) value = text.slice(from, at);
    }
    record.push(value);
    if (text[at] === ',') {
      at += 1;
      if (at < text.length) continue;
      record.push(null);
    } else if (text[at] === '\r' && text[at + 1] === '\n') at += 2;
    else if (at < text.length) {
      if (text[at] !== '\n' && text[at] !== '\r')
        throw new Error(`a quoted field goes on: ${text.slice(at, at + 20)}`);
      at += 1;
    }
    yield record;
    record = [];
  }
}

/** Section 3. */
const tagged = (tag, text) => `${tag}${Buffer.byteLength(text)}:${text}`;

function double(text) {
  const value = Number(text.replace(/^(-?)inf$/, '$1Infinity').replace(/^nan$/, 'NaN'));
  if (Number.isNaN(value)) return 'f3:nan';
  if (!Number.isFinite(value)) return tagged('f', value > 0 ? 'inf' : '-inf');
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53)
    return tagged('i', String(value === 0 ? 0 : value));
  // The shortest digits that read back as the same double are what ECMAScript prints.
  const [, sign, first, rest = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  const digits = (first + rest).replace(/0+$/, '');
  return tagged('f', `${sign}${digits}e${Number(exponent) - digits.length + 1}`);
}

function timestamp(text, zoned) {
  const [, day, clock, fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(.*)$/.exec(text);
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  const shift =
    sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '+' ? -60_000 : 60_000);
  const whole = new Date(Date.parse(`${day}T${clock}Z`) + shift).toISOString().slice(0, 19);
  const digits = fraction.replace(/0+$/, '');
  return `${whole}${digits && `.${digits}`}${zoned ? 'Z' : ''}`;
}

const ENCODE = {
  int64: (text) => tagged('i', String(BigInt(text))),
  double,
  boolean: (text) => tagged('b', text),
  date: (text) => tagged('d', text),
  timestamp: (text) => tagged('t', timestamp(text, true)),
  timestamp_naive: (text) => tagged('w', timestamp(text, false)),
  text: (text) => tagged('s', text),
};
const encode = (type, text) => (text === null ? 'n0:' : ENCODE[type](text));

/** Section 5: the tree of RFC 6962 over the leaves. */
function root(leaves, from = 0, to = leaves.length) {
  if (to === from) return sha256();
  if (to - from === 1) return leaves[from];
  let half = 1;
  while (half * 2 < to - from) half *= 2;
  return sha256('\u0001', root(leaves, from, from + half), root(leaves, from + half, to));
}

/** Sections 4 and 5: the rows of a file, as the root over them. */
function splitOf(path, { columns, key }) {
  const [header, ...rows] = records(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  const sorted = [...columns].sort((a, b) => byBytes(a.name, b.name));
  const places = sorted.map(({ name }) => header.indexOf(name));
  if (places.includes(-1) || header.length !== columns.length)
    throw new Error(`${path} has other columns: ${header}`);
  const hashed = rows.map((row) => {
    if (row.length !== header.length)
      throw new Error(`${path}: a row of ${row.length} fields, not ${header.length}`);
    const values = sorted.map(({ type }, i) => encode(type, row[places[i]]));
    const leaf = sha256('\u0000', values.join(''));
    return { leaf, order: key ? Buffer.from(values[sorted.findIndex(({ name }) => name === key)]) : leaf };
  });
  hashed.sort((a, b) => Buffer.compare(a.order, b.order));
  return { rows: rows.length, root: root(hashed.map(({ leaf }) => leaf)).toString('hex') };
}

/** Section 7: canonical JSON of objects, arrays, texts, whole numbers, booleans and null. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

const [versionFile, ...given] = process.argv.slice(2);
const { contentId, schema, splits } = JSON.parse(readFileSync(versionFile, 'utf8'));
const files = new Map(
  given.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
);
const roles = ['key', 'label', 'group', 'time', 'target'].filter((role) => schema[role]);
const document = {
  encoding: 1,
  schema: {
    columns: schema.columns.map(({ name, type }) => ({ name, type })).sort((a, b) => byBytes(a.name, b.name)),
    ...Object.fromEntries(roles.map((role) => [role, schema[role]])),
    ...(schema.protected?.length ? { protected: [...schema.protected].sort(byBytes) } : {}),
  },
  splits: splits
    .map(({ name, role, domain, sealed, ...stated }) => {
      if (!sealed && !files.has(name)) throw new Error(`the file of ${name} is missing: ${name}=FILE`);
      const found = sealed ? stated : splitOf(files.get(name), schema);
      console.log(`${name}: ${found.rows} rows, root ${found.root}${sealed ? ' as stated (sealed)' : ''}`);
      return { name, role, domain: domain ?? null, sealed, rows: found.rows, root: found.root };
    })
    .sort((a, b) => byBytes(a.name, b.name)),
};
const computed = sha256(canonical(document)).toString('hex');
console.log(`content id ${computed}: ${computed === contentId ? 'as stated' : `stated is ${contentId}`}`);
process.exitCode = computed === contentId ? 0 : 1;
