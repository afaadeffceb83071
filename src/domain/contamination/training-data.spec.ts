import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainingData } from './training-data.js';

/** `m:credit@2 <- d:people@1` of a text, one edge on a line. */
function graphOf(text: string, truncated = false) {
  const KINDS = { m: 'modelVersion', d: 'datasetVersion', r: 'run', u: 'upload' } as const;
  const nodeOf = (name: string) => {
    const [kind, label] = name.split(':') as [keyof typeof KINDS, string];
    return { kind: KINDS[kind], id: `id of ${label}`, label };
  };
  const edges = text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.trim().split(' <- ').map(nodeOf))
    .map(([to, from]) => ({ from: from!, to: to! }));
  const nodes = new Map(edges.flatMap(({ from, to }) => [from, to]).map((node) => [node.id, node]));
  return { nodes: [...nodes.values()], edges, truncated };
}
const found = (text: string, model = 'm@1', truncated = false) => {
  const { versions, ...rest } = trainingData(graphOf(text, truncated), `id of ${model}`);
  return {
    ...rest,
    versions: versions.map(({ ref, relation, via }) => `${ref} ${relation} ${via.join('+')}`),
  };
};

describe('what a model version was trained on', () => {
  it('is what it names, what its run read, and what the models were trained on that it was made from', () => {
    const { versions, gaps, origins } = found(
      `m:m@1 <- d:own@1
       m:m@1 <- r:fine-tuning
       r:fine-tuning <- d:own@2
       m:m@1 <- m:base@4
       m:base@4 <- r:pretraining
       r:pretraining <- d:web@9
       d:web@9 <- u:web.csv`,
    );
    expect(versions).toEqual(['own@1 trainedOn m@1', 'own@2 trainedOn m@1', 'web@9 trainedOn base@4']);
    expect(gaps).toEqual([]);
    expect(origins.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'modelVersion id of m@1',
      'run id of fine-tuning',
      'modelVersion id of base@4',
      'run id of pretraining',
    ]);
  });

  it('tells versions that the data derive from apart from those that were trained on', () => {
    const { versions } = found(
      `m:m@1 <- d:people@3
       d:people@3 <- d:people@2
       d:people@2 <- d:people@1
       m:m@1 <- m:base@1
       m:base@1 <- d:people@2`,
    );
    expect(versions).toEqual([
      'people@3 trainedOn m@1',
      'people@2 trainedOn base@1',
      'people@1 ancestor people@2',
    ]);
  });

  it.each([
    ['nothing named', 'm:m@1 <- u:weights', 'm@1 names no data that it was trained on, and no run'],
    [
      'a run without inputs',
      'm:m@1 <- r:x',
      'm@1 names no data that it was trained on, and its run id of x recorded no inputs',
    ],
    [
      'a parent of which nothing is known',
      'm:m@1 <- d:a@1\nm:m@1 <- m:b@1',
      'b@1 names no data that it was trained on, and no run',
    ],
  ])('with %s leaves a gap', (_name, text, gap) => expect(found(text).gaps).toEqual([gap]));

  it('leaves a gap where the graph was cut off', () =>
    expect(found('m:m@1 <- d:a@1', 'm@1', true).gaps).toEqual([expect.stringContaining('too large')]));

  it('has no gap where the data are named that a run did not record', () =>
    expect(found('m:m@1 <- r:x\nm:m@1 <- d:a@1').gaps).toEqual([]));

  it('grows with each edge, and no order of edges matters', () => {
    const edge = fc
      .record({ to: fc.nat(5), from: fc.nat(5), data: fc.boolean() })
      .map(({ to, from, data }) =>
        data ? `m:m@${to} <- d:d@${from}` : `m:m@${Math.min(to, from)} <- m:m@${Math.max(to, from) + 1}`,
      );
    fc.assert(
      fc.property(fc.uniqueArray(edge, { minLength: 1, maxLength: 12 }), (edges) => {
        const all = trainingData(graphOf(['m:m@0 <- d:d@9', ...edges].join('\n')), 'id of m@0');
        const turned = trainingData(
          graphOf([...edges].reverse().concat('m:m@0 <- d:d@9').join('\n')),
          'id of m@0',
        );
        const ids = ({ versions }: typeof all) =>
          versions.map(({ datasetVersionId }) => datasetVersionId).sort();
        expect(ids(turned)).toEqual(ids(all));
        expect([...turned.gaps].sort()).toEqual([...all.gaps].sort());
        const fewer = trainingData(graphOf(['m:m@0 <- d:d@9', ...edges.slice(1)].join('\n')), 'id of m@0');
        expect(ids(all)).toEqual(expect.arrayContaining(ids(fewer)));
      }),
    );
  });
});
