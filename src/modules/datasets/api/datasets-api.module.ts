import { Module } from '@nestjs/common';
import { LineageModule } from '../../lineage/index.js';
import { DatasetsModule } from '../datasets.module.js';
import { AgreementController } from './agreement.controller.js';
import { ChecksController } from './checks.controller.js';
import { ChecksResolver } from './checks.resolver.js';
import { ColumnLineageController } from './column-lineage.controller.js';
import { ColumnLineageResolver } from './column-lineage.resolver.js';
import { CroissantController } from './croissant.controller.js';
import { DatasetVersionsController } from './dataset-versions.controller.js';
import { DatasetVersionResolver } from './dataset-version.resolver.js';
import { DatasetsController } from './datasets.controller.js';
import { DiffController } from './diff.controller.js';
import { DiffResolver } from './diff.resolver.js';
import { DriftController } from './drift.controller.js';
import { DatasetsResolver } from './datasets.resolver.js';
import { ProfilesController } from './profiles.controller.js';
import { ProfilesResolver } from './profiles.resolver.js';
import { RowProofController } from './row-proof.controller.js';
import { RowProofResolver } from './row-proof.resolver.js';
import { SamplingController } from './sampling.controller.js';
import { SamplingResolver } from './sampling.resolver.js';

/** The routes and fields of datasets, for a process that serves. */
@Module({
  imports: [DatasetsModule, LineageModule],
  controllers: [
    DatasetVersionsController,
    DatasetsController,
    DiffController,
    DriftController,
    AgreementController,
    ProfilesController,
    ChecksController,
    RowProofController,
    CroissantController,
    ColumnLineageController,
    SamplingController,
  ],
  providers: [
    DatasetVersionResolver,
    DatasetsResolver,
    DiffResolver,
    ProfilesResolver,
    ChecksResolver,
    RowProofResolver,
    ColumnLineageResolver,
    SamplingResolver,
  ],
})
export class DatasetsApiModule {}
