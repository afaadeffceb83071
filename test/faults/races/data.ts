/** Rows `id,x,sex,y` with keys from `first` on; `salt` makes another content of the same shape. */
export function dataset(first: number, rows: number, salt = 0): string {
  const lines = keysFrom(first, rows).map(
    (key) => `${key},${key * 0.5 + salt},${key % 2 === 0 ? 'm' : 'f'},${labelOf(key)}`,
  );
  return `id,x,sex,y\n${lines.join('\n')}\n`;
}

/** Predictions that are wrong on about one row in `wrong`; `salt` chooses which. */
export function predictions(first: number, rows: number, wrong: number, salt = 0): string {
  const lines = keysFrom(first, rows).map((key) => {
    const draw = mixed(mixed(key) ^ salt) / 2 ** 32;
    const yes = (labelOf(key) === 'yes') !== draw < 1 / wrong;
    return `${key},${yes ? 'yes' : 'no'},${yes ? 0.75 : 0.25}`;
  });
  return `id,prediction,score\n${lines.join('\n')}\n`;
}

export function policy(name: string, stage: string, atLeast: number): object {
  return {
    apiVersion: 'assay/v1',
    kind: 'GatePolicy',
    metadata: { name, stage },
    spec: { dataset: 'base', rules: [{ id: 'accuracy', metric: 'accuracy', split: 'validation', atLeast }] },
  };
}

const keysFrom = (first: number, rows: number) => Array.from({ length: rows }, (_, i) => first + i);
const labelOf = (key: number) => (Math.floor(key / 2) % 2 === 0 ? 'yes' : 'no');

/** 32 bits of an integer that look like chance: the finalizer of MurmurHash3. */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A permutation by a seeded source. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}
