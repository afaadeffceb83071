import type { RecordKind, RecordPart } from '../audit/index.js';

export const UPLOAD: RecordKind = {
  name: 'upload',
  parts: [
    {
      table: 'upload',
      key: 'id',
      except: { expires_at: 'put off on use; what is gone too early is refused' },
    },
  ],
};

/** Of a record that keeps files: which ones. */
export function blobPart(ownerKind: string): RecordPart {
  return {
    table: 'blob_reference',
    key: 't.owner_id',
    where: `t.project_id = current_setting('app.project')::uuid AND t.owner_kind = '${ownerKind}' AND t.owner_id = ANY($ids)`,
  };
}
