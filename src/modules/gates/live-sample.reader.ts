import { Injectable } from '@nestjs/common';
import {
  liveSampleAsked,
  secondsOf,
  type CheckFacts,
  type GatePolicy,
  type LiveSampleFacts,
  type LiveSampleNeed,
} from '../../domain/policy/index.js';
import type { RecordRef } from '../../platform/audit/index.js';
import {
  CheckReader,
  DATASET_CHECK,
  DATASET_VERSION,
  DatasetReader,
  type DatasetVersionView,
  driftOfSample,
  ENDORSEMENT,
  LIVE_SAMPLE,
  SamplingPlanReader,
} from '../datasets/index.js';
import { checkFacts } from './check-facts.js';

/** What live samples say, and how long each is young enough. */
export interface CollectedLiveSamples {
  facts: LiveSampleFacts[];
  records: RecordRef[];
  /** When the first becomes too old; null: there is none. */
  until: Date | null;
}

/** Reads the newest sample of each plan that a policy names. */
@Injectable()
export class LiveSampleReader {
  constructor(
    private readonly plans: SamplingPlanReader,
    private readonly datasets: DatasetReader,
    private readonly checks: CheckReader,
  ) {}

  async collect(rules: GatePolicy['rules']): Promise<CollectedLiveSamples> {
    const all: CollectedLiveSamples = { facts: [], records: [], until: null };
    const ends: number[] = [];
    for (const { type, parameters } of rules) {
      if (type !== 'liveSample') continue;
      const { facts, records, lastOfferedAt } = await this.find(parameters);
      // Two rules that ask the same have one answer.
      if (!all.facts.some(({ asked }) => asked === facts.asked)) all.facts.push(facts);
      all.records.push(...records);
      if (lastOfferedAt !== null) ends.push(lastOfferedAt.getTime() + 1000 * secondsOf(parameters.maxAge));
    }
    return { ...all, until: ends.length === 0 ? null : new Date(Math.min(...ends)) };
  }

  private async find(
    need: Omit<LiveSampleNeed, 'kind'>,
  ): Promise<{ facts: LiveSampleFacts; records: RecordRef[]; lastOfferedAt: Date | null }> {
    const asked = liveSampleAsked(need);
    const found = await this.plans.latest(need.plan);
    const none = (missing: string) => ({
      facts: { asked, sample: null, missing },
      records: [],
      lastOfferedAt: null,
    });
    if (found === null) return none(`there is no sampling plan ${need.plan}`);
    const { plan, sample, ageSeconds } = found;
    if (sample === null) return none(`no sample of ${plan.dataset} is a dataset version yet`);
    const versions = await this.datasets.byIds([plan.datasetVersionId, sample.datasetVersionId!]);
    const [reference, version] = [plan.datasetVersionId, sample.datasetVersionId!].map((id) =>
      versions.get(id)!,
    );
    const drift = await this.drift(plan, reference!, version!, need.parameters);
    const { id, contentId } = version!;
    return {
      lastOfferedAt: sample.lastOfferedAt,
      records: [
        { kind: LIVE_SAMPLE, id: sample.id },
        { kind: DATASET_VERSION, id },
        { kind: ENDORSEMENT, id },
        ...(drift.answer === null ? [] : [{ kind: DATASET_CHECK, id: drift.answer.id }]),
      ],
      facts: {
        asked,
        missing: null,
        sample: {
          datasetVersionId: id,
          ref: `${version!.dataset}@${version!.version}`,
          digest: contentId,
          rows: version!.splits.reduce((sum, { rows, erased }) => sum + rows - erased, 0),
          ageSeconds,
          trusted: version!.endorsed && sample.untrusted === 0,
          drift,
        },
      },
    };
  }

  private async drift(
    plan: { split: string },
    reference: DatasetVersionView,
    version: DatasetVersionView,
    parameters: Record<string, unknown>,
  ): Promise<CheckFacts> {
    const request = driftOfSample(plan, reference, parameters);
    if (request === null)
      return {
        asked: '',
        answer: null,
        missing: 'it has no column to compare',
      };
    return checkFacts('', await this.checks.answer(version, request), version);
  }
}
