const BUSINESS =
  'an answer or a message on its way: what it is about is a record of its own, and is looked up again';
const REPORTED =
  'reported by whoever trained: nothing is decided on it, and what was sent stands in the bodies of the log';
const PROGRESS = 'progress of the work: what comes of it is a record of its own';
const PASSING = 'rows live for about a second; a leaf that does not come into the tree is found';

/**
 * Columns in which a change is found by nothing, each with the reason why it carries no evidence. Every other column of every
 * table is evidence: a table or column that is not here has to be found. `*` is every column.
 */
export const NO_EVIDENCE: Record<string, Record<string, string>> = {
  api_key: { last_used_at: 'written on use, and decides nothing' },
  audit_adoption: { '*': 'empty but before the first start of an upgraded home' },
  audit_checkpoint: { created_at: 'the time is not signed; the size and the root are' },
  audit_pending: { '*': PASSING },
  idempotency: { '*': BUSINESS },
  job: {
    state: PROGRESS,
    progress: PROGRESS,
    message: PROGRESS,
    result: PROGRESS,
    error: PROGRESS,
    attempts: PROGRESS,
    cancel_requested: PROGRESS,
    started_at: PROGRESS,
    finished_at: PROGRESS,
    heartbeat_at: PROGRESS,
  },
  joined_rows: { '*': 'which downloads were put together: nothing is decided on it' },
  outbox: { '*': BUSINESS },
  partial_upload: { '*': 'a file on its way: what becomes of it is an upload, a record of its own' },
  run_latest_metric: { '*': REPORTED },
  run_metric: { '*': REPORTED },
  run_param: { '*': REPORTED },
  run_tag: { '*': REPORTED },
  sampled_row: { '*': 'rows that wait: nothing is decided on them until they are a dataset version' },
  schema_migration: {
    '*': 'which migrations ran: a start with a list that does not fit the code is refused',
  },
  upload: {
    expires_at: 'put off on use; an upload that is gone too early is refused',
    used_up_for: 'written on use; set back, it leads to a file that is gone',
  },
};

/** Which row of a table to change, where not any will do. */
export const ROW: Record<string, string> = {
  // The caller's own key lets in nobody any more once it is changed: that is found before anything is read.
  api_key: `t.name = 'short'`,
  // Where no split is sealed there are no sealed classes to change.
  dataset_version: `t.sealed_classes IS NOT NULL`,
  // An uploaded file's node has no record; its kind, id and label stand in those of the edges from it.
  lineage_node: `t.kind <> 'upload'`,
  // Of one that was erased nothing is left to change.
  subject: `t.lookup IS NOT NULL`,
};
