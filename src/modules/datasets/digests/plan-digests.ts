import { InvalidInputError } from '../../../platform/errors/index.js';
import { type DatasetDigest, type DigestSystem, MLFLOW_LENGTH } from './dataset-digest.js';

/** What a push says of what others call it. Absent and null are the same. */
export interface DigestRequest {
  system: string;
  namespace?: string | null;
  name: string;
  digest: string;
  split?: string | null;
}

const invalid = (i: number, message: string, remedy: string) =>
  new InvalidInputError('DATASET_DIGEST_INVALID', `digests[${i}] ${message}`, { remedy });

/**
 * Throws DATASET_DIGEST_INVALID; DATASET_DIGEST_SEALED for a digest by which labels of a sealed split could be guessed at.
 */
export function planDigests(
  requested: readonly DigestRequest[],
  splits: readonly { name: string; sealed: boolean }[],
): DatasetDigest[] {
  return requested.map(({ system, namespace = null, name, digest, split = null }, i) => {
    if (system === 'mlflow' && namespace !== null)
      throw invalid(i, 'names a namespace, and MLflow has none', 'Leave namespace out.');
    if (system === 'mlflow' && digest.length > MLFLOW_LENGTH)
      throw invalid(
        i,
        `has a digest of ${digest.length} characters, and MLflow's have ${MLFLOW_LENGTH} or fewer`,
        'Copy it from the dataset input of an MLflow run.',
      );
    if (system === 'openlineage' && namespace === null)
      throw invalid(i, 'names no namespace', "Say OpenLineage's namespace of the dataset.");
    if (name === '' || digest === '' || namespace === '')
      throw invalid(i, 'has an empty name, namespace or digest', 'Say what the other tool calls it.');
    const meant = splits.filter((each) => split === null || each.name === split);
    if (meant.length === 0)
      throw invalid(
        i,
        `is of split ${JSON.stringify(split)}, which the push does not have`,
        'Name a split of the push.',
      );
    const sealed = meant.find((each) => each.sealed);
    if (system === 'mlflow' && sealed)
      throw new InvalidInputError(
        'DATASET_DIGEST_SEALED',
        `digests[${i}] is of rows of ${sealed.name}, which is sealed: whoever reads it could try guesses at its labels`,
        { remedy: 'Name an open split, whose file it is of, with "split".' },
      );
    return { system: system as DigestSystem, namespace, name, split, digest, origin: 'stated' };
  });
}
