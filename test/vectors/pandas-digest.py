"""Digests of data frames as MLflow computes them, by pandas itself: the oracle of src/domain/pandas.

    python3 test/vectors/pandas-digest.py [CSV ...]     rewrites pandas-digest.json beside this file; with files, prints their digests

Needs pandas 2.1 or newer (written with pandas 3.1.1, numpy 2.4.6). `digest` says in other words what mlflow/data/digest_utils.py of MLflow 3.6 does.
"""
import csv, hashlib, io, json, os, random, sys
import numpy as np, pandas as pd


def digest(df):
    head = df.head(10000)
    texts = head.columns[(df.map(type) == str).all(axis=0)]
    numbers = head.select_dtypes(include=[np.number]).columns
    head = head[texts.union(numbers)]
    md5 = hashlib.md5(pd.util.hash_pandas_object(head).values)
    md5.update(np.int64(len(df)))
    for name in df.columns: md5.update(str(name).encode())
    return md5.hexdigest()[:8]


def table(rows, seed):
    r = random.Random(seed)
    out = ['id,age,score,name,flag,note,gap']
    for i in range(rows):
        out.append(','.join([str(i), str(r.randint(-90, 90)), f'{r.uniform(1, 9) * r.choice((1, -1)):.{r.randint(0, 6)}f}',
                             r.choice(['Ann', 'Bób', '李雷', 'x' * r.randint(1, 40), '🦊']), r.choice(['True', 'False']),
                             r.choice(['a', 'NA', '']), r.choice(['', '1', '2', 'NaN'])]))
    return '\n'.join(out) + '\n'


CASES = {
    'integers': 'a,b\n1,2\n-3,4\n+5,007\n9223372036854775807,-9223372036854775808\n',
    'doubles': 'x,y\n1.5,1e3\n-0.25,.5\n0.0,2.\n123456.789,1E-5\n',
    'gaps make doubles of integers': 'x,y\n1,a\n,b\n3,c\n',
    'texts': 'b,a\nhello,world\n"two, three","quote "" and line\nbreak"\nü,0x10\n',
    'columns of one kind keep their order': 'z,a,m\n1,2,3\n4,5,6\n',
    'columns of two kinds are sorted': 'z,a,M\n1,t,3\n4,u,6\n',
    'columns outside the basic plane are sorted by code point': '\uff5e,\U0001f98a,a\nx,1,2\ny,3,4\n',
    'booleans and gaps in texts are left out': 'x,flag,t,u\n1,True,a,v\n2,false,,w\n3,TRUE,c,NA\n',
    'booleans of odd case': 'x,flag\n1,tRUE\n2,fALse\n',
    'nothing but booleans': 'a,b\nTrue,False\nFalse,False\n',
    'all missing': 'x,y\n1,\n2,NA\n3,n/a\n',
    'one number that is a text': 'x\n1\n2\nthree\n',
    'dates are texts': 'd,n\n2024-01-01,1\n2024-01-02,2\n',
    'spaces stay in texts': 'a,b\n x,1\ny ,2\n',
    'long texts': 'a,b\n%s,1\n%s,2\n%s,3\n' % ('x' * 7, 'y' * 8, 'z' * 300),
    'every missing word': 'v,k\n' + ''.join(f'{w},{i}\n' for i, w in enumerate(
        ['', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>', 'N/A', 'NA',
         'NULL', 'NaN', 'None', 'n/a', 'nan', 'null', '7'])),
    'mixed, 40 rows': table(40, 1),
    'mixed, 300 rows': table(300, 2),
}

if __name__ == '__main__':
    if sys.argv[1:]:
        for path in sys.argv[1:]: print(digest(pd.read_csv(path)), path)
    else:
        out = {name: {'rows': list(csv.reader(io.StringIO(text))), 'digest': digest(pd.read_csv(io.StringIO(text)))} for name, text in CASES.items()}
        # More rows than are hashed: 12,000 of them, which a test makes itself.
        out['12,000 rows'] = {'digest': digest(pd.DataFrame({'n': range(12000), 't': [f't{i % 7}' for i in range(12000)]}))}
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'pandas-digest.json'), 'w') as file:
            file.write('{\n' + ',\n'.join(f'{json.dumps(name)}: {json.dumps(case)}' for name, case in out.items()) + '\n}\n')
