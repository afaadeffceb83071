import { Injectable } from '@nestjs/common';
import { reliabilityCurve, type ReliabilityBin, type ScoreCharts } from '../../domain/metrics/index.js';
import { may } from '../../platform/context/index.js';
import { SealedFiles } from '../../platform/storage/index.js';
import { EvaluationReader } from './evaluation.reader.js';
import type { EvaluationView } from './evaluation.view.js';

/** What charts of a split draw. */
export interface SplitCharts {
  /** Label classes in canonical order; binary: [negative, positive]. */
  classes: string[];
  /** Of each label, counts by prediction in the order of `classes`. */
  confusion: { label: string; counts: number[] }[];
  /** Null where no scores were sent. */
  reliability: ReliabilityBin[] | null;
  /** Null without scores of two classes, and for evaluations that are older than charts. */
  scores: ScoreCharts | null;
}

export interface ChartedSplit {
  split: string;
  sealed: boolean;
  n: number;
  /** Null of a sealed split, for callers without the permission `audit`. */
  charts: SplitCharts | null;
}

/** Charts of evaluations, as the caller may see them. */
@Injectable()
export class EvaluationCharts {
  constructor(
    private readonly reader: EvaluationReader,
    private readonly sealedFiles: SealedFiles,
  ) {}

  /** Throws EVALUATION_NOT_FOUND. */
  async ofEvaluation(id: string): Promise<ChartedSplit[]> {
    const evaluation = await this.reader.byId(id);
    return this.visible(evaluation, await this.reader.chartsOf(evaluation.id));
  }

  private visible({ splits }: EvaluationView, stored: ReadonlyMap<string, Buffer | null>): ChartedSplit[] {
    return splits.map(({ split, sealed, rows, evidence }) => {
      if (sealed && !may('audit')) return { split, sealed, n: rows, charts: null };
      const scores = stored.get(split) ?? null;
      return {
        split,
        sealed,
        n: rows,
        charts: {
          classes: evidence.classes,
          confusion: evidence.confusion.map((counts, i) => ({ label: evidence.classes[i]!, counts })),
          reliability: reliabilityCurve(evidence),
          scores: scores && (this.sealedFiles.openValue(scores) as ScoreCharts),
        },
      };
    });
  }
}
