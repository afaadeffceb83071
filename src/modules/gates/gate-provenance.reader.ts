import { Injectable } from '@nestjs/common';
import type { Hold, ProvenanceFacts } from '../../domain/policy/index.js';
import type { RecordRef } from '../../platform/audit/index.js';
import {
  ConsentReader,
  DATASET_CONSENT,
  DATASET_VERSION,
  ProvenanceReader,
  type DatasetVersionView,
} from '../datasets/index.js';
import { DATA_SOURCE, SOURCE } from '../sources/index.js';
import type { GateQuestion } from './gate-question.js';
import { consentHold, termsEnd, versionSources } from './source-facts.js';

export interface GateProvenance {
  /** Null where no rule asks for it. */
  facts: ProvenanceFacts | null;
  hold: Hold | null;
  /** Until when the terms of sources say the same. */
  until: Date | null;
  records: RecordRef[];
}

/** Where everything comes from that a model was made of or is judged on, and whose consent to it was withdrawn. */
@Injectable()
export class GateProvenanceReader {
  constructor(
    private readonly consent: ConsentReader,
    private readonly provenance: ProvenanceReader,
  ) {}

  async collect(
    { modelVersion }: GateQuestion,
    dataset: DatasetVersionView | null,
    wanted: boolean,
    at: Date,
  ): Promise<GateProvenance> {
    const trained = await this.consent.datasetVersionsBehind([{ kind: 'modelVersion', id: modelVersion.id }]);
    const judged =
      dataset === null || trained.some(({ id }) => id === dataset.id)
        ? []
        : await this.consent.datasetVersionsBehind([{ kind: 'datasetVersion', id: dataset.id }]);
    const versions = [...new Map([...trained, ...judged].map((node) => [node.id, node])).values()].sort(
      (a, b) => (a.id < b.id ? -1 : 1),
    );
    const ids = versions.map(({ id }) => id);
    const withdrawnIn = await this.consent.withdrawnIn(ids);
    const withdrawn = (id: string) => withdrawnIn.get(id)?.length ?? 0;
    const hold = consentHold(
      new Map(
        versions.flatMap(({ id, label }) => (withdrawn(id) > 0 ? [[label, withdrawn(id)] as const] : [])),
      ),
    );
    const records: RecordRef[] = ids.map((id) => ({ kind: DATASET_CONSENT, id }));
    if (!wanted) return { facts: null, hold, until: null, records };
    const found = await this.provenance.of(ids);
    const sources = found.flatMap(({ sources: of }) => of.flatMap(({ named, latest }) => [named, latest]));
    return {
      facts: {
        trainedOn: trained.length,
        datasetVersionIds: ids,
        versions: found.map((each, i) => versionSources(each, versions[i]!, withdrawn(ids[i]!), at)),
      },
      hold,
      until: termsEnd(found, at),
      records: [
        ...records,
        ...ids.map((id) => ({ kind: DATASET_VERSION, id })),
        ...sources.flatMap(({ id, sourceId }) => [
          { kind: SOURCE, id },
          { kind: DATA_SOURCE, id: sourceId },
        ]),
      ],
    };
  }
}
