/**
 * What the application's database role may do, table by table, written by hand: the specification that the live database is held
 * against. `*` is every column; a list is those columns; `-` is none. Nothing may be deleted or truncated, by any row of this table.
 *
 * table                     SELECT  INSERT  UPDATE
 */
const WALLED = `
api_key                      *  *  revoked_at
audit_adoption               *  -  -
audit_leaf                   *  project_id,entry_id,action,subject_kind,subject_id,leaf,body  -
audit_record                 *  *  -
blob_reference               *  *  -
champion                     *  *  gate_decision_ids,model_version_id,updated_at,updated_by
contamination_count          *  *  findings_blob
column_edge                  *  *  -
consent_withdrawal           *  *  -
data_source                  *  *  latest_revision
data_source_revision         *  *  -
dataset                      *  *  latest_version
dataset_check                *  *  digest,failing,findings_blob,outcome,status
dataset_digest               *  *  -
dataset_endorsement          *  *  -
dataset_profile              *  *  profile_blob
dataset_repeat               *  *  findings_digest
dataset_split                *  *  label_digest,manifest_digest
dataset_subject              *  *  -
dataset_version              *  *  label_classes,sealed_classes
dataset_version_source       *  *  -
deployment                   *  *  state,until
erased_rows                  *  *  -
evaluation                   *  *  -
evaluation_split             *  *  -
experiment                   *  *  -
gate_decision                *  *  -
gate_decision_staleness      *  *  -
gate_policy                  *  *  -
holdout_budget               *  *  budget,used
idempotency                  *  *  status,response
imported_evaluation          *  *  -
job                          *  *  state,progress,message,result,error,attempts,cancel_requested,started_at,finished_at,heartbeat_at
joined_rows                  *  *  -
lineage_edge                 *  *  -
lineage_node                 *  *  -
live_sample                  *  *  dataset_version_id
look                         *  *  -
model                        *  *  last_version
model_version                *  *  -
model_version_dataset        *  *  -
outbox                       *  *  sent_at,attempts
paired_comparison            *  *  -
project                      *  -  -
partial_upload               *  *  digest,ended,expires_at,file,received,writer,writer_process,writing_until
promotion                    *  *  -
promotion_decision           *  *  -
run                          *  *  status,ended_at
run_input                    *  *  -
run_latest_metric            *  *  step,timestamp_ms,value
run_metric                   *  *  -
run_param                    *  *  -
run_tag                      *  *  value
sampled_row                  *  *  fields,subject_lookup
sampling_plan                *  *  first_offered_at,last_offered_at,offered,sample_no,untrusted
subject                      *  *  key,lookup
subject_index                *  *  -
upload                       *  *  expires_at,used_up_for
withdrawn_data               *  *  -
`;

/** Tables without walls, each with what it holds that it needs none. The application reads some and writes none. */
export const UNWALLED: Record<string, { select: boolean; because: string }> = {
  audit_entry: { select: true, because: 'the order of leaf hashes: one tree over all projects' },
  audit_node: { select: true, because: 'hashes over leaf hashes' },
  audit_checkpoint: { select: true, because: 'sizes, roots and signatures, which are to be published' },
  audit_pending: { select: false, because: 'leaf numbers that wait; only functions of the owner touch it' },
  schema_migration: { select: false, because: 'what was migrated; the owner alone reads it' },
};

export interface Privileges {
  select: string;
  insert: string;
  update: string;
}

export const WALLS: ReadonlyMap<string, Privileges> = new Map(
  WALLED.trim()
    .split('\n')
    .map((line) => {
      const [table, select, insert, update] = line.split(/\s+/) as [string, string, string, string];
      return [table, { select, insert, update }];
    }),
);

/**
 * Functions, by signature. `definer`: runs as the owner, past the walls, and says by `because` what it hands out; `invoker`: sees what
 * its caller sees; `trigger`: called by nobody; `owner`: for migrations alone.
 */
export const FUNCTIONS: Record<
  string,
  { kind: 'definer' | 'invoker' | 'trigger' | 'owner'; because: string }
> = {
  'assay_isolate(text,text)': { kind: 'owner', because: 'walls a table in' },
  'audit_adopted(uuid)': { kind: 'definer', because: 'notes that records of a project were taken over' },
  'audit_misfits(bigint,bigint)': {
    kind: 'definer',
    because: 'places and reasons where the tables of the log contradict themselves',
  },
  'audit_strays()': { kind: 'definer', because: 'places and reasons of what hangs loose in the log' },
  'audit_to_adopt()': {
    kind: 'definer',
    because: 'ids and names of projects whose records are older than the log of them',
  },
  'audit_hash_leaf()': { kind: 'trigger', because: 'hashes a leaf' },
  'audit_integrate(bigint,bigint[],integer[],bigint[],bytea[],bytea,text,text)': {
    kind: 'definer',
    because: 'appends waiting leaves to the one tree, returns nothing',
  },
  'audit_next_leaves(integer)': { kind: 'definer', because: 'numbers and hashes of waiting leaves' },
  'audit_queue_leaves()': { kind: 'trigger', because: 'notes what waits' },
  'blob_in_use(text)': { kind: 'definer', because: 'whether anybody needs a blob: yes or no' },
  'create_project(uuid,text)': { kind: 'definer', because: 'makes a project, returns whether it did' },
  'drop_sampled_rows(uuid,integer,bigint[])': {
    kind: 'definer',
    because: 'deletes rows of the current project that wait to be sampled, returns nothing',
  },
  'find_api_key(bytea)': { kind: 'definer', because: 'the one key that has this hash' },
  'find_project(text)': { kind: 'definer', because: 'id and name of the one project of that name' },
  'holdout_budget_only_shrinks()': { kind: 'trigger', because: 'refuses a budget that grows' },
  'job_find(uuid)': { kind: 'definer', because: 'project, kind and state of the one job of that id' },
  'jobs_unfinished(double precision,uuid,integer)': {
    kind: 'definer',
    because: 'project, kind and state of silent jobs',
  },
  'lineage_walk(text,text,boolean,integer,integer)': { kind: 'invoker', because: 'walks the own project' },
  'outbox_pending(integer)': { kind: 'definer', because: 'messages to be sent, to whoever sends them' },
  'prune_platform()': { kind: 'definer', because: 'deletes what is a week old, returns nothing' },
  'release_blobs(text,text[],text[])': {
    kind: 'definer',
    because: 'ends references of the current project to files, returns nothing',
  },
  'queue_counts()': { kind: 'definer', because: 'three numbers' },
};
