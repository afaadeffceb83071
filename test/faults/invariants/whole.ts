import { noRows, type Invariant } from './invariant.js';

/** What belongs together is there together: a thing that is half made does not exist. */
export const WHOLE: Invariant[] = [
  noRows(
    'a dataset version has the splits that its audit entry names, row for row and root for root',
    `SELECT v.id FROM dataset_version v
     WHERE (SELECT jsonb_object_agg(s.name, jsonb_build_object('rows', s.rows, 'root', s.root, 'sealed', s.sealed))
            FROM dataset_split s WHERE s.dataset_version_id = v.id)
       IS DISTINCT FROM
           (SELECT body::jsonb -> 'splits' FROM audit_leaf
            WHERE action = 'dataset.version.created' AND subject_id = v.id::text)`,
  ),
  noRows(
    'a dataset version holds on to every blob of its splits',
    `SELECT s.dataset_version_id, s.name, d.digest FROM dataset_split s,
       LATERAL (VALUES (s.manifest_digest), (s.public_digest), (s.label_digest), (s.leaves_digest), (s.sorted_digest)) AS d(digest)
     WHERE d.digest IS NOT NULL AND NOT EXISTS (SELECT FROM blob_reference b
       WHERE b.digest = d.digest AND b.owner_kind = 'datasetVersion' AND b.owner_id = s.dataset_version_id::text)`,
  ),
  noRows(
    'every split of a dataset version was compared with every other and itself, and the findings are kept',
    `SELECT v.id FROM dataset_version v
     WHERE (SELECT array_agg(r.in_split || '/' || r.found_in ORDER BY r.in_split, r.found_in) FROM dataset_repeat r WHERE r.dataset_version_id = v.id)
       IS DISTINCT FROM (SELECT array_agg(a.name || '/' || b.name ORDER BY a.name, b.name) FROM dataset_split a JOIN dataset_split b
         ON b.dataset_version_id = a.dataset_version_id WHERE a.dataset_version_id = v.id)
     UNION ALL
     SELECT r.dataset_version_id FROM dataset_repeat r WHERE r.findings_digest IS NOT NULL AND NOT EXISTS (
       SELECT FROM blob_reference b WHERE b.digest = r.findings_digest AND b.owner_id = r.dataset_version_id::text)`,
  ),
  noRows(
    'a dataset version came from uploads, by the lineage',
    `SELECT v.id FROM dataset_version v WHERE (SELECT count(*) FROM lineage_edge e
         JOIN lineage_node t ON t.no = e.to_no JOIN lineage_node f ON f.no = e.from_no
         WHERE t.kind = 'datasetVersion' AND t.id = v.id::text AND f.kind = 'upload' AND e.relation = 'pushed')
       <> (SELECT count(DISTINCT file_id) FROM dataset_split s WHERE s.dataset_version_id = v.id)`,
  ),
  noRows(
    'no part stands without its whole',
    `SELECT 'dataset_split' AS part, id::text FROM dataset_split c WHERE NOT EXISTS (SELECT FROM dataset_version p WHERE p.id = c.dataset_version_id)
     UNION ALL SELECT 'dataset_version', id::text FROM dataset_version c WHERE NOT EXISTS (SELECT FROM dataset p WHERE p.id = c.dataset_id)
     UNION ALL SELECT 'model_version', id::text FROM model_version c WHERE NOT EXISTS (SELECT FROM model p WHERE p.id = c.model_id)
     UNION ALL SELECT 'dataset_repeat', dataset_version_id::text FROM dataset_repeat c WHERE NOT EXISTS (SELECT FROM dataset_version p WHERE p.id = c.dataset_version_id)
     UNION ALL SELECT 'dataset_endorsement', dataset_version_id::text FROM dataset_endorsement c WHERE NOT EXISTS (SELECT FROM dataset_version p WHERE p.id = c.dataset_version_id)
     UNION ALL SELECT 'evaluation_split', evaluation_id::text FROM evaluation_split c WHERE NOT EXISTS (SELECT FROM evaluation p WHERE p.id = c.evaluation_id)
     UNION ALL SELECT 'model_version_dataset', model_version_id::text FROM model_version_dataset c WHERE NOT EXISTS (SELECT FROM model_version p WHERE p.id = c.model_version_id)
     UNION ALL SELECT 'promotion_decision', promotion_id::text FROM promotion_decision c WHERE NOT EXISTS (SELECT FROM promotion p WHERE p.id = c.promotion_id)
     UNION ALL SELECT 'run_param', run_id::text FROM run_param c WHERE NOT EXISTS (SELECT FROM run p WHERE p.id = c.run_id)
     UNION ALL SELECT 'run_metric', run_id::text FROM run_metric c WHERE NOT EXISTS (SELECT FROM run p WHERE p.id = c.run_id)
     UNION ALL SELECT 'blob_reference', owner_id FROM blob_reference b WHERE NOT EXISTS (
       SELECT FROM dataset_version v WHERE b.owner_kind = 'datasetVersion' AND v.id::text = b.owner_id
       UNION ALL SELECT FROM model_version v WHERE b.owner_kind = 'modelVersion' AND v.id::text = b.owner_id
       UNION ALL SELECT FROM evaluation v WHERE b.owner_kind = 'evaluation' AND v.id::text = b.owner_id
       UNION ALL SELECT FROM dataset_profile v WHERE b.owner_kind = 'datasetProfile' AND v.id::text = b.owner_id
       UNION ALL SELECT FROM dataset_check v WHERE b.owner_kind = 'datasetCheck' AND v.id::text = b.owner_id
       UNION ALL SELECT FROM contamination_count v WHERE b.owner_kind = 'contaminationCount' AND v.id::text = b.owner_id)
     UNION ALL SELECT 'contamination_count', id::text FROM contamination_count c WHERE NOT EXISTS (SELECT FROM dataset_version p WHERE p.id = c.dataset_version_id)
     UNION ALL SELECT 'sampled_row', plan_id::text FROM sampled_row c WHERE NOT EXISTS (SELECT FROM sampling_plan p WHERE p.id = c.plan_id AND p.sample_no >= c.sample_no)
     UNION ALL SELECT 'dataset_check', id::text FROM dataset_check c WHERE NOT EXISTS (SELECT FROM dataset_version p WHERE p.id = c.dataset_version_id)
     UNION ALL SELECT 'dataset_profile', id::text FROM dataset_profile c WHERE NOT EXISTS (SELECT FROM dataset_version p WHERE p.id = c.dataset_version_id)`,
  ),
  noRows(
    'no dataset stands without a version, no model without one',
    `SELECT 'dataset' AS kind, id FROM dataset d WHERE NOT EXISTS (SELECT FROM dataset_version v WHERE v.dataset_id = d.id)
     UNION ALL SELECT 'model', id FROM model m WHERE NOT EXISTS (SELECT FROM model_version v WHERE v.model_id = m.id)`,
  ),
  noRows(
    'versions are numbered from 1, without gaps and without doubles, and their owner knows the last',
    `SELECT d.id, d.latest_version AS last, array_agg(v.version ORDER BY v.version) AS found
       FROM dataset d LEFT JOIN dataset_version v ON v.dataset_id = d.id GROUP BY d.id
     HAVING array_agg(v.version ORDER BY v.version) IS DISTINCT FROM
            (SELECT array_agg(n) FROM generate_series(1, d.latest_version) n)
     UNION ALL
     SELECT m.id, m.last_version, array_agg(v.version ORDER BY v.version)
       FROM model m LEFT JOIN model_version v ON v.model_id = m.id GROUP BY m.id
     HAVING array_agg(v.version ORDER BY v.version) IS DISTINCT FROM
            (SELECT array_agg(n) FROM generate_series(1, m.last_version) n)
     UNION ALL
     SELECT NULL, max(version), array_agg(version ORDER BY version) FROM gate_policy GROUP BY name
     HAVING array_agg(version ORDER BY version) IS DISTINCT FROM
            (SELECT array_agg(n) FROM generate_series(1, max(gate_policy.version)) n)`,
  ),
  noRows(
    'no dataset holds the same content twice under one parent',
    `SELECT dataset_id, content_id FROM dataset_version GROUP BY dataset_id, content_id, parent_id HAVING count(*) > 1`,
  ),
  noRows(
    'a model version holds on to its artifact',
    `SELECT v.id FROM model_version v WHERE NOT EXISTS (SELECT FROM blob_reference b
       WHERE b.digest = v.artifact_digest AND b.owner_kind = 'modelVersion' AND b.owner_id = v.id::text)`,
  ),
  noRows(
    'an evaluation has the splits that its audit entry names, with their evidence',
    `SELECT e.id FROM evaluation e
     WHERE (SELECT jsonb_agg(jsonb_build_object('split', s.split, 'root', s.split_root, 'predictionsDigest', s.predictions_digest,
              'evidenceDigest', s.evidence_digest) ORDER BY s.position)
            FROM evaluation_split s WHERE s.evaluation_id = e.id)
       IS DISTINCT FROM
           (SELECT body::jsonb -> 'splits' FROM audit_leaf WHERE action = 'evaluation.created' AND subject_id = e.id::text)`,
  ),
  noRows(
    'an evaluation holds on to its predictions, and judges the rows that the split has',
    `SELECT s.evaluation_id, s.split FROM evaluation_split s JOIN evaluation e ON e.id = s.evaluation_id
     WHERE NOT EXISTS (SELECT FROM blob_reference b WHERE b.digest = s.predictions_blob AND b.owner_id = s.evaluation_id::text)
        OR NOT EXISTS (SELECT FROM dataset_split d WHERE d.dataset_version_id = e.dataset_version_id AND d.name = s.split
                        AND d.root = s.split_root AND d.rows = s.rows AND d.sealed = s.sealed)`,
  ),
  noRows(
    'each job was made by its result alone: one evaluation, one version, one comparison each',
    `SELECT result ->> 'evaluationId' AS made, count(*) FROM job WHERE kind = 'evaluation.compute' AND (result ->> 'created')::boolean
       GROUP BY 1 HAVING count(*) > 1
     UNION ALL
     SELECT result ->> 'datasetVersionId', count(*) FROM job WHERE kind IN ('dataset.ingest', 'dataset.sample') AND (result ->> 'created')::boolean
       GROUP BY 1 HAVING count(*) > 1
     UNION ALL
     SELECT v.id::text, 0 FROM dataset_version v WHERE NOT EXISTS (SELECT FROM job j WHERE j.kind IN ('dataset.ingest', 'dataset.sample')
       AND (j.result ->> 'created')::boolean AND j.result ->> 'datasetVersionId' = v.id::text)
     UNION ALL
     SELECT v.id::text, 0 FROM evaluation v WHERE NOT EXISTS (SELECT FROM job j WHERE j.kind = 'evaluation.compute'
       AND (j.result ->> 'created')::boolean AND j.result ->> 'evaluationId' = v.id::text)
     UNION ALL
     SELECT c.id::text, 0 FROM paired_comparison c WHERE NOT EXISTS (SELECT FROM job j WHERE j.kind = 'evaluation.compare'
       AND j.result ->> 'digest' = c.digest)`,
  ),
];
