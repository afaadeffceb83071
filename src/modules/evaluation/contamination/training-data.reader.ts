import { Injectable } from '@nestjs/common';
import { trainingData, type TrainingData, type TrainingScope } from '../../../domain/contamination/index.js';
import type { RecordRef } from '../../../platform/audit/index.js';
import { DATASET_VERSION, DatasetReader, SPLIT_ROLES } from '../../datasets/index.js';
import { RUN } from '../../experiments/index.js';
import { LineageService } from '../../lineage/index.js';
import { MODEL_VERSION } from '../../registry/index.js';
import type { TrainingSplit } from './contamination.view.js';

export interface ReadTrainingData {
  splits: TrainingSplit[];
  /** What is not known; empty: everything is. */
  gaps: string[];
  /** What this stands on. */
  records: RecordRef[];
}

/** What model versions were trained on, by their lineage and by that of the models that they were made from. */
@Injectable()
export class TrainingDataReader {
  constructor(
    private readonly lineage: LineageService,
    private readonly datasets: DatasetReader,
  ) {}

  /** Two statements, however many. */
  async of(modelVersionIds: readonly string[], scope: TrainingScope): Promise<Map<string, ReadTrainingData>> {
    const nodes = modelVersionIds.map((id) => ({ kind: 'modelVersion', id }) as const);
    const graphs = await this.lineage.walkMany(nodes, 'upstream');
    const found = modelVersionIds.map((id, i) => {
      const graph = graphs[i];
      return graph ? trainingData(graph, id) : UNKNOWN;
    });
    const versions = await this.datasets.byIds(
      found.flatMap((data) => data.versions.map(({ datasetVersionId }) => datasetVersionId)),
    );
    return new Map(modelVersionIds.map((id, i) => [id, splitsOf(found[i]!, versions, scope)]));
  }
}

const UNKNOWN: TrainingData = { versions: [], gaps: ['it stands in no lineage'], origins: [] };

function splitsOf(
  { versions, gaps, origins }: TrainingData,
  read: Awaited<ReturnType<DatasetReader['byIds']>>,
  scope: TrainingScope,
): ReadTrainingData {
  const splits: TrainingSplit[] = [];
  const unknown = [...gaps];
  const counted = versions.filter(({ relation }) => scope === 'ancestors' || relation === 'trainedOn');
  for (const version of counted) {
    // What a split that models are judged on is for, its name says; anything else may have been trained on.
    const trained = (read.get(version.datasetVersionId)?.splits ?? []).filter(
      ({ role }) => !SPLIT_ROLES[role].evaluated,
    );
    splits.push(...trained.map(({ name }) => ({ ...version, split: name })));
    if (trained.length === 0 && version.relation === 'trainedOn')
      unknown.push(
        `${version.ref}, on which ${version.via.join(', ')} was trained, has no split to train on`,
      );
  }
  return {
    splits,
    gaps: unknown,
    records: [
      ...origins.map(({ kind, id }) => ({ kind: kind === 'run' ? RUN : MODEL_VERSION, id })),
      ...versions.map(({ datasetVersionId: id }) => ({ kind: DATASET_VERSION, id })),
    ],
  };
}
