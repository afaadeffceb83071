import { Injectable } from '@nestjs/common';
import { fileOf } from '../../../domain/quality/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Jobs, type JobView } from '../../../platform/queue/index.js';
import { DatasetReader } from '../dataset-reader.js';
import { Uploads } from '../../../platform/storage/index.js';
import { fileInvalid, planChecks } from './check-plan.js';
import { CheckReader } from './check.reader.js';
import { claimFiles, type FileCheckRequest } from './claim-files.js';
import { requireWhole } from '../require-whole.js';

export const CHECK = 'dataset.check';

/** Checks of dataset versions, on request. */
@Injectable()
export class ChecksService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly datasets: DatasetReader,
    private readonly jobs: Jobs,
    private readonly uploads: Uploads,
    private readonly reader: CheckReader,
  ) {}

  /**
   * Ask for checks; what is stored already is answered as it is. Throws DATASET_VERSION_NOT_FOUND, CHECK_INVALID,
   * CHECK_READS_SEALED_LABELS, and of uploads what `Uploads.claim` throws.
   */
  request(ref: string, asked: readonly FileCheckRequest[]): Promise<JobView> {
    return this.units.run(async () => {
      const version = await this.datasets.byRef(ref);
      requireWhole(version);
      const { requests, files } = await claimFiles(asked, this.uploads);
      const plan = await planChecks(requests, version, (named) => this.datasets.byRef(named));
      // A digest alone opens no file: whoever guesses one may ask for an answer that stands, and for no other.
      const unclaimed = plan.questions.filter((question) => {
        const file = fileOf(question);
        return file !== null && !Object.hasOwn(files, file);
      });
      const [open] = await this.reader.unanswered(version.id, unclaimed);
      if (open) throw fileInvalid(open, ref);
      const uploads = asked.flatMap(({ uploadId }) => (uploadId ? { uploadId } : []));
      return this.jobs.request(
        CHECK,
        { ...plan, files, uploads },
        { kind: 'datasetVersion', id: version.id },
      );
    });
  }
}
