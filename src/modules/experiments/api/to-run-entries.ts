import type { NewRun, RunEntries, RunInput } from '../runs.service.js';
import { toTexts } from './key-values.decorator.js';
import type { CreateRunInRequest, LogRunRequest, RunInputRequest } from './runs.request.js';

/** A request's optional fields may be absent or null; the service knows absent only. */
export function toNewRun(experiment: string, request: CreateRunInRequest): NewRun {
  return {
    experiment,
    name: request.name ?? undefined,
    params: toTexts(request.params),
    tags: toTexts(request.tags),
    inputs: toRunInputs(request.inputs ?? []),
  };
}

export function toRunEntries(request: LogRunRequest): RunEntries {
  return {
    params: toTexts(request.params),
    tags: toTexts(request.tags),
    metrics: (request.metrics ?? []).map(({ key, value, step, timestamp }) => ({
      key,
      value,
      step: step ?? 0,
      timestamp: timestamp ?? undefined,
    })),
  };
}

export function toRunInputs(inputs: readonly RunInputRequest[]): RunInput[] {
  return inputs.map(({ datasetVersion, context }) => ({ datasetVersion, context: context ?? undefined }));
}
