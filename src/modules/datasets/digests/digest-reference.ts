import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DigestSystem } from './dataset-digest.js';

/** A version by what another tool calls it. */
export interface DigestReference {
  system: DigestSystem;
  namespace: string | null;
  /** Null: whatever it is called. */
  name: string | null;
  digest: string;
}

/**
 * Reads `mlflow:DIGEST`, `mlflow:NAME#DIGEST` or `openlineage:NAMESPACE#NAME#VERSION`; `%23` and `%25` stand for # and % in a part. Null: it
 * is a reference of another kind (no name of Assay has a colon). Throws DATASET_REFERENCE_INVALID.
 */
export function parseDigestReference(ref: string): DigestReference | null {
  const [, system, rest = ''] = /^(mlflow|openlineage):(.*)$/s.exec(ref) ?? [];
  if (system === undefined) return null;
  const parts = rest.split('#').map((part) => part.replaceAll('%23', '#').replaceAll('%25', '%'));
  if (system === 'mlflow' && parts.length <= 2) {
    const [digest = '', name = null] = [...parts].reverse();
    if (digest !== '') return { system, namespace: null, name: name === '' ? null : name, digest };
  }
  const [namespace = '', name = '', digest = ''] = parts;
  if (system === 'openlineage' && parts.length === 3 && ![namespace, name, digest].includes(''))
    return { system, namespace, name, digest };
  throw new InvalidInputError(
    'DATASET_REFERENCE_INVALID',
    `${JSON.stringify(ref.slice(0, 120))} is no digest of a dataset; expected mlflow:DIGEST, mlflow:NAME#DIGEST or openlineage:NAMESPACE#NAME#VERSION`,
    { remedy: 'Write a # within a name as %23, and a % as %25.' },
  );
}
