import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dawidSkene, type Label } from './dawid-skene.js';
import { krippendorffAlpha } from './krippendorff-alpha.js';
import { majority } from './majority.js';
import { ratedUnits } from './ratings.js';

const SHARED = new URL('../../../../shared/', import.meta.url);
const [LABELS, GOLD] = ['data/crowd/snow2008_rte_labels.csv', 'data/crowd/snow2008_rte_gold.csv'].map(
  (name) => new URL(name, SHARED).pathname,
) as [string, string];
const present = existsSync(LABELS) && existsSync(GOLD);
if (!present) console.error(`SKIPPED: the labels of Snow et al. 2008 need ${SHARED.pathname}`);

/** Dawid and Skene 1979, table 1: 45 patients; the first observer's three labels, then those of four more. */
const ANAESTHESIA = `
  1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343
  1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222
  1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343
  2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222`
  .trim()
  .split(/\s+/);

const anaesthesia: Label[] = ANAESTHESIA.flatMap((labels, item) =>
  [...labels].map((label, i) => ({ item, rater: Math.max(0, i - 2), label: Number(label) - 1 })),
);
const SIZE = { items: 45, raters: 5, classes: 4 };

function votes(labels: readonly Label[], items: number, classes: number): number[][] {
  const counts = Array.from({ length: items }, () => new Array<number>(classes).fill(0));
  for (const { item, label } of labels) counts[item]![label]!++;
  return counts;
}
const mode = (row: readonly number[]) => row.indexOf(Math.max(...row));

describe('majority', () => {
  it('reports ties and never breaks them', () => {
    expect(majority([1, 3, 2])).toEqual({ label: 1, leading: [1], votes: 3, total: 6 });
    expect(majority([2, 0, 2])).toEqual({ label: null, leading: [0, 2], votes: 2, total: 4 });
    expect(majority([0, 0])).toEqual({ label: null, leading: [], votes: 0, total: 0 });
  });
});

describe('Dawid-Skene', () => {
  // Computed for data/crowd by the reference vectors, without smoothing; their first observer's table is the paper's.
  const found = dawidSkene(anaesthesia, SIZE, { smoothing: 0 });

  it('anaesthesia: shares .3996 .4220 .1118 .0667, log-likelihood -192.8909', () => {
    expect(found.converged).toBe(true);
    [0.3996, 0.422, 0.1118, 0.0667].forEach((share, k) => expect(found.classes[k]).toBeCloseTo(share, 3));
    expect(found.logLikelihood).toBeCloseTo(-192.89088235113152, 4);
  });

  it('anaesthesia: the first observer, and the patients in doubt', () => {
    const rows = [
      [0.889, 0.111, 0, 0],
      [0.071, 0.876, 0.053, 0],
      [0, 0.339, 0.661, 0],
      [0, 0, 0.556, 0.444],
    ];
    rows.forEach((row, k) => row.forEach((p, l) => expect(found.confusion[0]![k]![l]).toBeCloseTo(p, 3)));
    const doubt = { 7: 0.981, 30: 0.9991, 35: 0.948, 38: 0.9788 };
    for (const [patient, p] of Object.entries(doubt))
      expect(Math.max(...found.posterior[Number(patient) - 1]!)).toBeCloseTo(p, 3);
  });

  // The reference vectors list patient 12 as well: his labels are 2 2 2 3 3 4 3, of which they take the first of two with most votes.
  it('anaesthesia: other than the most frequent label at patients 2 and 36, and at 12, a tie', () => {
    const said = votes(anaesthesia, 45, 4).map(majority);
    const classes = found.posterior.map(mode);
    const other = (of: (leading: readonly number[]) => boolean) =>
      said.flatMap(({ leading }, item) => (of(leading) && leading[0] !== classes[item] ? [item + 1] : []));
    expect(other((leading) => leading.length === 1)).toEqual([2, 36]);
    expect(other((leading) => leading.length > 1)).toEqual([12]);
    expect(said[11]).toMatchObject({ label: null, leading: [1, 2] });
    expect([2, 36, 12].map((patient) => classes[patient - 1]! + 1)).toEqual([4, 4, 3]);
  });

  it('crowd-kit, toy task: yes yes no yes no, where the majority of the first is a tie', () => {
    const said = ['01111', '11010', '.1010', '10110', '00010'];
    const labels = said.flatMap((line, rater) =>
      [...line].flatMap((label, item) => (label === '.' ? [] : [{ item, rater, label: Number(label) }])),
    );
    const { posterior } = dawidSkene(labels, { items: 5, raters: 5, classes: 2 });
    expect(posterior.map(mode)).toEqual([1, 1, 0, 1, 0]);
    expect(majority(votes(labels, 5, 2)[0]!).leading).toEqual([0, 1]);
  });

  const labels = fc.array(fc.record({ item: fc.nat(9), rater: fc.nat(4), label: fc.nat(2) }), {
    minLength: 1,
    maxLength: 80,
  });

  it('the likelihood never falls, and what it gives are probabilities, with any smoothing', () => {
    fc.assert(
      fc.property(labels, fc.constantFrom(0, 0.01, 1), (given, smoothing) => {
        const { objective, posterior, classes, confusion, logLikelihood } = dawidSkene(
          given,
          { items: 10, raters: 5, classes: 3 },
          { smoothing, maxIterations: 60 },
        );
        objective.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(objective[i]! - 1e-9));
        if (smoothing === 0) expect(logLikelihood).toBe(objective.at(-1));
        const sums = [...posterior, classes].map((row) => row.reduce((a, b) => a + b, 0));
        for (const sum of sums) expect(sum).toBeCloseTo(1, 9);
        const met = confusion.flat().map((row) => row.reduce((a, b) => a + b, 0));
        for (const sum of met) if (smoothing > 0 || sum !== 0) expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });

  it('renaming the classes renames the answer', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const size = { items: 10, raters: 5, classes: 3 };
        const plain = dawidSkene(given, size, { maxIterations: 20 });
        const turned = dawidSkene(
          given.map((one) => ({ ...one, label: (one.label + 1) % 3 })),
          size,
          { maxIterations: 20 },
        );
        plain.posterior.forEach((row, item) =>
          row.forEach((p, k) => expect(turned.posterior[item]![(k + 1) % 3]).toBeCloseTo(p, 6)),
        );
      }),
    );
  });

  it('stays finite where thousands of labels multiply', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ item: 0, rater: 0, label: i % 3 === 0 ? 1 : 0 }));
    const { posterior, logLikelihood } = dawidSkene(many, { items: 1, raters: 1, classes: 2 });
    expect(posterior[0]!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(logLikelihood).toBeLessThan(-3_000);
    expect(Number.isFinite(logLikelihood)).toBe(true);
  });

  it('refuses no labels, and labels out of range', () => {
    expect(() => dawidSkene([], SIZE)).toThrow(RangeError);
    expect(() => dawidSkene([{ item: 0, rater: 0, label: 4 }], SIZE)).toThrow(/outside the given size/);
  });
});

describe.skipIf(!present)(
  'Snow et al. 2008, recognising textual entailment: 800 tasks, 164 workers, 8,000 labels',
  () => {
    const read = (file: string) =>
      readFileSync(file, 'utf8')
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.split(','));

    it('majority 685 right and 65 ties, Dawid-Skene .9275 at -3679.629, alpha .2415', () => {
      const gold = read(GOLD);
      const rows = read(LABELS);
      const tasks = new Map(gold.map(([task], i) => [task!, i]));
      const workers = [...new Set(rows.map(([, worker]) => worker!))];
      const labels = rows.map(([task, worker, label]) => ({
        item: tasks.get(task!)!,
        rater: workers.indexOf(worker!),
        label: Number(label),
      }));
      expect([labels.length, tasks.size, workers.length]).toEqual([8_000, 800, 164]);
      const truth = gold.map(([, label]) => Number(label));
      const winners = votes(labels, 800, 2).map(majority);
      expect(winners.filter(({ label }, i) => label === truth[i])).toHaveLength(685);
      expect(winners.filter(({ label }) => label === null)).toHaveLength(65);
      const { posterior, logLikelihood, objective } = dawidSkene(
        labels,
        { items: 800, raters: 164, classes: 2 },
        { smoothing: 0 },
      );
      expect(posterior.filter((row, i) => mode(row) === truth[i]).length / 800).toBe(0.9275);
      expect(logLikelihood).toBeCloseTo(-3679.629, 2);
      objective.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(objective[i]! - 1e-9));
      const scale = { categories: ['0', '1'] };
      const units = Array.from({ length: 800 }, () => [] as number[]);
      for (const { item, label } of labels) units[item]!.push(label);
      expect(krippendorffAlpha(ratedUnits(units, scale), scale, 'nominal')).toBeCloseTo(0.2415, 4);
    });
  },
);
