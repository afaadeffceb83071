import type { Furnished } from './furnished-project.js';

/** Whatever names something of a project, by its form. Beside each stands a twin of the same form that names nothing anywhere. */
export interface NamedValue {
  /** Which thing it is, the same in every project. */
  what: string;
  form: string;
  value: string;
}

export const TWINS: Record<string, string> = {
  id: '01900000-0000-7000-8000-000000000000',
  name: 'names-nothing-at-all',
  label: 'names-nothing-at-all@1',
  digest: 'f'.repeat(64),
};

const IDS = [
  'projectId',
  'datasetVersionId',
  'secondDatasetVersionId',
  'experimentId',
  'runId',
  'openRunId',
  'modelId',
  'modelVersionId',
  'secondModelVersionId',
  'evaluationId',
  'importedEvaluationId',
  'datasetCheckId',
  'contaminationCountId',
  'policyId',
  'decisionId',
  'promotionId',
  'jobId',
  'keyId',
  'uploadId',
  'resumableUploadId',
  'entryId',
] as const;
const NAMES = ['source', 'dataset', 'experiment', 'model', 'policy', 'stage', 'samplingPlan'] as const;

export function valuesOf(f: Furnished): NamedValue[] {
  return [
    ...IDS.map((what) => ({ what, form: 'id', value: f[what] })),
    ...NAMES.map((what) => ({ what, form: 'name', value: f[what] })),
    { what: 'datasetVersion', form: 'label', value: f.datasetVersion },
    { what: 'modelVersion', form: 'label', value: f.modelVersion },
    { what: 'policyVersion', form: 'label', value: `${f.policy}@1` },
    { what: 'contentId', form: 'digest', value: f.contentId },
  ];
}

/** Kinds under which each value is a node of lineage, or a subject of the audit log. */
export const NODE_KINDS = [
  'source',
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
  'source',
  'modelVersion',
  'datasetVersion',
  'run',
  'gateDecision',
  'upload',
  'apiKey',
  'project',
  'job',
];
