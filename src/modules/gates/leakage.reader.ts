import { Injectable } from '@nestjs/common';
import { digestOf } from '../../domain/canonical/index.js';
import {
  type ContaminationQuestion,
  TRAINING_SCOPES,
  type TrainingScope,
} from '../../domain/contamination/index.js';
import type { LeakageFacts, LeakageNeed, LineageFacts } from '../../domain/policy/index.js';
import type { RecordRef } from '../../platform/audit/index.js';
import { DatasetReader, type DatasetVersionView, erasedSplit } from '../datasets/index.js';
import {
  CONTAMINATION_COUNT,
  ContaminationReader,
  contaminationQuestion,
  type ReadTrainingData,
  TrainingDataReader,
} from '../evaluation/index.js';

type TrainingSplits = { datasetVersionId: string; ref: string; split: string }[];
type LineageCount = NonNullable<LineageFacts['count']>;

export interface FoundLeakage {
  facts: LeakageFacts;
  /** What this stands on. */
  records: RecordRef[];
  /** What to count first; null: nothing. */
  uncounted: ContaminationQuestion | null;
}

/** How much of a split stands in what a model version was trained on, as far as it was counted. */
@Injectable()
export class LeakageReader {
  constructor(
    private readonly datasets: DatasetReader,
    private readonly training: TrainingDataReader,
    private readonly counts: ContaminationReader,
  ) {}

  /** Of each need, in their order. */
  async find(
    needs: readonly LeakageNeed[],
    modelVersionId: string,
    dataset: DatasetVersionView,
  ): Promise<FoundLeakage[]> {
    const trained = new Map<TrainingScope, ReadTrainingData>();
    for (const scope of TRAINING_SCOPES)
      if (needs.some((need) => need.scope === scope))
        trained.set(scope, (await this.training.of([modelVersionId], scope)).get(modelVersionId)!);
    const found: FoundLeakage[] = [];
    for (const need of needs) found.push(await this.findOne(need, trained, dataset));
    return found;
  }

  private async findOne(
    { between, scope, entities }: LeakageNeed,
    trained: ReadonlyMap<TrainingScope, ReadTrainingData>,
    dataset: DatasetVersionView,
  ): Promise<FoundLeakage> {
    const exact = (await this.datasets.leakage(dataset.id, between))?.exact ?? null;
    const facts: LeakageFacts = {
      between,
      exact,
      datasetVersionId: dataset.id,
      digest: digestOf({ between, exact }),
    };
    if (scope === 'version') return { facts, records: [], uncounted: null };
    const { splits, gaps, records } = trained.get(scope)!;
    const missing = gaps.length === 0 ? null : gaps.slice(0, 5).join('; ');
    const lineage = (count: LineageCount | null, uncountable?: string): LeakageFacts => ({
      ...facts,
      lineage: { scope, ofEntities: entities, missing, count, ...(uncountable && { uncountable }) },
    });
    const [first, tested] = between;
    const has = (name: string) => dataset.splits.some((split) => split.name === name);
    if (splits.length === 0 || !has(first) || !has(tested))
      return { facts: lineage(null), records, uncounted: null };
    const own = { datasetVersionId: dataset.id, ref: `${dataset.dataset}@${dataset.version}`, split: first };
    const against = withoutTwice([own, ...splits]).filter(
      ({ datasetVersionId, split }) => datasetVersionId !== dataset.id || split !== tested,
    );
    const pushed = entities ? null : await this.countedAtPush(dataset, tested, against);
    if (pushed) return { facts: lineage(pushed), records, uncounted: null };
    const question = contaminationQuestion(tested, against);
    const [found] = await this.counts.byQuestions([{ datasetVersionId: dataset.id, question }]);
    if (!found) {
      const erased = await this.erasedOf([{ ...own, split: tested }, ...against]);
      if (erased) return { facts: lineage(null, erased), records, uncounted: null };
      return { facts: lineage(null), records, uncounted: question };
    }
    const { id, digest, sources, total, rows, possible, incomparable } = found;
    const named = new Map(against.map((source) => [keyOf(source), `${source.ref}:${source.split}`]));
    const count: LineageCount = {
      id,
      digest,
      where: sources.flatMap((source) => (source.rows ? `${named.get(keyOf(source))} (${source.rows})` : [])),
      sources: sources.length,
      total,
      rows,
      possible,
      entities: found.entities,
      incomparable,
    };
    return {
      facts: lineage(count),
      records: [...records, { kind: CONTAMINATION_COUNT, id }],
      uncounted: null,
    };
  }

  /** Why what was not counted in time cannot be counted any more. */
  private async erasedOf(splits: TrainingSplits): Promise<string | undefined> {
    const versions = await this.datasets.byIds(splits.map(({ datasetVersionId }) => datasetVersionId));
    for (const { datasetVersionId, split } of splits) {
      const version = versions.get(datasetVersionId);
      const erased = version && erasedSplit(version, [split]);
      if (erased) return erased.said;
    }
    return undefined;
  }

  /** What the push of the version itself says: enough where all that was trained on is of it, and one split at most shares rows. */
  private async countedAtPush(
    { id }: DatasetVersionView,
    tested: string,
    against: TrainingSplits,
  ): Promise<LineageCount | null> {
    if (against.some(({ datasetVersionId }) => datasetVersionId !== id)) return null;
    const where: string[] = [];
    let [rows, total] = [0, 0];
    for (const { ref, split } of against) {
      const pair = await this.datasets.leakage(id, [split, tested]);
      if (!pair || (rows > 0 && pair.exact.rows > 0)) return null;
      rows += pair.exact.rows;
      total = pair.exact.total;
      if (pair.exact.rows > 0) where.push(`${ref}:${split} (${pair.exact.rows})`);
    }
    const digest = digestOf({ tested, against: against.map(({ split }) => split), rows, total });
    const sources = against.length;
    return { id: null, digest, where, sources, total, rows, possible: rows, entities: null, incomparable: 0 };
  }
}

const keyOf = ({ datasetVersionId, split }: { datasetVersionId: string; split: string }) =>
  `${datasetVersionId} ${split}`;

function withoutTwice(splits: TrainingSplits): TrainingSplits {
  return [...new Map(splits.map((split) => [keyOf(split), split])).values()];
}

/** What names such facts in the digest of evidence. Where all that was trained on is the first split, as before there was a lineage. */
export function leakageDigest({ between, exact, digest, lineage }: LeakageFacts): object {
  const alone = lineage?.missing === null && lineage.count?.id === null && lineage.count.sources === 1;
  return {
    between,
    exact,
    digest,
    ...(!lineage || alone
      ? {}
      : {
          lineage: [
            lineage.scope,
            lineage.missing,
            lineage.count?.digest ?? null,
            ...(lineage.uncountable ? [lineage.uncountable] : []),
          ],
        }),
  };
}
