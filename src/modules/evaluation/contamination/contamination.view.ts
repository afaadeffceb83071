import type {
  ContaminationOutcome,
  TrainingScope,
  TrainingVersion,
} from '../../../domain/contamination/index.js';
import type { SplitRole } from '../../datasets/index.js';

/** What was counted for one tested split. It never changes, as the versions do not. */
export interface ContaminationCountView extends ContaminationOutcome {
  id: string;
  datasetVersionId: string;
  split: string;
  /** SHA-256 over content id, question, outcome and findings. */
  digest: string;
  createdAt: Date;
  /** Name of the actor. */
  createdBy: string;
}

/** A row of the tested split and the first that it stands with in what was trained on. Rows as splits are downloaded, from 1. */
export interface ContaminationFinding {
  row: number;
  key: string | null;
  /** Equal in every compared column, or only of the same entity. */
  kind: 'row' | 'entity';
  datasetVersionId: string;
  split: string;
  otherRow: number;
  otherKey: string | null;
}

/** A split of a dataset version that a model version, or one it was made from, was trained on. */
export interface TrainingSplit extends TrainingVersion {
  split: string;
}

export interface TestedSplit {
  split: string;
  role: SplitRole;
  sealed: boolean;
  /** Null: not counted yet. */
  count: ContaminationCountView | null;
}

/** What a model version was trained on, and how much of what it is tested on stands there. */
export interface ContaminationReport {
  modelVersionId: string;
  /** NAME@VERSION. */
  modelVersion: string;
  datasetVersionId: string;
  datasetVersion: string;
  scope: TrainingScope;
  /** Why not all is known of what it was trained on; empty: all is. */
  gaps: string[];
  trainedOn: TrainingSplit[];
  splits: TestedSplit[];
}
