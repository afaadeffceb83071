import type { RecordKind, RecordPart } from '../audit/index.js';

export const UPLOAD: RecordKind = {
  name: 'upload',
  parts: [
    {
      table: 'upload',
      key: 'id',
      except: {
        expires_at: 'put off on use; what is gone too early is refused',
        used_up_for: 'written on use; set back, it leads to a file that is gone',
      },
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
