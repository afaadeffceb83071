import type { Furnished } from './furnished-project.js';

/** Whatever names something of a project, by its form. Beside each stands a twin of the same form that names nothing anywhere. */
export interface NamedValue {
  form: string;
  value: string;
}

export const TWINS: Record<string, string> = {
  id: '01900000-0000-7000-8000-000000000000',
  name: 'names-nothing-at-all',
  label: 'names-nothing-at-all@1',
  digest: 'f'.repeat(64),
};

export function valuesOf(f: Furnished): NamedValue[] {
  const ids = [
    f.projectId,
    f.datasetVersionId,
    f.secondDatasetVersionId,
    f.experimentId,
    f.runId,
    f.openRunId,
    f.modelId,
    f.modelVersionId,
    f.secondModelVersionId,
    f.evaluationId,
    f.importedEvaluationId,
    f.policyId,
    f.decisionId,
    f.promotionId,
    f.jobId,
    f.keyId,
    f.uploadId,
    f.entryId,
  ];
  const names = [f.dataset, f.experiment, f.model, f.policy, f.stage];
  return [
    ...ids.map((value) => ({ form: 'id', value })),
    ...names.map((value) => ({ form: 'name', value })),
    ...[f.datasetVersion, f.modelVersion, `${f.policy}@1`].map((value) => ({ form: 'label', value })),
    { form: 'digest', value: f.contentId },
  ];
}

/** Kinds under which each value is a node of lineage, or a subject of the audit log. */
export const NODE_KINDS = [
  'dataset',
  'model',
  'run',
  'evaluation',
  'importedEvaluation',
  'policy',
  'gateDecision',
  'promotion',
];
export const SUBJECT_KINDS = [
  'modelVersion',
  'datasetVersion',
  'run',
  'gateDecision',
  'upload',
  'apiKey',
  'project',
  'job',
];
