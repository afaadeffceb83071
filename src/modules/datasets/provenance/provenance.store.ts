import { Injectable } from '@nestjs/common';
import type { RecordRef } from '../../../platform/audit/index.js';
import { Records } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { LineageService } from '../../lineage/index.js';
import { SourceReader, type SourceView } from '../../sources/index.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { DATASET_VERSION } from '../dataset.records.js';
import type { ReadProvenance } from './read-provenance.js';
import { DATASET_CONSENT, SUBJECT_INDEX } from './provenance.records.js';
import { SubjectIndex } from './subject-index.js';

interface NamedSource {
  source: Pick<SourceView, 'id' | 'name' | 'revision'>;
  byColumn: string | null;
  rows: Record<string, number> | null;
}

/** What was added to a version, for its audit entry. */
export interface AttachedProvenance {
  sources: {
    source: string;
    revision: number;
    byColumn: string | null;
    rows: Record<string, number> | null;
  }[];
  subjectColumn: string | null;
  records: RecordRef[];
}

/** Ties a dataset version to the sources that its push names, each in its latest revision, and to the subjects of its rows. */
@Injectable()
export class ProvenanceStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly sources: SourceReader,
    private readonly subjects: SubjectIndex,
    private readonly lineage: LineageService,
    private readonly records: Records,
  ) {}

  /**
   * Inside the unit of work that stores the version, before it is attested; also for one that is there already, which may come to name
   * more. Throws SOURCE_NOT_FOUND, SUBJECT_WITHDRAWN, SUBJECT_COLUMN_DIFFERS, RECORD_ALTERED.
   */
  async attach(
    version: { id: string; isNew: boolean },
    names: readonly string[],
    { sources, subjects }: ReadProvenance,
  ): Promise<AttachedProvenance> {
    const named = await this.named(names, sources);
    return this.add(version, named, subjects);
  }

  /** As `attach`, of a version that is part of another: its sources in the same revisions, with the rows that are left of each. */
  async inherit(
    version: { id: string; isNew: boolean },
    from: Pick<DatasetVersionView, 'sources'>,
    { sources, subjects }: ReadProvenance,
  ): Promise<AttachedProvenance> {
    const named = from.sources.flatMap(({ id, name, revision, byColumn }): NamedSource[] => {
      const source = { id, name, revision };
      if (byColumn === null) return [{ source, byColumn, rows: null }];
      const writings = [...(sources?.rows ?? [])].filter(
        ([text]) => text.toLowerCase() === name.toLowerCase(),
      );
      if (writings.length === 0) return [];
      return [{ source, byColumn, rows: writings.map(([, rows]) => rows).reduce(added) }];
    });
    return this.add(version, named, subjects);
  }

  private async add(
    version: { id: string; isNew: boolean },
    named: readonly NamedSource[],
    subjects: ReadProvenance['subjects'],
  ): Promise<AttachedProvenance> {
    const missing = await this.missing(version.id, named);
    // What is about to be attested anew has to be what was attested before.
    if (!version.isNew && missing.length > 0)
      await this.records.require([{ kind: DATASET_VERSION, id: version.id }]);
    for (const { source, byColumn, rows } of missing) {
      await this.units.current().execute(
        `INSERT INTO dataset_version_source (dataset_version_id, source_revision_id, by_column, rows, created_by)
         VALUES ($1, $2, $3, $4, $5)`,
        [version.id, source.id, byColumn, rows && JSON.stringify(rows), currentContext().actor.id],
      );
      await this.lineage.addEdge({
        from: { kind: 'source', id: source.id },
        to: { kind: 'datasetVersion', id: version.id },
        relation: 'supplied',
      });
    }
    const indexed = subjects !== null && (await this.subjects.add(version.id, subjects));
    return {
      sources: missing.map(({ source: { name, revision }, byColumn, rows }) => ({
        source: name,
        revision,
        byColumn,
        rows,
      })),
      subjectColumn: indexed ? subjects.column : null,
      records: [
        ...(missing.length > 0 ? [{ kind: DATASET_VERSION, id: version.id }] : []),
        ...(indexed ? [SUBJECT_INDEX, DATASET_CONSENT].map((kind) => ({ kind, id: version.id })) : []),
      ],
    };
  }

  private async named(names: readonly string[], byColumn: ReadProvenance['sources']): Promise<NamedSource[]> {
    const counted = byColumn?.rows ?? new Map<string, Record<string, number>>();
    const latest = await this.sources.latest([...names, ...counted.keys()]);
    const named = new Map<string, NamedSource>();
    for (const [name, rows] of counted) {
      const source = latest.get(name.toLowerCase())!;
      const earlier = named.get(source.id)?.rows ?? {};
      named.set(source.id, { source, byColumn: byColumn!.column, rows: added(earlier, rows) });
    }
    for (const name of names) {
      const source = latest.get(name.toLowerCase())!;
      if (!named.has(source.id)) named.set(source.id, { source, byColumn: null, rows: null });
    }
    return [...named.values()];
  }

  private async missing(versionId: string, named: readonly NamedSource[]): Promise<NamedSource[]> {
    const there = await this.units
      .current()
      .query<{ id: string }>(
        'SELECT source_revision_id AS id FROM dataset_version_source WHERE dataset_version_id = $1',
        [versionId],
      );
    const known = new Set(there.map(({ id }) => id));
    return named.filter(({ source }) => !known.has(source.id));
  }
}

/** Two writings of one name are one source. */
function added(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sum = { ...a };
  for (const [split, rows] of Object.entries(b)) sum[split] = (sum[split] ?? 0) + rows;
  return sum;
}
