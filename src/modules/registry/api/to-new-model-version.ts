import { toTexts } from '../../experiments/api/key-values.decorator.js';
import type { NewModelVersion } from '../registry.service.js';
import type { RegisterVersionRequest } from './models.request.js';

/** A request's optional fields may be absent or null; the service knows absent only. */
export function toNewModelVersion(model: string, request: RegisterVersionRequest): NewModelVersion {
  return {
    model,
    artifactUploadId: request.artifactUploadId,
    runId: request.runId ?? undefined,
    datasetVersions: request.datasetVersions ?? undefined,
    parent: request.parent ?? undefined,
    description: request.description ?? undefined,
    tags: toTexts(request.tags),
  };
}
