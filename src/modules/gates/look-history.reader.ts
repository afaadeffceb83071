import { Injectable } from '@nestjs/common';
import {
  spendingBefore,
  TOLD_NOTHING,
  type Spending,
  type ToldDecision,
} from '../../domain/holdout/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { EvaluationReader, type EvaluationSplitView, type LookView } from '../evaluation/index.js';

/** A decision, as far as it told something of sealed splits. */
interface ToldRow {
  policy: string;
  evaluationIds: string[];
  rules: { verdict: string; splits: string[] }[];
}

/** What looks at sealed rows told before others were taken: releases of evaluations, verdicts of decisions. Two statements. */
@Injectable()
export class LookHistoryReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly evaluations: EvaluationReader,
  ) {}

  /** By the name of the split, for those that are sealed. */
  async spendings(measured: readonly EvaluationSplitView[]): Promise<Map<string, Spending>> {
    const sealed = measured.filter(({ sealed, look }) => sealed && look !== null);
    if (sealed.length === 0) return new Map();
    const looks = await this.evaluations.looksAt(sealed.map(({ root }) => root));
    const latest = Math.max(...sealed.map(({ look }) => look!));
    const decisions = latest > 1 ? await this.told(looks.filter(({ look }) => look < latest)) : [];
    return new Map(
      sealed.map(({ split, root, look, budget }) => {
        const own = looks.filter((each) => each.root === root);
        const answered = own.map((each) => ({
          look: each.look,
          ladder: each.regression ? TOLD_NOTHING : each.released,
        }));
        const told = decisions.flatMap((decision) => toldOf(decision, own));
        return [split, spendingBefore(look!, budget ?? look!, answered, told)];
      }),
    );
  }

  private told(looks: readonly LookView[]): Promise<ToldRow[]> {
    const models = [...new Set(looks.map(({ modelVersionId }) => modelVersionId))];
    return this.units.read((tx) =>
      tx.query<ToldRow>(
        `SELECT d.document #>> '{policy,name}' AS policy, d.document -> 'evaluationIds' AS "evaluationIds",
           (SELECT coalesce(json_agg(json_build_object('verdict', r -> 'verdict', 'splits', r -> 'splits')), '[]')
            FROM jsonb_array_elements(d.document -> 'rules') r WHERE r ->> 'sealed' = 'true') AS rules
         FROM gate_decision d WHERE d.model_version_id = ANY($1::uuid[]) ORDER BY d.decided_at, d.id`,
        [models],
      ),
    );
  }
}

/** A decision as an answer about each of the looks that it rested on. */
function toldOf({ policy, evaluationIds, rules }: ToldRow, looks: readonly LookView[]): ToldDecision[] {
  const used = looks.filter(({ evaluationId }) => evaluationIds.includes(evaluationId));
  const answers = used.map(({ look, split }) => ({
    look,
    policy,
    verdicts: rules.filter((rule) => rule.splits.includes(split)).map(({ verdict }) => verdict),
  }));
  // One look at two splits of the same rows is one answer.
  const unique = new Map(answers.map((answer) => [answer.look, answer]));
  return [...unique.values()].filter(({ verdicts }) => verdicts.length > 0);
}
