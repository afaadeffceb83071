import type { GatePolicy } from '../../domain/policy/index.js';
import type { ModelVersionView } from '../registry/index.js';
import type { PolicyView } from './policy.view.js';

/** Which model version is to be judged, by which policy, for which stage, on which data. */
export interface GateQuestion {
  modelVersion: ModelVersionView;
  policy: PolicyView;
  terms: GatePolicy;
  stage: string | null;
  /** NAME@VERSION or id; absent: the one that the policy names, or that of the model's latest evaluation. */
  datasetVersion?: string | null;
}

export function modelRef({ model, version }: Pick<ModelVersionView, 'model' | 'version'>): string {
  return `${model}@${version}`;
}
