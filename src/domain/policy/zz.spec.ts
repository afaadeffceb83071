import { it } from 'vitest';
import { decideGate } from './index.js';
import { COMPAS_BY_RACE, evidenceOf, factsOf, policyOf, splitOf } from './policy-fixtures.js';
it('x', () => {
  const ece = () => ({ bins: Array.from({ length: 15 }, (_, i) => ({ n: 480, sumConf: 480 * (i + .5) / 15, sumY: 480 * (i + .5) / 15 + 5, sumR: -5, sumR2: 100, sumConfVar: 100 })) });
  const t = (name: string, rules: object[]) => { const p = policyOf(rules); const d: number[] = []; for (let i = 0; i < 40; i++) { const e = evidenceOf([factsOf('holdout', splitOf(COMPAS_BY_RACE, { ece: ece(), auc: { auc: .7, se: .006, positives: 3251, negatives: 3963 } }))]); const s = performance.now(); decideGate(p, e); d.push(performance.now() - s); } d.sort((a, b) => a - b); console.log(name, d[20]!.toFixed(2), d[38]!.toFixed(2)); };
  t('auc', [{ id: 'a', metric: 'auc', split: 'holdout', atLeast: .6 }]);
  t('ece', [{ id: 'a', metric: 'ece', split: 'holdout', atMost: .6 }]);
  t('fair', [{ id: 'a', fairness: { metric: 'equalized_odds_difference', split: 'holdout', attributes: ['race'], atMost: .1 } }]);
  t('ratio', [{ id: 'a', fairness: { metric: 'demographic_parity_ratio', split: 'holdout', attributes: ['race'], atLeast: .8 } }]);
});
