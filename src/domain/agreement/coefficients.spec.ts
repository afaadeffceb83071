import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fleissKappa, scottPi } from './chance-agreement.js';
import { cohenKappa, cohenKappaErrors } from './cohen-kappa.js';
import { AGREEMENT_COEFFICIENTS, agreementCoefficient } from './coefficients.js';
import { krippendorffAlpha, type Level } from './krippendorff-alpha.js';
import { pairTable, ratedUnits, type Agreement, type RatedUnit, type Scale } from './ratings.js';
import { rawAgreement } from './raw-agreement.js';

/** Raters' lines of one character a unit, `.` where missing, as Krippendorff prints them. */
function lines(raters: readonly string[], categories: string): { units: RatedUnit[]; scale: Scale } {
  const scale = { categories: [...categories], values: [...categories].map(Number) };
  const units = [...raters[0]!].map((_, u) =>
    raters.map((line) => (line[u] === '.' ? null : categories.indexOf(line[u]!))),
  );
  return { units: ratedUnits(units, scale), scale };
}

/** Two raters' units from their table. */
function unitsOf(table: readonly (readonly number[])[]): RatedUnit[] {
  return table.flatMap((row, a) => row.map((weight, b) => ({ labels: [a, b], weight })));
}
const scaleOf = (size: number): Scale => ({
  categories: Array.from({ length: size }, (_, k) => String(k)),
  values: Array.from({ length: size }, (_, k) => k),
});
const constant = expect.objectContaining({
  undefinedBecause: expect.stringContaining('same') as string,
}) as Agreement;

describe("Krippendorff's alpha", () => {
  // Krippendorff 2011, example C and D; the digits by the Python package krippendorff 0.9.0.
  const EXAMPLE = ['12332141 2...', '12332241 25.3', '.3332342 251.', '12332441 251.'].map((line) =>
    line.replace(' ', ''),
  );

  it.each<[Level, number]>([
    ['nominal', 0.743421052631579],
    ['ordinal', 0.8153875037548814],
    ['interval', 0.8491071428571428],
    ['ratio', 0.7974027747116121],
  ])('Krippendorff 2011 C, four raters, %s', (level, expected) => {
    const { units, scale } = lines(EXAMPLE, '12345');
    expect(krippendorffAlpha(units, scale, level)).toBeCloseTo(expected, 14);
  });

  it('Krippendorff 2011 A and B; units of one label are left out', () => {
    const a = lines(['0100000010', '1110010000'], '01');
    expect(krippendorffAlpha(a.units, a.scale, 'nominal')).toBeCloseTo(0.09523809523809512, 14);
    const b = lines(['aabbdcccedda', 'babbbccceddd'], 'abcde');
    expect(krippendorffAlpha(b.units, b.scale, 'nominal')).toBeCloseTo(0.6919642857142858, 14);
    // nltk: YNN, YN, N; crowd-kit: YY, NN, YN.
    const c = lines(['YYN', 'NN.', 'N..'], 'YN');
    expect(krippendorffAlpha(c.units, c.scale, 'nominal')).toBeCloseTo(-1 / 3, 14);
    const d = lines(['YNY', 'YNN'], 'YN');
    expect(krippendorffAlpha(d.units, d.scale, 'nominal')).toBeCloseTo(4 / 9, 14);
  });

  it('crowd-kit, toy task of five workers: .142191', () => {
    const toy = lines(['01111', '11010', '.1010', '10110', '00010'], '01');
    expect(krippendorffAlpha(toy.units, toy.scale, 'nominal')).toBeCloseTo(0.14219114219114215, 14);
  });

  it('of constant labels is undefined, of perfect ones that vary 1, of none undefined', () => {
    for (const level of ['nominal', 'ordinal', 'interval', 'ratio'] as const) {
      const same = lines(['111', '111'], '123');
      expect(krippendorffAlpha(same.units, same.scale, level)).toEqual(constant);
      const perfect = lines(['112', '112'], '123');
      expect(krippendorffAlpha(perfect.units, perfect.scale, level)).toBe(1);
      const single = lines(['11.', '..2'], '123');
      expect(krippendorffAlpha(single.units, single.scale, level)).toEqual({
        undefinedBecause: 'no unit has two labels',
      });
    }
  });

  it('needs numbers where the level does', () => {
    const scale = { categories: ['low', 'high'] };
    const units = ratedUnits(
      [
        [0, 1],
        [1, 1],
      ],
      scale,
    );
    expect(krippendorffAlpha(units, scale, 'ordinal')).toBeTypeOf('number');
    expect(() => krippendorffAlpha(units, scale, 'interval')).toThrow(/a number for each category/);
    expect(() => krippendorffAlpha(units, { ...scale, values: [-1, 1] }, 'ratio')).toThrow(/zero or more/);
  });
});

describe("Cohen's kappa", () => {
  // statsmodels 0.15.0 cohens_kappa, whose tests hold SAS' printout: .4842, ASE .1380, .2137 to .7547; linear .4701, .1457.
  const SAS = [
    [0, 4, 1],
    [0, 8, 0],
    [0, 1, 5],
  ];
  it.each([
    ['none', 0.48416289592760187, 0.1380135783058146, 0.1483982818901329, 3.2625909799013257],
    ['linear', 0.4701195219123506, 0.14574604514192566, 0.14258507762473158, 3.297115867549998],
    ['quadratic', 0.4501607717041801, 0.19223266335726072, 0.187919468304494, 2.3954983257762588],
  ] as const)('and its errors, weights %s', (weights, kappa, ase, ase0, z) => {
    expect(cohenKappa(SAS, weights)).toBeCloseTo(kappa, 14);
    const errors = cohenKappaErrors(SAS, weights)!;
    expect(errors.ase).toBeCloseTo(ase, 14);
    expect(errors.ase0).toBeCloseTo(ase0, 14);
    expect(errors.z).toBeCloseTo(z, 12);
  });

  it('its interval, as SAS prints it', () => {
    const [low, high] = cohenKappaErrors(SAS, 'none')!.ci;
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.2137', '0.7547']);
    const linear = cohenKappaErrors(SAS, 'linear')!.ci;
    expect(linear.map((end) => end.toFixed(4))).toEqual(['0.1845', '0.7558']);
  });

  // R's irr, anxiety data, raters 2 and 3.
  it('a level that nobody used changes weighted kappa: the list is pinned', () => {
    const raters = ['36462424332333221334', '21443216111233113322'];
    const kappas = (categories: string) => {
      const { units } = lines(raters, categories);
      const table = pairTable(units, categories.length);
      return (['none', 'linear', 'quadratic'] as const).map(
        (weights) => cohenKappa(table, weights) as number,
      );
    };
    const used = [-0.0062893081761006275, 0.14590747330960863, 0.2520325203252033];
    const pinned = [-0.0062893081761006275, 0.12621359223300954, 0.22979797979797978];
    kappas('12346').forEach((kappa, i) => expect(kappa).toBeCloseTo(used[i]!, 13));
    kappas('123456').forEach((kappa, i) => expect(kappa).toBeCloseTo(pinned[i]!, 13));
  });

  it('two tables of one raw agreement, 85 %: .318 and .700', () => {
    const tables = [
      [
        [80, 10],
        [5, 5],
      ],
      [
        [40, 9],
        [6, 45],
      ],
    ];
    expect(tables.map((table) => rawAgreement(unitsOf(table), scaleOf(2)))).toEqual([0.85, 0.85]);
    expect(cohenKappa(tables[0]!, 'none')).toBeCloseTo(0.31818181818181823, 14);
    expect(cohenKappa(tables[1]!, 'none')).toBeCloseTo(0.6995192307692308, 14);
  });

  it('of constant labels is undefined, also among unused categories', () => {
    const table = [
      [0, 0, 0],
      [0, 9, 0],
      [0, 0, 0],
    ];
    for (const weights of ['none', 'linear', 'quadratic'] as const) {
      expect(cohenKappa(table, weights)).toEqual(constant);
      expect(cohenKappaErrors(table, weights)).toBeNull();
    }
    expect(
      cohenKappa(
        [
          [0, 0],
          [0, 0],
        ],
        'none',
      ),
    ).toEqual({ undefinedBecause: 'no unit has two labels' });
  });
});

describe("Scott's pi, Fleiss' kappa, raw agreement", () => {
  it('Artstein and Poesio 2008, by nltk: A .88, pi .7995, kappa .8013, alpha .8005', () => {
    const table = [
      [46, 0, 0],
      [6, 32, 6],
      [0, 0, 10],
    ];
    const [units, scale] = [unitsOf(table), scaleOf(3)];
    expect(rawAgreement(units, scale)).toBeCloseTo(0.88, 14);
    expect(scottPi(units, scale)).toBeCloseTo(0.7995322418977615, 14);
    expect(cohenKappa(table, 'none')).toBeCloseTo(0.8013245033112583, 14);
    expect(krippendorffAlpha(units, scale, 'nominal')).toBeCloseTo(0.8005345806882727, 14);
  });

  it('Fleiss: fourteen raters, ten units (Wikipedia, statsmodels): .20993, raw .37802', () => {
    const counts = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    const units = counts.map((row) => ({
      labels: row.flatMap((count, k) => new Array<number>(count).fill(k)),
      weight: 1,
    }));
    expect(fleissKappa(units, scaleOf(5))).toBeCloseTo(0.20993070442195522, 14);
    expect(rawAgreement(units, scaleOf(5))).toBeCloseTo(0.378021978021978, 14);
  });

  it('Fleiss 1971: six psychiatrists, thirty patients, five diagnoses: .4302445 (R irr, kappam.fleiss)', () => {
    // Depression, personality disorder, schizophrenia, neurosis, other.
    const table =
      '00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012 51000 ' +
      '02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006';
    const units = table.split(' ').map((row) => ({
      labels: [...row].flatMap((count, k) => new Array<number>(Number(count)).fill(k)),
      weight: 1,
    }));
    expect(units).toHaveLength(30);
    expect(fleissKappa(units, scaleOf(5))).toBeCloseTo(0.4302445, 7);
  });

  it('what they cannot say', () => {
    const scale = scaleOf(2);
    const uneven = ratedUnits(
      [
        [0, 1, 1],
        [0, 1, null],
      ],
      scale,
    );
    expect(fleissKappa(uneven, scale)).toEqual({
      undefinedBecause: expect.stringContaining('from 2 to 3 labels') as string,
    });
    expect(fleissKappa([], scale)).toEqual({ undefinedBecause: 'no unit has two labels' });
    expect(() => scottPi(uneven, scale)).toThrow(RangeError);
    const same = ratedUnits(
      [
        [1, 1],
        [1, 1],
      ],
      scale,
    );
    expect(scottPi(same, scale)).toEqual(constant);
    expect(fleissKappa(same, scale)).toEqual(constant);
    expect(() => ratedUnits([[0, 2]], scale)).toThrow(/none of the 2 categories/);
    expect(() => agreementCoefficient('kappa_cubic')).toThrow(/expected one of raw, kappa/);
  });
});

describe('every coefficient', () => {
  const scale = scaleOf(4);
  const label = fc.integer({ min: 0, max: 3 });
  const rows = fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 40 });

  it('is at most 1, 1 exactly for equal labels that vary, and knows neither order nor name of units', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (pairs, seed) => {
        const shuffled = [...pairs].sort(
          (a, b) => ((a[0] * 7 + a[1] * 3 + seed) % 5) - ((b[0] * 7 + b[1] * 3 + seed) % 5),
        );
        for (const coefficient of AGREEMENT_COEFFICIENTS) {
          const value = coefficient.value(ratedUnits(pairs, scale), scale);
          const again = coefficient.value(ratedUnits(shuffled, scale), scale);
          const mirrored = coefficient.value(
            ratedUnits(
              pairs.map(([a, b]) => [b, a]),
              scale,
            ),
            scale,
          );
          if (typeof value !== 'number') {
            expect(again).toEqual(value);
            expect(mirrored).toEqual(value);
            continue;
          }
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
          expect(again).toBeCloseTo(value, 10);
          expect(mirrored).toBeCloseTo(value, 10);
          const same = coefficient.value(
            ratedUnits(
              pairs.map(([a]) => [a, a]),
              scale,
            ),
            scale,
          );
          const varies = new Set(pairs.map(([a]) => a)).size > 1;
          if (coefficient.id === 'raw') expect(same).toBe(1);
          else expect(same).toEqual(varies ? expect.closeTo(1, 12) : constant);
        }
      }),
    );
  });

  it('Scott is Fleiss for two, and alpha nominal is Scott with its correction for small samples', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const units = ratedUnits(pairs, scale);
        const pi = scottPi(units, scale);
        expect(fleissKappa(units, scale)).toEqual(pi);
        if (typeof pi !== 'number') return;
        const n = 2 * pairs.length;
        expect(krippendorffAlpha(units, scale, 'nominal')).toBeCloseTo(1 - ((n - 1) / n) * (1 - pi), 10);
      }),
    );
  });

  it('interval alpha does not change with origin and unit, quadratic kappa is below 1 alike', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const units = ratedUnits(pairs, scale);
        const moved = { ...scale, values: scale.values!.map((value) => 3 * value - 7) };
        const [a, b] = [
          krippendorffAlpha(units, scale, 'interval'),
          krippendorffAlpha(units, moved, 'interval'),
        ];
        if (typeof a === 'number') expect(b).toBeCloseTo(a, 10);
        else expect(b).toEqual(a);
      }),
    );
  });
});
