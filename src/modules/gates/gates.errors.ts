import type { PolicyProblem } from '../../domain/policy/index.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../../platform/errors/index.js';

export function policyTextInvalid(code: string, message: string, remedy: string): InvalidInputError {
  return new InvalidInputError(code, message, { remedy });
}

/** Every problem at once. A field that nobody enforces outranks the others: it is the one that would mislead. */
export function policyInvalid(problems: readonly PolicyProblem[]): InvalidInputError {
  const fields = problems.map(({ code, path, found, expected }) => ({
    path,
    message: `found ${found}; expected ${expected}`,
    code,
  }));
  const leading = problems.find((problem) => problem.code === 'POLICY_FIELD_NOT_ENFORCED') ?? problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new InvalidInputError(
    leading?.code ?? 'POLICY_INVALID',
    `${leading?.path ?? 'the document'}: found ${leading?.found ?? 'nothing'}; expected ${leading?.expected ?? 'a policy'}${more}.`,
    { remedy: 'Correct the policy; GET /v1/policy-schema serves its JSON Schema.', fields },
  );
}

export function policyNotFound(name: string): NotFoundError {
  return new NotFoundError(
    'POLICY_NOT_FOUND',
    `There is no gate policy ${JSON.stringify(name)} in this project.`,
    {
      remedy: 'Push it with assay policy push FILE, or list the policies.',
    },
  );
}

export function policyNotNamed(stage: string | null, names: readonly string[]): InvalidInputError {
  const found =
    stage === null
      ? 'neither policy nor stage'
      : `stage ${stage}, which ${names.length} policies guard (${names.join(', ')})`;
  return new InvalidInputError('POLICY_NOT_NAMED', `Found ${found}; expected the name of a policy.`, {
    remedy: 'Name the policy that is to decide.',
  });
}

export function datasetNotOfPolicy(asked: string, named: string, meant: string | null): InvalidInputError {
  return new InvalidInputError(
    'DATASET_NOT_OF_POLICY',
    `Found the dataset version ${asked}; the policy judges on ${named}${meant === null || meant === named ? '' : `, now ${meant}`}.`,
    { remedy: 'Leave datasetVersion out, or name the version that the policy means.' },
  );
}

export function decisionNotFound(id: string): NotFoundError {
  return new NotFoundError('GATE_DECISION_NOT_FOUND', `There is no gate decision ${id} in this project.`);
}

export function noPolicyForStage(stage: string): ConflictError {
  return new ConflictError(
    'NO_POLICY_FOR_STAGE',
    `No gate policy guards the stage ${JSON.stringify(stage)}.`,
    {
      remedy: 'Push a policy whose metadata.stage is this stage: nothing is promoted without one.',
      stage,
    },
  );
}
