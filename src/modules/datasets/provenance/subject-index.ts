import { Injectable } from '@nestjs/common';
import { Secrets } from '../../../platform/config/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { type Transaction, UnitOfWork } from '../../../platform/database/index.js';
import { ConflictError } from '../../../platform/errors/index.js';
import { subjectWithdrawn, type ReadSubjects, type SubjectTerms } from './read-subjects.js';
import { lookupOf, newSubject } from './subject-keys.js';

/** Rows of one statement: parameters of a few megabytes. */
const TOGETHER = 20_000;

export interface KnownSubject {
  no: string;
  pseudonym: string;
  lookup: Buffer;
}

/** Rows about a subject. */
export interface SubjectRows {
  datasetVersionId: string;
  split: string;
  rows: number;
}

/** Who the rows of dataset versions are about: kept under keys, found by whoever knows the subject. */
@Injectable()
export class SubjectIndex {
  constructor(
    private readonly units: UnitOfWork,
    private readonly secrets: Secrets,
  ) {}

  lookup(subject: string): Buffer {
    return lookupOf(this.key(), subject);
  }

  /** What reading a file's subjects needs. */
  async terms(): Promise<SubjectTerms> {
    const rows = await this.units.read((tx) =>
      tx.query<{ lookup: string }>(
        `SELECT encode(s.lookup, 'hex') AS lookup FROM consent_withdrawal w JOIN subject s ON s.no = w.subject_no
         WHERE s.lookup IS NOT NULL`,
      ),
    );
    return { key: this.key(), withdrawn: new Set(rows.map(({ lookup }) => lookup)) };
  }

  /** Undefined: nothing was ever said of it. */
  async find(lookup: Buffer): Promise<KnownSubject | undefined> {
    const [subject] = await this.units.read((tx) =>
      tx.query<KnownSubject>('SELECT no, pseudonym, lookup FROM subject WHERE lookup = $1', [lookup]),
    );
    return subject;
  }

  /** Undefined: there is none, or it was forgotten. */
  async byNo(no: string): Promise<(KnownSubject & { introducedBy: string }) | undefined> {
    const [subject] = await this.units.read((tx) =>
      tx.query<KnownSubject & { introducedBy: string }>(
        'SELECT no, pseudonym, lookup, introduced_by AS "introducedBy" FROM subject WHERE no = $1 AND lookup IS NOT NULL',
        [no],
      ),
    );
    return subject;
  }

  /** From here on nothing leads from the subject to its pseudonym. False where it was so before. Inside UnitOfWork.run. */
  async forget(no: string): Promise<boolean> {
    const gone = await this.units
      .current()
      .query(
        'UPDATE subject SET lookup = NULL, key = NULL WHERE no = $1 AND lookup IS NOT NULL RETURNING no',
        [no],
      );
    return gone.length > 0;
  }

  /** Inside UnitOfWork.run. `introducedBy`: what speaks of it first, where it is not known. */
  async know(lookup: Buffer, introducedBy: string): Promise<KnownSubject> {
    await introduce(this.units.current(), [lookup], introducedBy);
    return (await this.find(lookup))!;
  }

  /** Where a subject's rows are, in the order of versions. */
  where(subjectNo: string): Promise<SubjectRows[]> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<{ datasetVersionId: string; split: string; rows: string }>(
        `SELECT dataset_version_id AS "datasetVersionId", split, rows FROM dataset_subject WHERE subject_no = $1
         ORDER BY dataset_version_id, split`,
        [subjectNo],
      );
      return rows.map((row) => ({ ...row, rows: Number(row.rows) }));
    });
  }

  /**
   * Keep whom the rows of a version are about; false where that is kept already. Inside UnitOfWork.run, under the lock of what gates
   * rest on. Throws SUBJECT_WITHDRAWN, SUBJECT_COLUMN_DIFFERS.
   */
  async add(versionId: string, { column, splits, rowsWithout }: ReadSubjects): Promise<boolean> {
    const tx = this.units.current();
    const [known] = await tx.query<{ column: string }>(
      'SELECT subject_column AS column FROM subject_index WHERE dataset_version_id = $1',
      [versionId],
    );
    if (known && known.column !== column) throw otherColumn(known.column, column);
    await this.refuseWithdrawn(splits.flatMap(({ lookups }) => lookups));
    if (known) return false;
    const subjects = new Set(
      splits.flatMap(({ lookups }) => lookups.map((lookup) => lookup.toString('hex'))),
    );
    await tx.execute(
      `INSERT INTO subject_index (dataset_version_id, subject_column, subjects, rows_without, created_by)
       VALUES ($1, $2, $3, $4, $5)`,
      [versionId, column, subjects.size, rowsWithout, currentContext().actor.id],
    );
    for (const { split, lookups, rows } of splits) {
      for (let from = 0; from < lookups.length; from += TOGETHER) {
        const some = lookups.slice(from, from + TOGETHER);
        await introduce(tx, some, versionId);
        await tx.execute(
          `INSERT INTO dataset_subject (dataset_version_id, split, subject_no, rows)
           SELECT $1, $2, s.no, r.rows FROM unnest($3::bytea[], $4::bigint[]) AS r(lookup, rows)
           JOIN subject s ON s.project_id = current_setting('app.project')::uuid AND s.lookup = r.lookup`,
          [versionId, split, some, rows.slice(from, from + TOGETHER)],
        );
      }
    }
    return true;
  }

  /** Once more, where nobody can withdraw any more before the rows are there. */
  private async refuseWithdrawn(lookups: readonly Buffer[]): Promise<void> {
    const { withdrawn } = await this.terms();
    if (withdrawn.size === 0) return;
    const count = lookups.filter((lookup) => withdrawn.has(lookup.toString('hex'))).length;
    if (count > 0)
      throw subjectWithdrawn(
        'the consent of a subject whose rows were pushed was withdrawn while they were read',
        {},
      );
  }

  private key(): Buffer {
    return this.secrets.projectSubjectKey(currentContext().projectId);
  }
}

async function introduce(tx: Transaction, lookups: readonly Buffer[], by: string): Promise<void> {
  const known = await tx.query<{ lookup: Buffer }>(
    `SELECT lookup FROM subject WHERE project_id = current_setting('app.project')::uuid AND lookup = ANY($1::bytea[])`,
    [lookups],
  );
  const have = new Set(known.map(({ lookup }) => lookup.toString('hex')));
  const fresh = lookups.filter((lookup) => !have.has(lookup.toString('hex'))).map(newSubject);
  if (fresh.length === 0) return;
  await tx.execute(
    `INSERT INTO subject (pseudonym, lookup, key, introduced_by)
     SELECT n.pseudonym, n.lookup, n.key, $4 FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS n(pseudonym, lookup, key)`,
    [
      fresh.map(({ pseudonym }) => pseudonym),
      fresh.map(({ lookup }) => lookup),
      fresh.map(({ key }) => key),
      by,
    ],
  );
}

const otherColumn = (known: string, found: string) =>
  new ConflictError(
    'SUBJECT_COLUMN_DIFFERS',
    `of this content the subjects are known by column ${JSON.stringify(known)}; found ${JSON.stringify(found)}`,
    { remedy: `Push it with ${JSON.stringify(known)} as the subject column.`, column: found },
  );
