import { digestOf } from '../../domain/canonical/index.js';
import type { RecordKind } from '../../platform/audit/index.js';
import { blobPart } from '../../platform/storage/index.js';
import { lineageParts } from '../lineage/index.js';

interface EvaluatedSplitFacts {
  split: string;
  root: string;
  evidenceDigest: string;
}

export const EVALUATION: RecordKind = {
  name: 'evaluation',
  parts: [
    { table: 'evaluation', key: 'id' },
    { table: 'evaluation_split', key: 'evaluation_id' },
    blobPart('evaluation'),
    ...lineageParts('evaluation'),
  ],
  witness: {
    action: 'evaluation.created',
    agrees: ({ evaluation: rows, evaluation_split: splits = [] }, body) =>
      digestOf(rows?.[0]?.protocol) === body.protocolHash &&
      digestOf([
        rows?.[0]?.digest,
        rows?.[0]?.chosen,
        rows?.[0]?.model_version_id,
        rows?.[0]?.dataset_version_id,
        rows?.[0]?.execution ?? null,
      ]) ===
        digestOf([
          body.digest,
          body.chosen ?? [],
          body.modelVersionId,
          body.datasetVersionId,
          body.execution ?? null,
        ]) &&
      digestOf(
        splits.map(({ split, split_root, evidence }) => [split, split_root, digestOf(evidence)]).sort(),
      ) ===
        digestOf(
          (body.splits as EvaluatedSplitFacts[])
            .map(({ split, root, evidenceDigest }) => [split, root, evidenceDigest])
            .sort(),
        ),
  },
};

export const COMPARISON: RecordKind = {
  name: 'comparison',
  parts: [{ table: 'paired_comparison', key: 'id' }],
};

export const EVALUATION_RECORDS = [EVALUATION, COMPARISON];
