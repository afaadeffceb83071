import { ConflictError, InvalidInputError, NotFoundError } from '../../platform/errors/index.js';
import type { RunStatus } from './run.state.js';

export const experimentNotFound = (name: string) =>
  new NotFoundError(
    'EXPERIMENT_NOT_FOUND',
    `There is no experiment ${JSON.stringify(name)} in this project.`,
    {
      remedy: 'Create it with POST /v1/projects/{project}/experiments, or check its name.',
    },
  );

export const experimentExists = (name: string) =>
  new ConflictError('EXPERIMENT_EXISTS', `There is an experiment named ${JSON.stringify(name)} already.`, {
    remedy: 'Start your run in it, or choose another name.',
  });

export const runNotFound = (id: string) =>
  new NotFoundError('RUN_NOT_FOUND', `There is no run ${id} in this project.`);

export const runEnded = (id: string, status: RunStatus, refused: string) =>
  new ConflictError('RUN_ENDED', `Run ${id} is ${status}; ${refused} while it is running only.`, {
    remedy: 'Start a new run: what an ended run recorded does not change. Tags may still be set.',
  });

export interface ChangedParam {
  key: string;
  stored: string;
  given: string;
}

export function paramsChanged(id: string, changed: readonly ChangedParam[]): ConflictError {
  const keys = changed.map((param) => param.key).join(', ');
  return new ConflictError('PARAM_CHANGED', `Run ${id} has other values for these params already: ${keys}.`, {
    remedy: 'Params are written once. Log the stored values, or start a new run.',
    fields: changed.map(({ key, stored, given }) => ({
      path: `params.${key}`,
      message: `is ${excerpt(stored)}; ${excerpt(given)} was given`,
    })),
  });
}

export const nothingLogged = () =>
  new InvalidInputError(
    'NOTHING_LOGGED',
    'The request has no params, no metrics and no tags; expected at least one.',
  );

function excerpt(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
