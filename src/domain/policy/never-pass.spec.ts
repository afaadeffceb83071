import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAIRNESS_METRIC_NAMES } from '../fairness/index.js';
import { metricRegistry } from '../metrics/index.js';
import { isDescriptive } from './descriptive-metrics.js';
import type { GateEvidence } from './gate-evidence.js';
import { checkOf, evidenceOf, factsOf, leakageOf, liveSampleOf, provenanceOf } from './policy-fixtures.js';
import type { Verdict } from './verdict.js';
import {
  comparisonsOn,
  evidenceOfRows,
  verdictsOf,
  type Asked,
  type Differing,
  type Row,
  type Rule,
} from './verdict-fixtures.js';
import { oneOfEachKind, pathsOf, waysWithout } from './lost-evidence.js';

/** Over policies and evidence of every kind: what is missing or asked more strictly never turns into a PASS. */

/** None of `after` is a PASS where `before` is none. */
function expectNoNewPass(before: readonly Verdict[], after: readonly Verdict[], what: unknown): void {
  const found = after.flatMap((verdict, i) => (verdict === 'PASS' && before[i] !== 'PASS' ? [i] : []));
  expect({ what, passesOnlyAfter: found }).toEqual({ what, passesOnlyAfter: [] });
}

// ---- policies

const percent = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / 100);
const HIGHER = ['accuracy', 'precision', 'recall', 'f1', 'auc'] as const;

const metricRule: fc.Arbitrary<Rule> = fc
  .oneof(
    fc.record({
      metric: fc.constantFrom(
        ...metricRegistry.ids.filter((id) => metricRegistry.get(id).direction === 'higher'),
      ),
      atLeast: percent(5, 95),
    }),
    fc.record({ metric: fc.constantFrom('log_loss', 'brier', 'ece'), atMost: percent(5, 80) }),
    fc.record({ metric: fc.constantFrom(...HIGHER), atLeast: percent(5, 60), atMost: percent(60, 99) }),
  )
  .chain((rule) =>
    fc.boolean().map((point) => ({
      ...rule,
      split: 'holdout',
      decideOn: point || isDescriptive(rule.metric as never) ? 'point' : 'bound',
    })),
  );

const compareRule = fc
  .record({ metric: fc.constantFrom('accuracy', 'auc'), margin: percent(-10, 40) })
  .map((rule): Rule => ({ compare: { ...rule, split: 'holdout' } }));

const crossDomainRule = fc
  .record(
    { metric: fc.constantFrom(...HIGHER), worstAtLeast: percent(5, 90), maxDrop: percent(0, 60) },
    { requiredKeys: ['metric'] },
  )
  .filter(({ worstAtLeast, maxDrop }) => worstAtLeast !== undefined || maxDrop !== undefined)
  .map((rule): Rule => ({ crossDomain: { ...rule, minDomains: 2 } }));

const fairnessRule = fc
  .record({
    metric: fc.constantFrom(...FAIRNESS_METRIC_NAMES),
    limit: percent(5, 70),
    both: fc.boolean(),
    minGroupSize: fc.constantFrom(1, 5, 30),
    smallGroups: fc.constantFrom('inconclusive', 'exclude'),
    requireGroups: fc.boolean(),
  })
  .map(({ metric, limit, both, requireGroups, ...rest }): Rule => {
    const threshold = metric.endsWith('_ratio') ? { atLeast: 1 - limit } : { atMost: limit };
    const attributes = both ? ['race', 'sex'] : ['race'];
    const required = requireGroups ? { requireGroups: { race: ['a', 'b'] } } : {};
    return {
      fairness: {
        metric,
        split: 'holdout',
        attributes,
        intersections: both,
        ...threshold,
        ...rest,
        ...required,
      },
    };
  });

const contaminationRule = fc
  .integer({ min: 0, max: 3 })
  .map((exact): Rule => ({ contamination: { between: ['train', 'holdout'], exact } }));

const checkRule = fc
  .integer({ min: 0, max: 3 })
  .map((maxFailing): Rule => ({ check: { id: 'duplicates', splits: ['train'], maxFailing } }));

const sourcesRule = fc
  .constantFrom('credit-scoring', 'research', 'advertising')
  .map((purpose): Rule => ({ sources: { purpose } }));

const liveSampleRule = fc
  .record({ maxAge: fc.constantFrom('30m', '2h'), maxDrifted: fc.nat(3) })
  .map((rule): Rule => ({ liveSample: { plan: 'wages-live', ...rule } }));

const rule = fc.oneof(
  metricRule,
  metricRule,
  compareRule,
  crossDomainRule,
  fairnessRule,
  fairnessRule,
  contaminationRule,
  checkRule,
  sourcesRule,
  liveSampleRule,
);
const asked: fc.Arbitrary<Asked> = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
  alpha: fc.constantFrom(0.01, 0.05, 0.2),
});

// ---- evidence

/** Counts of tp, fp, fn, tn in each cell, of a good model or of any. */
const table = fc.oneof(
  fc.tuple(fc.nat(60), fc.nat(6), fc.nat(6), fc.nat(60)),
  fc.tuple(fc.nat(25), fc.nat(25), fc.nat(25), fc.nat(25)),
);
const split = fc
  .record({ tables: fc.tuple(table, table, table, table), scored: fc.boolean() })
  .map(({ tables, scored }) => {
    const rows = tables.flatMap((counts, cell) =>
      counts.flatMap((count, kind) =>
        Array.from({ length: count }, (_, i): Row => {
          const [label, prediction] = [kind === 0 || kind === 2 ? 1 : 0, kind < 2 ? 1 : 0];
          return { cell, label, prediction, score: (prediction + ((i * 37) % 97) / 97) / 2 };
        }),
      ),
    );
    return evidenceOfRows(rows, scored || rows.length % 2 === 0);
  });

const age = fc.constantFrom(60, 60, 60, 1e9);

const differing: fc.Arbitrary<Differing> = fc.record({
  wins: fc.nat(12),
  losses: fc.nat(12),
  lead: percent(-10, 10),
  seDiff: percent(0, 3),
});

const provenance = fc
  .record({
    licensed: fc.boolean(),
    basis: fc.constantFrom('none', 'consent', 'contract'),
    purposes: fc.constantFrom('any', [], ['research'], ['credit-scoring', 'research']),
    expired: fc.boolean(),
    withdrawn: fc.nat(1),
    rowsWithoutSubject: fc.constantFrom('unknown', 0, 2),
    trainedOn: fc.nat(2),
    good: fc.boolean(),
  })
  .map(({ withdrawn, rowsWithoutSubject, trainedOn, good, ...source }) =>
    good
      ? provenanceOf()
      : {
          ...provenanceOf(source as never, { withdrawn, rowsWithoutSubject } as never),
          trainedOn,
        },
  );

const evidence: fc.Arbitrary<GateEvidence> = fc
  .record({
    holdout: split,
    south: split,
    north: split,
    differing,
    ages: fc.tuple(age, age),
    shared: fc.nat(4),
    failing: fc.option(fc.nat(4)),
    provenance,
    oneDomain: fc.boolean(),
    level: fc.constantFrom('reported', 'recomputed', 'recomputed', 'executed'),
  })
  .map(({ holdout, south, north, ages, shared, failing, oneDomain, level, ...drawn }) => {
    const facts = factsOf('holdout', holdout);
    Object.assign(facts.measurement!, { ageSeconds: ages[0], level });
    return evidenceOf(
      [facts, factsOf('south', south), factsOf('north', north, { domain: oneDomain ? 'south' : 'north' })],
      {
        comparisons: comparisonsOn(holdout, drawn.differing, ages[1]),
        leakage: [leakageOf({ rows: shared, total: 1000 })],
        checks: [checkOf(failing)],
        liveSamples: [liveSampleOf({ drift: checkOf(failing), trusted: !oneDomain })],
        provenance: drawn.provenance,
      },
    );
  });

describe('what is missing', () => {
  it('of any field of the evidence, in whatever way, turns no verdict into PASS', () => {
    fc.assert(
      fc.property(asked, evidence, fc.nat(1000), (policy, full, chance) => {
        const before = verdictsOf(policy, full);
        oneOfEachKind(pathsOf(full), chance).forEach((path, i) => {
          const ways = waysWithout(full, path);
          const less = ways[(chance + i) % ways.length]!();
          expectNoNewPass(before, verdictsOf(policy, less), path.join('.'));
        });
      }),
      { numRuns: 5 },
    );
  });

  it('of whether the data may decide at all, is no leave to pass', () => {
    const { hold: _hold, ...full } = evidenceOf([], {
      leakage: [leakageOf({ rows: 0, total: 9 })],
    });
    const policy = { rules: [{ contamination: { between: ['train', 'holdout'] } }], alpha: 0.05 };
    expect(verdictsOf(policy, { ...full, hold: null })).toEqual(['PASS', 'PASS']);
    expect(verdictsOf(policy, full as GateEvidence)).toEqual(['ERROR', 'ERROR']);
  });

  it('of rows that the dataset version has, lets no rule on them pass: a part was chosen', () => {
    fc.assert(
      fc.property(asked, evidence, fc.integer({ min: 1, max: 50 }), (policy, full, more) => {
        const [holdout] = full.splits;
        const after = verdictsOf(policy, {
          ...full,
          splits: full.splits.map((facts) => ({ ...facts, rows: facts.rows + more })),
        });
        expect(holdout?.measurement).not.toBeNull();
        after.slice(1).forEach((verdict, i) => {
          if (
            !['contamination', 'check', 'sources', 'liveSample'].some((kind) =>
              Object.hasOwn(policy.rules[i]!, kind),
            )
          )
            expect(verdict).not.toBe('PASS');
        });
      }),
      { numRuns: 15 },
    );
  });

  it('of the rows of a required group, lets no fairness rule pass', () => {
    fc.assert(
      fc.property(fairnessRule, evidence, (one, full) => {
        const fairness = { ...(one.fairness as object), requireGroups: { race: ['a', 'b', 'c'] } };
        expect(verdictsOf({ rules: [{ fairness }], alpha: 0.2 }, full)).not.toContain('PASS');
      }),
      { numRuns: 30 },
    );
  });
});

describe('what is asked more strictly', () => {
  const ALPHAS = [0.4, 0.05, 0.01, 1e-4];

  /** By name of a number: the same, made harder to meet by so many steps. */
  const HARDER: Record<string, (value: number, steps: number) => number> = {
    atLeast: (value, steps) => Math.min(1, value + steps / 25),
    atMost: (value, steps) => Math.max(0, value - steps / 25),
    worstAtLeast: (value, steps) => Math.min(1, value + steps / 25),
    maxDrop: (value, steps) => Math.max(0, value - steps / 25),
    margin: (value, steps) => Math.max(-0.99, value - steps / 25),
    exact: (value, steps) => Math.max(0, value - steps),
    minDomains: (value, steps) => value + steps,
    minGroupSize: (value, steps) => value + 3 * steps,
  };

  /** For each number of a rule: ever harder versions of it, the rule itself first. */
  function ladders(one: Rule): Rule[][] {
    const [[kind, inner] = [undefined, one]] = Object.entries(one).filter(
      ([, value]) => typeof value === 'object',
    );
    const parameters = inner as Record<string, unknown>;
    return (
      Object.entries(HARDER)
        .filter(([name]) => typeof parameters[name] === 'number')
        // Left out, a group of which there are too few rows is no hindrance: that is what is asked for.
        .filter(([name]) => !(name === 'minGroupSize' && parameters.smallGroups === 'exclude'))
        .map(([name, harder]) =>
          Array.from({ length: 12 }, (_, steps) => ({
            ...parameters,
            [name]: harder(parameters[name] as number, steps),
          }))
            .filter(({ atLeast, atMost }: Record<string, unknown>) => !(Number(atLeast) > Number(atMost)))
            .map((changed): Rule => (kind === undefined ? changed : { ...one, [kind]: changed })),
        )
    );
  }

  /** The first alpha, and the first rule of each ladder, is the laxest. */
  function expectNoPassFurtherOn(ladder: readonly Rule[], full: GateEvidence): void {
    const verdicts = ladder.map((each) => ALPHAS.map((alpha) => verdictsOf({ rules: [each], alpha }, full)));
    verdicts.forEach((row, i) =>
      row.forEach((after, j) => {
        const what = { rule: ladder[i], alpha: ALPHAS[j] };
        if (i > 0) expectNoNewPass(verdicts[i - 1]![j]!, after, what);
        if (j > 0) expectNoNewPass(row[j - 1]!, after, what);
      }),
    );
  }

  it('a stricter threshold, size or number, or a smaller alpha turns no verdict into PASS', () => {
    fc.assert(
      fc.property(rule, evidence, (one, full) => {
        for (const ladder of ladders(one)) expectNoPassFurtherOn(ladder, full);
      }),
      { numRuns: 25 },
    );
  });

  it('nor do they close to what was observed, where one step decides', () => {
    fc.assert(
      fc.property(split, (rows) => {
        const full = evidenceOf([factsOf('holdout', rows)]);
        for (const { id, value, direction, range } of metricRegistry.all) {
          const found = value(rows);
          if (!found.defined || isDescriptive(id)) continue;
          const [side, harder] =
            direction === 'higher' ? (['atLeast', 1] as const) : (['atMost', -1] as const);
          const ladder = Array.from({ length: 12 }, (_, step) => found.value + harder * (step - 10) * 0.01)
            .filter((threshold) => threshold > range[0] && threshold < range[1])
            .map((threshold): Rule => ({ metric: id, split: 'holdout', [side]: threshold }));
          expectNoPassFurtherOn(ladder, full);
        }
      }),
      { numRuns: 6 },
    );
  });

  it('better levels, fresher evidence, fewer looks, another protocol or more groups turn no verdict into PASS', () => {
    fc.assert(
      fc.property(asked, evidence, (policy, full) => {
        const before = verdictsOf(policy, full);
        for (const spec of [
          { evidence: { minLevel: 'executed' } },
          { evidence: { maxAge: '1s' } },
          { holdout: { looks: 1 } },
          { protocol: { threshold: 0.6 } },
        ])
          expectNoNewPass(before, verdictsOf(policy, full, spec), spec);
        const rules = policy.rules.map((one) =>
          Object.hasOwn(one, 'fairness')
            ? {
                ...one,
                fairness: {
                  ...(one.fairness as object),
                  smallGroups: 'inconclusive',
                  requireGroups: { race: ['a', 'b', 'c'] },
                },
              }
            : one,
        );
        expectNoNewPass(before, verdictsOf({ ...policy, rules }, full), 'more groups');
      }),
      { numRuns: 15 },
    );
  });

  it('one rule more lets nothing pass that did not', () => {
    fc.assert(
      fc.property(asked, rule, evidence, (policy, another, full) => {
        const before = verdictsOf(policy, full);
        const after = verdictsOf({ ...policy, rules: [...policy.rules, another] }, full);
        expectNoNewPass(before, after.slice(0, before.length), another);
      }),
      { numRuns: 15 },
    );
  });
});
