"""The canonical encoding, version 1, written from docs/encoding.md alone: the oracle of src/domain/canonical.

    python3 test/vectors/encoding.py                 rewrites encoding.json and merkle.json beside this file
    python3 test/vectors/encoding.py SCHEMA.json name=role=file.csv ...     prints a content id

Needs Python 3.9 and nothing else. It shares no code with Assay.
"""
import hashlib, hmac, json, os, re, sys
from datetime import date, datetime, timedelta
from decimal import Decimal

SHA = lambda data: hashlib.sha256(data).digest()
DAY, CLOCK = r'(\d{4})-(\d\d)-(\d\d)', r'(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})0*)?'
INT, FLOAT = r'-?(0|[1-9][0-9]*)', r'-?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?'
SPECIAL = {'NaN': 'nan', 'nan': 'nan', 'Infinity': 'inf', 'inf': 'inf', '-Infinity': '-inf', '-inf': '-inf'}
ORDER = ['int64', 'double', 'boolean', 'date', 'timestamp', 'timestamp_naive', 'text']


def full(pattern, text):
    return re.fullmatch(pattern, text, re.ASCII)


def field(tag, text):
    data = text.encode('utf-8')
    return b'%s%d:%s' % (tag.encode(), len(data), data)


def moment(match, zone):
    y, mo, d, h, mi, s = (int(x) for x in match.groups()[:6])
    at = datetime(y, mo, d, h, mi, s)
    if zone and zone not in 'Zz':
        hours, minutes = int(zone[1:3]), int(zone[4:])
        if hours > 23 or minutes > 59: raise ValueError(zone)
        shift = timedelta(hours=hours, minutes=minutes)
        at = at + shift if zone[0] == '-' else at - shift
    fraction = (match.group(7) or '').rstrip('0')
    return at.strftime('%Y').zfill(4) + at.strftime('-%m-%dT%H:%M:%S') + ('.' + fraction if fraction else '')


def encode(kind, text):
    """The bytes of one CSV field (None for an empty unquoted one) under a type; ValueError where it does not fit."""
    if text is None: return b'n0:'
    if kind == 'text': return field('s', text)
    if kind == 'boolean' and text in ('true', 'false'): return field('b', text)
    if kind == 'int64' and full(INT, text) and -2**63 <= int(text) < 2**63: return field('i', str(int(text)))
    if kind == 'double' and text in SPECIAL: return field('f', SPECIAL[text])
    if kind == 'double' and full(FLOAT, text):
        value = float(text)
        if value in (float('inf'), float('-inf')): raise ValueError('overflow')
        if full(INT, text) and int(value) != int(text): raise ValueError('not exact')
        if value == int(value) and abs(value) <= 2**53: return field('i', str(int(value)))
        sign, digits, exponent = Decimal(repr(value)).as_tuple()
        number = ''.join(map(str, digits))
        trimmed = number.rstrip('0')
        return field('f', ('-' if sign else '') + trimmed + 'e' + str(exponent + len(number) - len(trimmed)))
    if kind == 'date' and full(DAY, text): return field('d', date(*map(int, text.split('-'))).isoformat())
    if kind == 'timestamp_naive' and (m := full(DAY + '[Tt ]' + CLOCK, text)): return field('w', moment(m, ''))
    if kind == 'timestamp' and (m := full(DAY + '[Tt ]' + CLOCK + r'([Zz]|[+-]\d\d:\d\d)', text)):
        return field('t', moment(m, m.group(8)) + 'Z')
    raise ValueError(f'{kind}: {text}')


def fits(kind, text):
    try: encode(kind, text)
    except (ValueError, OverflowError): return False
    return True


def infer(column):
    values = [text for text in column if text is not None]
    for kind in ORDER:
        if values and all(fits(kind, text) for text in values):
            if kind != 'double' or any(text not in SPECIAL for text in values): return kind
    return 'text'


def root(leaves):
    if not leaves: return SHA(b'')
    if len(leaves) == 1: return leaves[0]
    k = 1
    while k * 2 < len(leaves): k *= 2
    return SHA(b'\x01' + root(leaves[:k]) + root(leaves[k:]))


def read_csv(text):
    """RFC 4180. Unquoted empty is None, quoted empty is ''."""
    rows = []
    for line in re.findall(r'(?:[^"\n]|"(?:[^"]|"")*")+', text):
        fields = re.findall(r'(?:^|,)((?:"(?:[^"]|"")*")|[^,]*)', line[:-1] if line.endswith('\r') else line)
        rows.append([f[1:-1].replace('""', '"') if f.startswith('"') else (f or None) for f in fields])
    return rows[0], rows[1:]


def by_name(name):
    return name.encode('utf-8')


def split_root(header, types, rows, schema, sealed, project_key):
    label, key = schema.get('label'), schema.get('key')
    public = sorted((n for n in header if not (sealed and n == label)), key=by_name)
    leaves = []
    for row in rows:
        cell = lambda name: encode(types[name], row[header.index(name)])
        data = b''.join(cell(name) for name in public)
        if sealed:
            data += field('h', hmac.new(project_key, cell(key) + cell(label), hashlib.sha256).hexdigest())
        leaf = SHA(b'\x00' + data)
        leaves.append((cell(key) if key else leaf, leaf))
    return root([leaf for _, leaf in sorted(leaves)]).hex()


def content_document(schema, splits, project_key=None):
    """schema: the roles; splits: [(name, role, domain, sealed, csv text)]"""
    tables = {name: read_csv(text) for name, _, _, _, text in splits}
    header = next(iter(tables.values()))[0]
    columns = {n: [row[h.index(n)] for h, rows in tables.values() for row in rows] for n in header}
    types = {n: schema.get('types', {}).get(n) or infer(columns[n]) for n in header}
    roles = {r: schema[r] for r in ('key', 'label', 'group', 'time', 'target') if schema.get(r)}
    if schema.get('protected'): roles['protected'] = sorted(schema['protected'], key=by_name)
    return {
        'encoding': 1,
        'schema': {'columns': [{'name': n, 'type': types[n]} for n in sorted(header, key=by_name)], **roles},
        'splits': [
            {'name': name, 'role': role, 'domain': domain, 'sealed': sealed, 'rows': len(tables[name][1]),
             'root': split_root(tables[name][0], types, tables[name][1], schema, sealed, project_key)}
            for name, role, domain, sealed, _ in sorted(splits, key=lambda s: by_name(s[0]))
        ],
    }


def content_id(document):  # names with characters beyond U+FFFF would need JCS's own order of members; these have none
    text = json.dumps(document, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
    return hashlib.sha256(text.encode('utf-8')).hexdigest()


# ---- the vectors -------------------------------------------------------------------------------------------------

VALUES = [
    (t, x) for t, xs in {
        'int64': [None, '0', '-0', '7', '-42', '9007199254740993', '9223372036854775807', '-9223372036854775808'],
        'double': [None, '0', '-0.0', '1.0', '0.1', '1.5', '-2.50', '1e3', '1E+3', '.5', '5.', '9007199254740992',
                   '9007199254740994', '1e21', '1e300', '5e-324', '1.7976931348623157e308', '123456.789e3', '0.1e-6',
                   '0.30000000000000004', '2.2250738585072014e-308', '1e23', '9007199254740993.0', 'NaN', 'nan',
                   'Infinity', '-inf', '1e-400'],
        'boolean': [None, 'true', 'false'],
        'date': ['2024-02-29', '0001-01-01', '9999-12-31'],
        'timestamp': ['2024-02-29T12:00:00Z', '2024-02-29 12:00:00.120000z', '2024-03-01T00:30:00+01:00',
                      '1999-12-31t23:59:59.999999-00:30', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.1234560000Z'],
        'timestamp_naive': ['2024-02-29T12:00:00', '2024-02-29 12:00:00.50'],
        'text': [None, '', 'a', 'true', '0', ' 7', 'z\u00fcrich', 'zu\u0308rich', '\u65e5\u672c', '\U0001f600', 'a,"b"\n',
                 'n0:', '12345678901'],
    }.items() for x in xs]

REFUSED = [
    (t, x) for t, xs in {
        'int64': ['', '+1', '01', '1.0', '1e3', ' 1', '9223372036854775808', '-9223372036854775809', '٣'],
        'double': ['', '+1', '01.5', '1e400', '-1e400', '9007199254740993', '99999999999999999999', '1,5', '0x10', 'INF'],
        'boolean': ['', 'True', '1', 'yes'],
        'date': ['2023-02-29', '2024-13-01', '0000-01-01', '24-01-01', '2024-1-1'],
        'timestamp': ['2024-02-29T12:00:00', '2024-02-30T12:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01T23:59:60Z',
                      '2024-01-01T00:00:00.1234567Z', '2024-01-01T00:00:00+24:00', '0001-01-01T00:00:00+01:00',
                      '9999-12-31T23:30:00-01:00', '2024-01-01T00:00Z'],
        'timestamp_naive': ['2024-02-29T12:00:00Z', '2024-02-29', '2023-02-29T00:00:00'],
    }.items() for x in xs]

INFERRED = [
    [], [None], [None, '1'], ['1', '2'], ['1', '1.5'], ['1.5', '1'], ['1', 'x'], ['x', '1'], ['007', '1'], ['1', '1.5', '2'],
    ['9007199254740993'], ['9007199254740993', '1.5'], ['1.5', '9007199254740993'], ['9007199254740994', '1.5'],
    ['9223372036854775808'], ['1', '9223372036854775808'], ['9223372036854775808', '1.5'], ['1e400'], ['1.5', '1e400'],
    ['NaN'], ['NaN', 'inf'], ['NaN', '1'], ['1', 'NaN'], ['1.5', 'nan', None], ['true', 'false'], ['true', '1'],
    ['True'], ['2024-02-29'], ['2024-02-29', '2023-02-29'], ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29 00:00:00+01:00'], ['2024-02-29T00:00:00', '2024-02-29 00:00:00.5'],
    ['2024-02-29T00:00:00', '2024-02-29T00:00:00Z'], ['', '1'], ['1', ''], [''], ['-0'], ['-0', '-0.0'],
    ['2024-01-01T00:00:00.1234567Z'],
]

KEYED = 'id,age,name,label\n10,1.5,"z\u00fcrich, CH",1\n9,2,"",0\n2,,x,1\n'
SHUFFLED = 'label,name,id,age\n1,x,2,\n1,"z\u00fcrich, CH",10,1.50\n0,"",9,2.0\n'
UNKEYED = 'b,a\n1,x\n1,x\n2,\n'
PROJECT_KEY = bytes(range(32))


def dataset(name, schema, splits, why):
    document = content_document(schema, splits, PROJECT_KEY)
    return {'name': name, 'why': why, 'schema': schema, 'projectKey': PROJECT_KEY.hex(),
            'splits': [dict(zip(('name', 'role', 'domain', 'sealed', 'csv'), s)) for s in splits],
            'document': document, 'contentId': content_id(document)}


def encoding_vectors():
    keyed = {'key': 'id', 'label': 'label', 'protected': ['name']}
    return {
        'encoding': 1,
        'values': [{'type': t, 'csv': x, 'encoded': encode(t, x).decode('utf-8')} for t, x in VALUES],
        'refused': [{'type': t, 'csv': x} for t, x in REFUSED],
        'inferred': [{'fields': column, 'type': infer(column)} for column in INFERRED],
        'datasets': [
            dataset('keyed', keyed, [('train', 'train', None, False, KEYED)], 'a key orders the rows'),
            dataset('shuffled', keyed, [('train', 'train', None, False, SHUFFLED)], 'the same rows and columns in another order'),
            dataset('sealed', keyed, [('train', 'train', None, False, KEYED), ('holdout', 'holdout', None, True, KEYED)],
                    'the label of a sealed split is a commitment'),
            dataset('unkeyed', {}, [('all', 'train', None, False, UNKEYED)], 'without a key, equal rows count twice'),
            dataset('empty', {'types': {'a': 'int64'}}, [('all', 'train', None, False, 'a\n')], 'no rows'),
            dataset('domains', {'key': 'id', 'label': 'y'},
                    [('south', 'cross_domain', 'south', True, 'id,y\n1,yes\n'), ('north', 'cross_domain', 'north', True, 'id,y\n1,no\n')],
                    'splits are sorted by name'),
        ],
    }


INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']


def path(m, leaves):
    if len(leaves) == 1: return []
    k = 1
    while k * 2 < len(leaves): k *= 2
    return path(m, leaves[:k]) + [root(leaves[k:])] if m < k else path(m - k, leaves[k:]) + [root(leaves[:k])]


def subproof(m, leaves, known):
    n = len(leaves)
    if m == n: return [] if known else [root(leaves)]
    k = 1
    while k * 2 < n: k *= 2
    if m <= k: return subproof(m, leaves[:k], known) + [root(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [root(leaves[:k])]


def merkle_vectors():
    leaves = [SHA(b'\x00' + bytes.fromhex(x)) for x in INPUTS]
    return {
        'source': 'inputs and roots: certificate-transparency merkle_tree_test; proofs: the recursion of RFC 6962 2.1',
        'leaves': INPUTS,
        'roots': [root(leaves[:n]).hex() for n in range(9)],
        'inclusion': [{'index': m, 'size': n, 'proof': [h.hex() for h in path(m, leaves[:n])]}
                      for n in range(1, 9) for m in range(n)],
        'consistency': [{'first': m, 'second': n, 'proof': [h.hex() for h in subproof(m, leaves[:n], True)]}
                        for n in range(1, 9) for m in range(1, n + 1)],
    }


def write(name, value):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), 'w', encoding='utf-8') as f:
        json.dump(value, f, indent=1, ensure_ascii=False)
        f.write('\n')


if __name__ == '__main__':
    if len(sys.argv) == 1:
        write('encoding.json', encoding_vectors())
        write('merkle.json', merkle_vectors())
    else:
        parts = [argument.split('=', 2) for argument in sys.argv[2:]]
        files = [(n, r, None, False, open(f, encoding='utf-8', newline='').read()) for n, r, f in parts]
        print(content_id(content_document(json.load(open(sys.argv[1])), files)))
