import { NotFoundError } from '../../../platform/errors/index.js';

export const importedEvaluationNotFound = (id: string) =>
  new NotFoundError(
    'IMPORTED_EVALUATION_NOT_FOUND',
    `There is no imported evaluation ${JSON.stringify(id.slice(0, 80))} in this project.`,
    { remedy: 'An imported evaluation exists once its job has succeeded: the job names its id.' },
  );
