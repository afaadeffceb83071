import { ConflictError, InvalidInputError, NotFoundError } from '../../platform/errors/index.js';

export const evaluationNotFound = (id: string) =>
  new NotFoundError(
    'EVALUATION_NOT_FOUND',
    `There is no evaluation ${JSON.stringify(id.slice(0, 80))} in this project.`,
    {
      remedy: 'An evaluation exists once its job has succeeded: the job names its id.',
    },
  );

export const splitRepeated = (split: string) =>
  new InvalidInputError(
    'SPLIT_REPEATED',
    `predictions for split ${split} are given twice; expected one file per split`,
  );

export const protocolMismatch = (what: string) =>
  new ConflictError('PROTOCOL_MISMATCH', `the evaluations cannot be compared: ${what}`, {
    remedy: 'Evaluate both model versions on the same split under the same protocol.',
  });
