export { comparedColumns, type ComparedColumns, type ComparedSplit } from './compared-columns.js';
export {
  CONTAMINATION_METHOD,
  type ContaminationOutcome,
  type ContaminationQuestion,
  type SourceCount,
} from './contamination-count.js';
export {
  TRAINING_SCOPES,
  trainingData,
  type TrainingData,
  type TrainingScope,
  type TrainingVersion,
} from './training-data.js';
