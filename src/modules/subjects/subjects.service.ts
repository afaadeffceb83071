import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { Jobs, type JobView } from '../../platform/queue/index.js';
import {
  ConsentService,
  DatasetReader,
  SubjectIndex,
  type SubjectRows,
  WaitingRows,
} from '../datasets/index.js';
import { DeploymentsReader, type DeploymentView } from '../deployments/index.js';
import { LineageService, type LineageNode, type NodeKind } from '../lineage/index.js';
import { ERASE_SUBJECT, type ErasurePlan } from './erasure-plan.js';
import type { ErasureReport } from './erasure-report.js';

/** Where rows of a subject are, and all that came of them. */
export interface SubjectReach {
  /** Whether anything was ever said of the subject. */
  known: boolean;
  /** What the audit log calls it; null where it is not known. */
  pseudonym: string | null;
  withdrawnAt: Date | null;
  rows: (SubjectRows & { datasetVersion: string })[];
  /** Rows that wait to become part of a live sample. */
  waiting: number;
  /** Those that have its rows, and those that were derived from them. */
  datasetVersions: LineageNode[];
  runs: LineageNode[];
  modelVersions: LineageNode[];
  evaluations: LineageNode[];
  gateDecisions: LineageNode[];
  promotions: LineageNode[];
  deployments: DeploymentView[];
}

const KINDS: NodeKind[] = [
  'datasetVersion',
  'run',
  'modelVersion',
  'evaluation',
  'gateDecision',
  'promotion',
];

/** Answers for one person: where are their data, and what rests on them. */
@Injectable()
export class SubjectsService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly subjects: SubjectIndex,
    private readonly consent: ConsentService,
    private readonly datasets: DatasetReader,
    private readonly lineage: LineageService,
    private readonly deployments: DeploymentsReader,
    private readonly jobs: Jobs,
    private readonly waiting: WaitingRows,
  ) {}

  /** `subject` as the column of the data writes it. One that nothing is known of has no rows. */
  find(subject: string): Promise<SubjectReach> {
    const lookup = this.subjects.lookup(subject);
    return this.units.read(async () => {
      const known = await this.subjects.find(lookup);
      const withdrawnAt = known ? await this.consent.withdrawnAt(known.no) : null;
      const rows = known ? await this.subjects.where(known.no) : [];
      return {
        known: known !== undefined,
        pseudonym: known?.pseudonym ?? null,
        withdrawnAt,
        waiting: await this.waiting.of(lookup),
        ...(await this.reach(rows)),
      };
    });
  }

  /** Withdraws the consent, and answers what rests on it. Throws RECORD_ALTERED. */
  async withdraw(subject: string): Promise<SubjectReach> {
    const { rows, ...withdrawal } = await this.consent.withdraw(subject);
    const waiting = await this.waiting.of(this.subjects.lookup(subject));
    return { known: true, ...withdrawal, waiting, ...(await this.reach(rows)) };
  }

  /** Withdraws the consent, and asks for the rows to be erased everywhere. Throws SUBJECT_UNKNOWN, RECORD_ALTERED. */
  erase(subject: string): Promise<JobView> {
    return this.units.run(async () => {
      const lookup = this.subjects.lookup(subject);
      if (!(await this.subjects.find(lookup)) && (await this.waiting.of(lookup)) === 0)
        throw new NotFoundError(
          'SUBJECT_UNKNOWN',
          'Nothing is known of this subject in this project: no data that say whom they are about have its rows, none of its rows waits to be sampled, or it was erased.',
          { remedy: 'Write the subject as the column of the data does.' },
        );
      const { pseudonym } = await this.consent.withdraw(subject);
      const plan: ErasurePlan = { subjectNo: (await this.subjects.find(lookup))!.no, pseudonym };
      return this.jobs.request(ERASE_SUBJECT, plan, { kind: 'subject', id: pseudonym });
    });
  }

  /** What was made of dataset versions, by what people call it. */
  async restingOn(
    datasetVersionIds: readonly string[],
  ): Promise<Pick<ErasureReport['remaining'], 'runs' | 'modelVersions' | 'evaluations' | 'deployments'>> {
    const rows = datasetVersionIds.map((datasetVersionId) => ({ datasetVersionId, split: '', rows: 0 }));
    const { runs, modelVersions, evaluations, deployments } = await this.reach(rows);
    return {
      runs: runs.map(({ id }) => id),
      modelVersions: modelVersions.map(({ label }) => label),
      evaluations: evaluations.map(({ id }) => id),
      deployments: deployments.map(({ modelVersionLabel, stage }) => `${modelVersionLabel} at ${stage}`),
    };
  }

  private async reach(
    rows: readonly SubjectRows[],
  ): Promise<Omit<SubjectReach, 'known' | 'pseudonym' | 'withdrawnAt' | 'waiting'>> {
    const ids = [...new Set(rows.map(({ datasetVersionId }) => datasetVersionId))];
    const versions = await this.datasets.byIds(ids);
    const reached = await this.lineage.reached(
      ids.map((id) => ({ kind: 'datasetVersion', id })),
      'downstream',
      KINDS,
    );
    const of = (kind: NodeKind) => reached.filter((node) => node.kind === kind);
    const [modelVersions, promotions] = [of('modelVersion'), of('promotion')];
    return {
      rows: rows.map((row) => {
        const { dataset, version } = versions.get(row.datasetVersionId)!;
        return { ...row, datasetVersion: `${dataset}@${version}` };
      }),
      datasetVersions: of('datasetVersion'),
      runs: of('run'),
      modelVersions,
      evaluations: of('evaluation'),
      gateDecisions: of('gateDecision'),
      promotions,
      deployments: await this.deployments.deploymentsBy(
        modelVersions.map(({ id }) => id),
        promotions.map(({ id }) => id),
      ),
    };
  }
}
