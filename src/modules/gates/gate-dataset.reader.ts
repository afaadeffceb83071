import { Injectable } from '@nestjs/common';
import type { Hold } from '../../domain/policy/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { DatasetReader, type DatasetVersionView } from '../datasets/index.js';
import { EvaluationReader } from '../evaluation/index.js';
import { modelRef, type GateQuestion } from './gate-question.js';
import { datasetNotOfPolicy } from './gates.errors.js';

export interface GateDataset {
  version: DatasetVersionView | null;
  /** Why nothing passes on it, whatever it shows. */
  hold: Hold | null;
}

/**
 * The data on which a gate decides. Who trains the model must not be able to choose it: it is the one that the policy names, or
 * the newest version of a dataset that somebody pushed who may push policies. On other data nothing passes.
 */
@Injectable()
export class GateDatasetReader {
  constructor(
    private readonly datasets: DatasetReader,
    private readonly evaluations: EvaluationReader,
  ) {}

  /** Throws DATASET_NOT_OF_POLICY, and what a reference throws that was asked for. */
  async find(question: GateQuestion): Promise<GateDataset> {
    const { terms, datasetVersion } = question;
    const asked = typeof datasetVersion === 'string' ? await this.datasets.byRef(datasetVersion) : null;
    if (terms.dataset !== null) return this.named(terms.dataset, asked);
    const version = asked ?? (await this.ofModel(question));
    if (version === null) return { version, hold: null };
    if (!version.endorsed) return { version, hold: notEndorsed(version) };
    const newest = await this.datasets.latestEndorsed(version.dataset);
    return { version, hold: newest && newest.id !== version.id ? superseded(version, newest) : null };
  }

  private async named(name: string, asked: DatasetVersionView | null): Promise<GateDataset> {
    const version = name.includes('@') ? await this.exactly(name) : await this.datasets.latestEndorsed(name);
    if (asked && asked.id !== version?.id)
      throw datasetNotOfPolicy(labelOf(asked), name, version && labelOf(version));
    return { version, hold: version === null ? missing(name) : null };
  }

  private async exactly(ref: string): Promise<DatasetVersionView | null> {
    try {
      return await this.datasets.byRef(ref);
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }

  /** What the model was evaluated on last, or the one version it was trained on. */
  private async ofModel({ modelVersion }: GateQuestion): Promise<DatasetVersionView | null> {
    const latest = await this.evaluations.latest(modelVersion.id);
    const [only, ...others] = latest ? [latest.datasetVersionId] : modelVersion.datasetVersionIds;
    return only === undefined || others.length > 0 ? null : this.datasets.byRef(only);
  }
}

function labelOf(version: DatasetVersionView): string {
  return modelRef({ model: version.dataset, version: version.version });
}

function notEndorsed(version: DatasetVersionView): Hold {
  const label = labelOf(version);
  return {
    reason: `${label} was pushed by ${version.createdBy}, who may not push policies, and the policy does not name it: whoever trains a model does not choose what it is judged on`,
    remedy: `Name the data in the policy (spec.dataset: ${label}), or have somebody with the permission policy push it.`,
    open: true,
  };
}

function superseded(version: DatasetVersionView, newest: DatasetVersionView): Hold {
  return {
    reason: `${labelOf(version)} is not the newest version of its dataset that counts, which is ${labelOf(newest)}, and the policy does not name it: whoever trains a model does not choose an older test`,
    remedy: `Evaluate the model on ${labelOf(newest)}, or name the version in the policy (spec.dataset: ${labelOf(version)}).`,
    open: true,
  };
}

function missing(name: string): Hold {
  return {
    reason: name.includes('@')
      ? `the policy judges on ${name}, which does not exist`
      : `the policy judges on ${name}, of which nobody who may push policies has pushed a version`,
    remedy: `Push ${name} by a key with the permission policy, or name another dataset in the policy.`,
    open: true,
  };
}
