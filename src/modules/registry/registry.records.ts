import { digestOf } from '../../domain/canonical/index.js';
import type { RecordKind } from '../../platform/audit/index.js';
import { blobPart } from '../../platform/storage/index.js';
import { lineageParts } from '../lineage/index.js';

export const MODEL: RecordKind = { name: 'model', parts: [{ table: 'model', key: 'id' }] };

export const MODEL_VERSION: RecordKind = {
  name: 'modelVersion',
  parts: [
    { table: 'model_version', key: 'id' },
    { table: 'model_version_dataset', key: 'model_version_id' },
    blobPart('modelVersion'),
    ...lineageParts('modelVersion'),
  ],
  witness: {
    action: 'model.version.registered',
    agrees: ({ model_version: rows }, { modelId, version, artifact }) =>
      digestOf([rows?.[0]?.model_id, rows?.[0]?.version, rows?.[0]?.artifact_digest ?? null]) ===
      digestOf([modelId, version, (artifact as { digest: string } | null)?.digest ?? null]),
  },
};

/** Its id is `modelId/stage`. */
export const CHAMPION: RecordKind = {
  name: 'champion',
  parts: [
    {
      table: 'champion',
      key: `t.model_id || '/' || t.stage`,
      where: `(t.model_id, t.stage) IN (SELECT split_part(w, '/', 1)::uuid, substr(w, strpos(w, '/') + 1) FROM unnest($ids) w)`,
    },
  ],
};

export const championId = (modelId: string, stage: string) => `${modelId}/${stage}`;

export const REGISTRY_RECORDS = [MODEL, MODEL_VERSION, CHAMPION];
