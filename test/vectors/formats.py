"""Writes test/vectors/formats/: files of other writers than DuckDB, for the readers of Parquet and zstd.

    pip install pyarrow==26.0.1 zstandard==0.25.0 && python test/vectors/formats.py

types.parquet has one column for each kind of column that PyArrow writes and Assay reads, types.csv the same rows as Python
prints them. The other Parquet files hold one column each that DuckDB 1.5.6 would read as other values or names than were written.
"""
import datetime as dt
import decimal
import os

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'formats')
UTC = dt.timezone.utc
MOMENT = dt.datetime(2020, 1, 1, 1, 2, 3, 4)
SECOND = dt.datetime(2020, 1, 1, 1, 2, 3)

# name: (PyArrow type, values, the same values as CSV fields)
COLUMNS = {
    'id': (pa.int64(), [9007199254740993, -1, 0], ['9007199254740993', '-1', '0']),
    'int8': (pa.int8(), [1, None, -128], ['1', '', '-128']),
    'uint64': (pa.uint64(), [1, 2**63 - 1, None], ['1', str(2**63 - 1), '']),
    'float': (pa.float32(), [0.1, 16777216.0, None], ['0.1', '16777216.0', '']),
    'double': (pa.float64(), [0.1, -0.0, float('nan')], ['0.1', '-0.0', 'nan']),
    'whole': (pa.float64(), [5.0, 2.0**53, 1e300], ['5.0', '9007199254740992', '1e300']),
    'bool': (pa.bool_(), [True, False, None], ['true', 'false', '']),
    'date32': (pa.date32(), [dt.date(1, 1, 1), dt.date(9999, 12, 31), None], ['0001-01-01', '9999-12-31', '']),
    'date64': (pa.date64(), [dt.date(1969, 12, 31), dt.date(2024, 2, 29), None], ['1969-12-31', '2024-02-29', '']),
    'seconds': (pa.timestamp('s'), [SECOND, None, None], [SECOND.isoformat(), '', '']),
    'millis': (pa.timestamp('ms'), [SECOND.replace(microsecond=500000), None, None], [SECOND.isoformat() + '.5', '', '']),
    'micros': (pa.timestamp('us'), [MOMENT, None, None], [MOMENT.isoformat(), '', '']),
    'nanos': (pa.timestamp('ns'), [MOMENT, None, None], [MOMENT.isoformat(), '', '']),
    'instant': (pa.timestamp('us', 'Europe/Zurich'), [MOMENT.replace(tzinfo=UTC), None, None], ['2020-01-01T02:02:03.000004+01:00', '', '']),
    'text': (pa.string(), ['007', '', None], ['007', '""', '']),
    'large': (pa.large_string(), ['z\u00fc', 'x,"y"\n', None], ['z\u00fc', '"x,""y""\n"', '']),
    'category': (pa.dictionary(pa.int32(), pa.string()), ['x', 'y', 'x'], ['x', 'y', 'x']),
    'nothing': (pa.null(), [None, None, None], ['', '', '']),
    'integers': (pa.decimal128(20, 0), [decimal.Decimal(7), None, decimal.Decimal(-8)], ['7', '', '-8']),
    'clock': (pa.time64('us'), [dt.time(1, 2, 3), None, None], ['01:02:03', '', '']),
}


def written(name, table, **options):
    pq.write_table(table, os.path.join(FOLDER, name), **options)


def one(name, type_, values, **options):
    written(name, pa.table({'x': pa.array(values, type_)}), **options)


os.makedirs(FOLDER, exist_ok=True)
written('types.parquet', pa.table({name: pa.array(values, type_) for name, (type_, values, _) in COLUMNS.items()}))
rows = zip(*(texts for _, _, texts in COLUMNS.values()))
with open(os.path.join(FOLDER, 'types.csv'), 'w', newline='', encoding='utf-8') as file:
    file.write(','.join(COLUMNS) + '\n')
    file.writelines(','.join(row) + '\n' for row in rows)
one('int96.parquet', pa.timestamp('ns'), [MOMENT], use_deprecated_int96_timestamps=True)
one('instant-nanos.parquet', pa.timestamp('ns', 'UTC'), [1577840523000000001])
one('decimal256.parquet', pa.decimal256(50, 2), [decimal.Decimal('1.50')])
written('same-names.parquet', pa.table([pa.array([1]), pa.array([2])], names=['a', 'a']))
written('names-of-case.parquet', pa.table([pa.array([1]), pa.array([2])], names=['a', 'A']))
with open(os.path.join(FOLDER, 'rows.csv.zst'), 'wb') as file:
    text = 'id,x\n' + ''.join(f'{i},{i % 7}\n' for i in range(400))
    file.write(zstandard.ZstdCompressor(level=19, write_checksum=True).compress(text.encode()))
