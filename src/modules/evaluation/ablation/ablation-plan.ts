import type { Factor } from '../../../domain/generalisation/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { RunView } from '../../experiments/index.js';
import type { ModelVersionView } from '../../registry/index.js';
import { comparableSplits } from '../comparisons.service.js';
import { protocolsCompare } from '../comparable-protocol.js';
import { protocolMismatch } from '../evaluation.errors.js';
import type { EvaluationView } from '../evaluation.view.js';

/** A model with everything, and models that lack one thing each. References are NAME@VERSION or id. */
export interface AblationRequest {
  datasetVersion: string;
  split: string;
  full: string;
  ablated: string[];
}

/** One of the models. */
export interface PlannedArm {
  modelVersionId: string;
  /** NAME@VERSION. */
  ref: string;
  evaluationId: string;
  /** What went into it: the params of its run, its data and its parent. Null: no run was registered with it. */
  manifest: Record<string, Factor> | null;
}

/** What the job is given. */
export interface AblationPlan {
  datasetVersionId: string;
  split: string;
  full: PlannedArm;
  ablated: PlannedArm[];
  /** The column of clusters, where the protocols name one. */
  cluster?: string;
}

/** Data and parent count as factors, too: a model that was trained on other rows lacks more than a param. */
export function manifestOf(
  { datasetVersionIds, parentId }: ModelVersionView,
  run: Pick<RunView, 'params'> | undefined,
): PlannedArm['manifest'] {
  if (!run) return null;
  const params = Object.entries(run.params).map(([name, value]) => [`params.${name}`, value] as const);
  return {
    ...Object.fromEntries(params),
    datasetVersions: [...datasetVersionIds].sort().join(','),
    parent: parentId,
  };
}

/** Throws ABLATION_OF_NUMBERS, ABLATION_SPLIT_SEALED, SPLIT_NOT_EVALUATED, PROTOCOL_MISMATCH for evaluations that cannot be paired on these rows. */
export function requirePairable(full: EvaluationView, ablated: EvaluationView, split: string): void {
  if ([full, ablated].some(({ protocol }) => protocol.task === 'regression'))
    throw new InvalidInputError(
      'ABLATION_OF_NUMBERS',
      'what a factor is worth is told in accuracy, and these models predict numbers',
      { remedy: 'Compare their errors by a gate: compare with metric mae.' },
    );
  const { candidate } = comparableSplits(full, ablated, split);
  if (candidate.sealed)
    throw new InvalidInputError(
      'ABLATION_SPLIT_SEALED',
      `split ${split} is sealed, and the report would tell numbers of it`,
      { remedy: 'Measure what factors are worth on an open split, validation say.' },
    );
  if (!protocolsCompare(full, ablated, 'accuracy'))
    throw protocolMismatch(
      `accuracy of evaluations ${full.id} and ${ablated.id} was measured under protocols that differ in what it depends on`,
    );
}
