import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { EvaluationModule } from '../evaluation/index.js';
import { LineageModule } from '../lineage/index.js';
import { RegistryModule } from '../registry/index.js';
import { BaselineReader } from './baseline.reader.js';
import { GateDecisionReader } from './gate-decision.reader.js';
import { GateDatasetReader } from './gate-dataset.reader.js';
import { GateProvenanceReader } from './gate-provenance.reader.js';
import { GateEvidenceReader } from './gate-evidence.reader.js';
import { LeakageReader } from './leakage.reader.js';
import { LiveSampleReader } from './live-sample.reader.js';
import { LookHistoryReader } from './look-history.reader.js';
import { GatesService } from './gates.service.js';
import { PoliciesService } from './policies.service.js';
import { PolicyReader } from './policy.reader.js';
import { StaleDecisions } from './stale-decisions.js';
import { GATE_RECORDS } from './gate.records.js';

@Module({
  imports: [LineageModule, DatasetsModule, RegistryModule, EvaluationModule],
  providers: [
    GatesService,
    PoliciesService,
    PolicyReader,
    GateDecisionReader,
    GateDatasetReader,
    GateEvidenceReader,
    BaselineReader,
    LeakageReader,
    LiveSampleReader,
    GateProvenanceReader,
    LookHistoryReader,
    StaleDecisions,
  ],
  exports: [GatesService, PoliciesService, PolicyReader, GateDecisionReader],
})
export class GatesModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...GATE_RECORDS);
  }
}
