import { Injectable } from '@nestjs/common';
import { digestOf } from '../../domain/canonical/index.js';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { isId, newId, UnitOfWork } from '../../platform/database/index.js';
import { LineageService } from '../lineage/index.js';
import { lockGateInputs } from './gate-inputs-lock.js';
import { readTerms, type SourceRequest } from './read-terms.js';
import { termsInvalid } from './source.errors.js';
import { SourceReader } from './source.reader.js';
import { DATA_SOURCE, SOURCE } from './source.records.js';
import type { SourceTermsView, SourceView } from './source.view.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Says where data come from. What was said never changes: other terms under the same name are the next revision. */
@Injectable()
export class SourcesService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly reader: SourceReader,
    private readonly lineage: LineageService,
    private readonly audit: AuditLog,
  ) {}

  /** The terms of the latest revision again are that revision. Throws SOURCE_INVALID, LICENCE_UNKNOWN. */
  add(name: string, request: SourceRequest): Promise<SourceView> {
    if (!NAME.test(name) || isId(name))
      throw termsInvalid(
        'name',
        `found ${JSON.stringify(name.slice(0, 120))}; expected 1 to 100 letters, digits, dots, underscores and hyphens, the first a letter or digit, and no UUID`,
      );
    const terms = readTerms(request);
    const body = { ...terms, expiresAt: terms.expiresAt?.toISOString() ?? null };
    const digest = digestOf(body);
    return this.units.run(async (tx) => {
      // Gates decide on the latest terms: none may appear between their look and their commit.
      await lockGateInputs(tx, 'changing');
      const [latest] = await tx.query<{ sourceId: string; name: string; revision: number; digest: string }>(
        `SELECT s.id AS "sourceId", s.name, r.revision, r.digest FROM data_source s
         JOIN data_source_revision r ON r.source_id = s.id AND r.revision = s.latest_revision WHERE lower(s.name) = lower($1)`,
        [name],
      );
      if (latest?.digest === digest) return this.reader.byRef(`${latest.name}@${latest.revision}`);
      const sourceId = latest?.sourceId ?? newId();
      const revision = (latest?.revision ?? 0) + 1;
      await (latest
        ? tx.execute('UPDATE data_source SET latest_revision = $2 WHERE id = $1', [sourceId, revision])
        : tx.execute('INSERT INTO data_source (id, name, latest_revision) VALUES ($1, $2, 1)', [
            sourceId,
            name,
          ]));
      const id = newId();
      await tx.execute(INSERT, [
        id,
        sourceId,
        revision,
        ...columnsOf(terms),
        digest,
        currentContext().actor.id,
      ]);
      await this.lineage.addNode({ kind: 'source', id, label: `${latest?.name ?? name}@${revision}` });
      await this.audit.record({
        action: 'source.revised',
        subject: { kind: 'source', id },
        body: { sourceId, name: latest?.name ?? name, revision, digest, terms: body },
        records: [
          { kind: DATA_SOURCE, id: sourceId },
          { kind: SOURCE, id },
        ],
      });
      return this.reader.byRef(id);
    });
  }
}

const INSERT = `
  INSERT INTO data_source_revision (id, source_id, revision, kind, licence, licence_text, personal, basis, scope, expires_at,
    collected_from, collected_until, owner, contact, description, digest, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`;

function columnsOf(terms: SourceTermsView): unknown[] {
  return [
    terms.kind,
    terms.licence,
    terms.licenceText,
    terms.personal,
    terms.basis,
    terms.scope && JSON.stringify(terms.scope),
    terms.expiresAt,
    terms.collectedFrom,
    terms.collectedUntil,
    terms.owner,
    terms.contact,
    terms.description,
  ];
}
