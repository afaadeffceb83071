import type { ProtocolProblem } from '../../domain/protocol/index.js';
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
  new InvalidInputError('SPLIT_REPEATED', `split ${split} is named twice; expected each split once`);

export const nothingToEvaluate = (both: boolean) =>
  new InvalidInputError(
    'EVALUATION_SOURCE',
    `${both ? 'both' : 'neither'} predictions ${both ? 'and' : 'nor'} execute are given; expected one of them`,
    { remedy: 'Send predictions, or say how the model is run.' },
  );

export const protocolMismatch = (what: string) =>
  new ConflictError('PROTOCOL_MISMATCH', `the evaluations cannot be compared: ${what}`, {
    remedy: 'Evaluate both model versions on the same split under the same protocol.',
  });

/** Every problem at once. A field that nobody enforces outranks the others: it is the one that would mislead. */
export function protocolInvalid(problems: readonly ProtocolProblem[]): InvalidInputError {
  const ranks = ['PROTOCOL_INVALID', 'SLICE_INVALID'] as const;
  const code = ranks.find((rank) => problems.some((problem) => problem.code === rank))!;
  const leading = problems.find((problem) => problem.code === code)!;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new InvalidInputError(code, `${leading.path}: ${leading.message}${more}`, {
    remedy: 'Correct the protocol; GET /v1/protocol-schema serves its JSON Schema.',
    fields: problems.map(({ path, message }) => ({ path, message })),
  });
}
