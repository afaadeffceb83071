import { Injectable } from '@nestjs/common';
import { Records } from '../../platform/audit/index.js';
import { may } from '../../platform/context/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { GATE_DECISION, STALENESS } from './gate.records.js';
import { decisionState } from './gate-decision.state.js';
import { DECISION_SELECT, type DecisionRow, type GateDecisionView } from './gate-decision.view.js';
import { decisionNotFound } from './gates.errors.js';
import { redactDecision } from './redact-decision.js';

/** Decisions as the caller may see them: numbers of sealed splits for auditors only. Every method is one statement. */
@Injectable()
export class GateDecisionReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly records: Records,
  ) {}

  /** Throws GATE_DECISION_NOT_FOUND, RECORD_ALTERED. */
  async byId(id: string): Promise<GateDecisionView> {
    return toDecisionView(await this.row(id));
  }

  /** Whole, for the gate itself. Throws GATE_DECISION_NOT_FOUND, RECORD_ALTERED. */
  row(id: string): Promise<DecisionRow> {
    return this.units.read(async (tx) => {
      const [row] = await tx.query<DecisionRow>(`${DECISION_SELECT} WHERE d.id = $1`, [id]);
      if (!row) throw decisionNotFound(id);
      await this.records.require([GATE_DECISION, STALENESS].map((kind) => ({ kind, id: row.id })));
      return row;
    });
  }

  /** Unknown ids are absent from the answer. */
  byIds(ids: readonly string[]): Promise<Map<string, GateDecisionView>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<DecisionRow>(`${DECISION_SELECT} WHERE d.id = ANY($1::uuid[])`, [ids]);
      return new Map(rows.map((row) => [row.id, toDecisionView(row)]));
    });
  }

  /** The newest decision about each model version, by one policy (all its versions) where it is named. */
  latestFor(modelVersionIds: readonly string[], policyName?: string): Promise<Map<string, GateDecisionView>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<DecisionRow>(
        `SELECT latest.* FROM unnest($1::uuid[]) AS owner(id)
         CROSS JOIN LATERAL (
           ${DECISION_SELECT} JOIN gate_policy p ON p.id = d.policy_id
           WHERE d.model_version_id = owner.id AND ($2::text IS NULL OR p.name = $2) ORDER BY d.id DESC LIMIT 1
         ) latest`,
        [modelVersionIds, policyName ?? null],
      );
      return new Map(rows.map((row) => [row.model_version_id, toDecisionView(row)]));
    });
  }

  /** One page of the decisions about each model version, newest first. */
  ofModelVersions(
    modelVersionIds: readonly string[],
    page: PageRequest,
  ): Promise<Map<string, Page<GateDecisionView>>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<DecisionRow>(
        `SELECT d.* FROM unnest($1::uuid[]) AS owner(id)
         CROSS JOIN LATERAL (
           ${DECISION_SELECT} WHERE d.model_version_id = owner.id AND ($2::uuid IS NULL OR d.id < $2::uuid)
           ORDER BY d.id DESC LIMIT $3
         ) d ORDER BY d.id DESC`,
        [modelVersionIds, after?.[0] ?? null, size + 1],
      );
      const byOwner = new Map<string, GateDecisionView[]>(modelVersionIds.map((id) => [id, []]));
      for (const row of rows) byOwner.get(row.model_version_id)?.push(toDecisionView(row));
      return new Map(
        [...byOwner].map(([id, decisions]) => [
          id,
          toPage(decisions, size, (decision) => [decision.decisionId]),
        ]),
      );
    });
  }

  /** Decisions of the project, newest first. */
  list(page: PageRequest): Promise<Page<GateDecisionView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<DecisionRow>(
        `${DECISION_SELECT} WHERE $1::uuid IS NULL OR d.id < $1::uuid ORDER BY d.id DESC LIMIT $2`,
        [after?.[0] ?? null, size + 1],
      );
      return toPage(rows.map(toDecisionView), size, (decision) => [decision.decisionId]);
    });
  }
}

export function toDecisionView(row: DecisionRow): GateDecisionView {
  const document = may('audit') ? row.document : redactDecision(row.document);
  return {
    ...document,
    modelVersionId: row.model_version_id,
    state: decisionState({ stale: row.stale_reason !== null, expired: row.expired }),
    staleReason: row.stale_reason,
  };
}
