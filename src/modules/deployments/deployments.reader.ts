import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { promotionNotFound } from './deployments.errors.js';
import {
  DEPLOYMENT_SELECT,
  PROMOTION_SELECT,
  type DeploymentView,
  type PromotionView,
} from './promotion.view.js';

export interface DeploymentFilter {
  stage?: string;
  /** `current`: only what stands now. */
  state?: 'current' | 'superseded';
}

/** Promotions and deployments as others read them. Every method is one statement. */
@Injectable()
export class DeploymentsReader {
  constructor(private readonly units: UnitOfWork) {}

  /** Throws PROMOTION_NOT_FOUND. */
  async promotion(id: string): Promise<PromotionView> {
    const [row] = await this.units.read((tx) =>
      tx.query<PromotionView>(`${PROMOTION_SELECT} WHERE p.id = $1`, [id]),
    );
    if (!row) throw promotionNotFound(id);
    return row;
  }

  /** Newest first. */
  promotions(page: PageRequest): Promise<Page<PromotionView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<PromotionView>(
        `${PROMOTION_SELECT} WHERE $1::uuid IS NULL OR p.id < $1::uuid ORDER BY p.id DESC LIMIT $2`,
        [after?.[0] ?? null, size + 1],
      );
      return toPage(rows, size, ({ id }) => [id]);
    });
  }

  /** Newest first. */
  deployments(page: PageRequest, { stage, state }: DeploymentFilter = {}): Promise<Page<DeploymentView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<DeploymentView>(
        `${DEPLOYMENT_SELECT} WHERE ($1::uuid IS NULL OR d.id < $1::uuid) AND ($2::text IS NULL OR d.stage = $2)
           AND ($3::text IS NULL OR d.state = $3) ORDER BY d.id DESC LIMIT $4`,
        [after?.[0] ?? null, stage ?? null, state ?? null, size + 1],
      );
      return toPage(rows, size, ({ id }) => [id]);
    });
  }

  /** The promotions of each model version, newest first; at most 100 of each. */
  promotionsOf(modelVersionIds: readonly string[]): Promise<Map<string, PromotionView[]>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<PromotionView>(
        `SELECT p.* FROM unnest($1::uuid[]) AS owner(id) CROSS JOIN LATERAL (
           ${PROMOTION_SELECT} WHERE p.model_version_id = owner.id ORDER BY p.id DESC LIMIT 100
         ) p ORDER BY p.id DESC`,
        [modelVersionIds],
      );
      return grouped(modelVersionIds, rows);
    });
  }

  /** Where model versions stand or stood, and what promotions put somewhere, newest first. */
  deploymentsBy(
    modelVersionIds: readonly string[],
    promotionIds: readonly string[],
  ): Promise<DeploymentView[]> {
    return this.units.read((tx) =>
      tx.query<DeploymentView>(
        `${DEPLOYMENT_SELECT} WHERE d.model_version_id = ANY($1::uuid[]) OR d.promotion_id = ANY($2::uuid[]) ORDER BY d.id DESC`,
        [modelVersionIds, promotionIds],
      ),
    );
  }

  /** Where each model version stands now, and where it stood, newest first; at most 100 of each. */
  deploymentsOf(modelVersionIds: readonly string[]): Promise<Map<string, DeploymentView[]>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<DeploymentView>(
        `SELECT d.* FROM unnest($1::uuid[]) AS owner(id) CROSS JOIN LATERAL (
           ${DEPLOYMENT_SELECT} WHERE d.model_version_id = owner.id ORDER BY d.id DESC LIMIT 100
         ) d ORDER BY d.id DESC`,
        [modelVersionIds],
      );
      return grouped(modelVersionIds, rows);
    });
  }
}

function grouped<T extends { modelVersionId: string }>(
  ids: readonly string[],
  rows: readonly T[],
): Map<string, T[]> {
  const byOwner = new Map<string, T[]>(ids.map((id) => [id, []]));
  for (const row of rows) byOwner.get(row.modelVersionId)?.push(row);
  return byOwner;
}
