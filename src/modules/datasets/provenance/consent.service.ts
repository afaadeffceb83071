import { Injectable } from '@nestjs/common';
import { AuditLog, Records } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { newId, UnitOfWork } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/queue/index.js';
import { lockGateInputs } from '../../sources/index.js';
import { CONSENT_WITHDRAWAL, DATASET_CONSENT } from './provenance.records.js';
import { SubjectIndex, type SubjectRows } from './subject-index.js';

export const CONSENT_WITHDRAWN = 'subject.consent.withdrawn';

/** What travels to whoever rests on the data. */
export interface ConsentWithdrawn {
  withdrawalId: string;
  datasetVersionIds: string[];
}

export interface WithdrawalView {
  /** What the audit log calls the subject. */
  pseudonym: string;
  withdrawnAt: Date;
  rows: SubjectRows[];
}

/** Records that a subject withdrew consent. It is for good: data collected again need a subject that agreed again elsewhere. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly subjects: SubjectIndex,
    private readonly records: Records,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  /** Also of a subject that no data are about yet: then none can be pushed. Again, it changes nothing. */
  withdraw(subject: string): Promise<WithdrawalView> {
    const lookup = this.subjects.lookup(subject);
    return this.units.run(async (tx) => {
      // Gates decide on what was withdrawn, and pushes refuse it: neither happens between here and the commit.
      await lockGateInputs(tx, 'changing');
      const id = newId();
      const { no, pseudonym } = await this.subjects.know(lookup, id);
      const rows = await this.subjects.where(no);
      const earlier = await this.withdrawnAt(no);
      if (earlier) return { pseudonym, withdrawnAt: earlier, rows };
      const datasetVersionIds = [...new Set(rows.map(({ datasetVersionId }) => datasetVersionId))];
      const consents = datasetVersionIds.map((version) => ({ kind: DATASET_CONSENT, id: version }));
      // What is about to be attested anew has to be what was attested before.
      await this.records.require(consents);
      const [stored] = await tx.query<{ withdrawnAt: Date }>(
        `INSERT INTO consent_withdrawal (id, subject_no, created_by) VALUES ($1, $2, $3)
         RETURNING created_at AS "withdrawnAt"`,
        [id, no, currentContext().actor.id],
      );
      await tx.execute(
        `INSERT INTO withdrawn_data (withdrawal_id, dataset_version_id, split, rows)
         SELECT $1, dataset_version_id, split, rows FROM dataset_subject WHERE subject_no = $2`,
        [id, no],
      );
      await this.audit.record({
        action: CONSENT_WITHDRAWN,
        subject: { kind: 'subject', id: pseudonym },
        body: { withdrawalId: id, rows },
        records: [{ kind: CONSENT_WITHDRAWAL, id }, ...consents],
      });
      const event: ConsentWithdrawn = { withdrawalId: id, datasetVersionIds };
      await this.outbox.publish(CONSENT_WITHDRAWN, event);
      return { pseudonym, withdrawnAt: stored!.withdrawnAt, rows };
    });
  }

  /** When a subject's consent was withdrawn; null: it was not. */
  async withdrawnAt(subjectNo: string): Promise<Date | null> {
    const [row] = await this.units.read((tx) =>
      tx.query<{ at: Date }>('SELECT created_at AS at FROM consent_withdrawal WHERE subject_no = $1', [
        subjectNo,
      ]),
    );
    return row?.at ?? null;
  }
}
