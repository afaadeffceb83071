import { ConflictError, InvalidInputError, NotFoundError } from '../../platform/errors/index.js';

export const modelNotFound = (name: string) =>
  new NotFoundError(
    'MODEL_NOT_FOUND',
    `There is no model ${JSON.stringify(name.slice(0, 120))} in this project.`,
    {
      remedy: 'Check its name; registering a version creates the model.',
    },
  );

export const modelVersionNotFound = (ref: string) =>
  new NotFoundError(
    'MODEL_VERSION_NOT_FOUND',
    `There is no model version ${JSON.stringify(ref.slice(0, 120))} in this project.`,
    {
      remedy: 'Check name and version; GET /v1/projects/{project}/models/{name}/versions lists them.',
    },
  );

export const modelNameInvalid = (name: string, rule: string) =>
  new InvalidInputError(
    'MODEL_NAME_INVALID',
    `The model name ${JSON.stringify(name.slice(0, 120))} ${rule}.`,
  );

export const artifactMissing = (label: string) =>
  new NotFoundError('ARTIFACT_NOT_FOUND', `Model version ${label} has no artifact.`);

export const championOfAnotherModel = (model: string, found: string) =>
  new ConflictError('CHAMPION_OF_ANOTHER_MODEL', `Model version ${found} is not a version of ${model}.`);
