import { Injectable } from '@nestjs/common';
import { isId, UnitOfWork } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { sourceNotFound } from './source.errors.js';
import { SOURCE_SELECT, type SourceView } from './source.view.js';

/** Sources as others read them. Every method is one statement. */
@Injectable()
export class SourceReader {
  constructor(private readonly units: UnitOfWork) {}

  /** By NAME (its latest revision), NAME@REVISION or id of a revision. Throws SOURCE_NOT_FOUND. */
  async byRef(ref: string): Promise<SourceView> {
    const [, name = ref, revision = null] = /^([^@]+)(?:@([1-9][0-9]{0,8}))?$/.exec(ref) ?? [];
    const [source] = await this.units.read((tx) =>
      isId(ref)
        ? tx.query<SourceView>(`${SOURCE_SELECT} WHERE r.id = $1`, [ref])
        : tx.query<SourceView>(
            `${SOURCE_SELECT} WHERE lower(s.name) = lower($1) AND r.revision = coalesce($2::integer, s.latest_revision)`,
            [name, revision],
          ),
    );
    if (!source) throw sourceNotFound([ref]);
    return source;
  }

  /** The latest revision of each, by name in lower case. Throws SOURCE_NOT_FOUND, which names all that are not there. */
  async latest(names: readonly string[]): Promise<Map<string, SourceView>> {
    const wanted = [...new Set(names.map((name) => name.toLowerCase()))];
    if (wanted.length === 0) return new Map();
    const rows = await this.units.read((tx) =>
      tx.query<SourceView>(
        `${SOURCE_SELECT} WHERE lower(s.name) = ANY($1::text[]) AND r.revision = s.latest_revision`,
        [wanted],
      ),
    );
    const found = new Map(rows.map((row) => [row.name.toLowerCase(), row]));
    const missing = names.filter((name) => !found.has(name.toLowerCase()));
    if (missing.length > 0) throw sourceNotFound([...new Set(missing)]);
    return found;
  }

  /** Revisions by id, and of their sources the latest, by the id of the source. */
  async withLatest(
    revisionIds: readonly string[],
  ): Promise<{ byId: Map<string, SourceView>; latest: Map<string, SourceView> }> {
    if (revisionIds.length === 0) return { byId: new Map(), latest: new Map() };
    const rows = await this.units.read((tx) =>
      tx.query<SourceView & { isLatest: boolean }>(
        `SELECT each.*, each.revision = d.latest_revision AS "isLatest" FROM (${SOURCE_SELECT}) each
         JOIN data_source d ON d.id = each."sourceId"
         WHERE each."sourceId" IN (SELECT source_id FROM data_source_revision WHERE id = ANY($1::uuid[]))
           AND (each.revision = d.latest_revision OR each.id = ANY($1::uuid[]))`,
        [revisionIds],
      ),
    );
    return {
      byId: new Map(rows.map((row) => [row.id, row])),
      latest: new Map(rows.filter(({ isLatest }) => isLatest).map((row) => [row.sourceId, row])),
    };
  }

  /** The latest revision of each source, by name. */
  list(page: PageRequest): Promise<Page<SourceView>> {
    const size = pageSize(page.first);
    const [after] = decodeCursor(page.after, 1) ?? [null];
    return this.units.read(async (tx) => {
      const rows = await tx.query<SourceView>(
        `${SOURCE_SELECT} WHERE r.revision = s.latest_revision AND ($1::text IS NULL OR lower(s.name) > $1)
         ORDER BY lower(s.name) LIMIT $2`,
        [after, size + 1],
      );
      return toPage(rows, size, ({ name }) => [name.toLowerCase()]);
    });
  }

  /** Every revision of a source, newest first. Throws SOURCE_NOT_FOUND. */
  async revisions(name: string, page: PageRequest): Promise<Page<SourceView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    const rows = await this.units.read((tx) =>
      tx.query<SourceView>(
        `${SOURCE_SELECT} WHERE lower(s.name) = lower($1) AND ($2::integer IS NULL OR r.revision < $2::integer)
         ORDER BY r.revision DESC LIMIT $3`,
        [name, after?.[0] ?? null, size + 1],
      ),
    );
    if (rows.length === 0 && after === null) throw sourceNotFound([name]);
    return toPage(rows, size, ({ revision }) => [revision]);
  }
}
