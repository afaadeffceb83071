import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { parse } from 'yaml';
import { CAREFUL, CARELESS } from './demo/recipes.js';
import { loadTensorFlow } from './demo/tensorflow.js';
import { trainModel } from './demo/train-model.js';
import { loadWageSurvey, type Person } from './demo/wage-survey.js';
import { renderText } from './gate/render-text.js';
import { buildSplitEvidence } from '../src/domain/metrics/index.js';
import { decideGate, parseGatePolicy } from '../src/domain/policy/index.js';

it('tries', async () => {
  const { splits } = loadWageSurvey();
  const backend = await loadTensorFlow();
  for (const recipe of [CARELESS, CAREFUL]) {
    const m = await trainModel(backend, recipe, splits.train, splits.validation);
    const cells: any[] = [];
    for (const race of ['white', 'other', 'hispanic']) for (const gender of ['male', 'female']) cells.push({ attributes: { race, gender } });
    const ev = (people: Person[]) => {
      const s = m.predict(people);
      return buildSplitEvidence({
        classes: ['0', '1'], positive: '1', cells,
        labels: Uint8Array.from(people.map((p) => p.above_median)),
        predictions: Uint8Array.from(s.map((v) => (v >= 0.5 ? 1 : 0))),
        scores: Float64Array.from(s),
        cellOf: Uint32Array.from(people.map((p) => cells.findIndex((c) => c.attributes.race === p.race && c.attributes.gender === p.gender))),
        groups: Uint32Array.from(people.map((p) => cells.findIndex((c) => c.attributes.race === p.race && c.attributes.gender === p.gender))),
      } as any);
    };
    const facts = (name: string, role: string, people: Person[]) => ({ name, role, domain: role === 'cross_domain' ? name : null, sealed: true, budget: 20, measurement: { evaluationId: 'e', digest: 'd', level: 'recomputed', ageSeconds: 1, look: 1, evidence: ev(people) } });
    for (const stage of ['pilot', 'production']) {
      const parsed = parseGatePolicy(parse(readFileSync(`cli/demo/wages-${stage}.yaml`, 'utf8')));
      if (!parsed.ok) throw new Error(JSON.stringify(parsed));
      const d = decideGate(parsed.policy, { subject: { modelVersionId: 'x', ref: 'wages@1' }, splits: [facts('holdout', 'holdout', splits.holdout), facts('south', 'cross_domain', splits.south)] as any, comparisons: [], leakage: [{ between: ['train', 'holdout'], exact: { rows: 0, total: 179 }, datasetVersionId: 'd', digest: 'x' }] });
      console.log(renderText({ decisionId: 'id', subject: 'wages', policy: { name: stage, digest: 'dd' }, expiresAt: null, ...d } as any));
    }
  }
}, 60000);
