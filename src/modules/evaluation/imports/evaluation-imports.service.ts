import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import type { Page, PageRequest } from '../../../platform/http/page.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { Uploads } from '../../../platform/storage/index.js';
import { ModelReader } from '../../registry/index.js';
import { ImportedEvaluationReader } from './imported-evaluation.reader.js';
import type { ImportedEvaluationView } from './imported-evaluation.view.js';
import type { ImportFormat } from './imported-results.js';

export const IMPORT_EVALUATION = 'evaluation.import';

export interface ImportRequest {
  /** NAME@VERSION or id. */
  modelVersion: string;
  uploadId: string;
  /** Found out by what is in the file where it is not said. */
  format?: ImportFormat | null;
}

/** What the job is given: ids and digests, never data. */
export interface ImportPlan {
  modelVersionId: string;
  digest: string;
  format: ImportFormat | null;
}

@Injectable()
export class EvaluationImportsService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly models: ModelReader,
    private readonly uploads: Uploads,
    private readonly jobs: Jobs,
    private readonly reader: ImportedEvaluationReader,
  ) {}

  /** Ask for a file of another tool's results to be read for a model version. */
  request({ modelVersion, uploadId, format }: ImportRequest): Promise<JobView> {
    return this.units.run(async () => {
      const { id } = await this.models.byRef(modelVersion);
      const { digest } = await this.uploads.claim(uploadId, 'importedEvaluation');
      const plan: ImportPlan = { modelVersionId: id, digest, format: format ?? null };
      return this.jobs.request(IMPORT_EVALUATION, plan, { kind: 'modelVersion', id });
    });
  }

  /** Newest first, of a model version where it is named. */
  async list(filter: { modelVersion?: string | null } & PageRequest): Promise<Page<ImportedEvaluationView>> {
    const { modelVersion } = filter;
    const model = typeof modelVersion === 'string' ? await this.models.byRef(modelVersion) : null;
    return this.reader.list(model?.id ?? null, filter);
  }
}
