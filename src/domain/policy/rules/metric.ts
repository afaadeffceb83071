import { metricRegistry } from '../../metrics/index.js';
import { SLICE_NAME } from '../../protocol/protocol-fields.js';
import { undefinedAtom, type Atom, type Comparison, type Expansion } from '../atom.js';
import { POLICY_METRIC_NAMES } from '../descriptive-metrics.js';
import type { MetricParameters } from '../gate-policy.js';
import { metricAtom } from '../metric-atom.js';
import { UNSEEN_ERRORS } from '../phrase.js';
import type { RuleType } from '../rule-type.js';
import { accessSlice } from '../usable-slice.js';
import { oneClassHold } from '../usable-split.js';
import { checkBound, checkThresholds } from './threshold-check.js';

/** "This metric on this split is at least (at most) so much." */
export const metricRule: RuleType<MetricParameters> = {
  type: 'metric',
  description: 'A metric on one split clears a threshold.',
  inline: true,
  notEnforced: [],
  fields: {
    metric: { kind: 'choice', of: POLICY_METRIC_NAMES, required: true, description: 'Which metric.' },
    split: { kind: 'text', required: true, description: 'The split whose rows count.' },
    slice: {
      kind: 'text',
      pattern: SLICE_NAME,
      form: 'the name of a slice that spec.protocol.slices declares',
      description: 'Only the rows of this slice count, which spec.protocol.slices declares.',
    },
    atLeast: { kind: 'number', description: 'The lower confidence bound must reach this.' },
    atMost: { kind: 'number', description: 'The upper confidence bound must not exceed this.' },
  },
  check: (parameters, decideOn, path) => [
    ...checkThresholds(parameters, metricRegistry.get(parameters.metric).range, path),
    ...checkBound(parameters.metric, decideOn, path),
  ],
  needs: () => [],
  splitsOf: ({ split }) => [split],
  on: (parameters, split) => ({ ...parameters, split }),
  expand(parameters, evidence, terms): Expansion {
    const { metric, split, slice } = parameters;
    const { label, task } = metricRegistry.get(metric);
    const rows = slice === undefined ? split : `the slice ${slice} of ${split}`;
    const of = slice === undefined ? { split } : { split, slice };
    const thresholds = (['atLeast', 'atMost'] as const).flatMap((comparison): [Comparison, number][] => {
      const threshold = parameters[comparison];
      return threshold === undefined ? [] : [[comparison, threshold]];
    });
    const base = {
      subject: `${label} on ${rows}`,
      caveats: [],
      references: [],
      unit: `rows of ${rows}`,
      failRemedy: `Improve the model until its ${label} on ${rows} reaches the requirement, register it as a new version and evaluate it.`,
    };
    const access = accessSlice(split, slice, evidence, terms);
    if (!access.usable) {
      const atoms = thresholds.map(([comparison, threshold]) =>
        undefinedAtom(of, comparison, threshold, access.hold.reason, ''),
      );
      return { ...base, atoms, holds: [access.hold] };
    }
    const { measurement } = access;
    const atoms: (Atom & { smallSample?: boolean })[] = thresholds.map(([comparison, threshold]) =>
      metricAtom(metric, measurement.evidence, of, comparison, threshold, terms.alpha),
    );
    const oneClass = oneClassHold(access);
    return {
      ...base,
      atoms,
      holds: oneClass === null ? [] : [oneClass],
      caveats: [
        ...(atoms.some((atom) => atom.smallSample)
          ? [`${label} on ${rows} rests on a small sample; the wider of two bounds was used`]
          : []),
        ...(task === 'regression' ? [UNSEEN_ERRORS] : []),
      ],
      references: [{ kind: 'evaluation', id: measurement.evaluationId, digest: measurement.digest }],
    };
  },
};
