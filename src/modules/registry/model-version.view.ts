/** The file of a model version, named by its content. */
export interface ArtifactView {
  /** sha-256 of the bytes, lowercase hex. */
  digest: string;
  /** Bytes. */
  size: number;
  filename: string;
}

/** A model version as other modules see it. It never changes. */
export interface ModelVersionView {
  id: string;
  modelId: string;
  /** Name of the model. */
  model: string;
  /** 1, 2, 3, ... without gaps. */
  version: number;
  artifact: ArtifactView | null;
  runId: string | null;
  /** The data it came from: named at registration, or the inputs of its run at that time. */
  datasetVersionIds: string[];
  /** The model version it was derived from. */
  parentId: string | null;
  description: string;
  tags: Record<string, string>;
  createdAt: Date;
  /** Actor id. */
  createdBy: string;
}

/** Everything of a model version in one row. `v` is the version and `m` its model. */
export const MODEL_VERSION_COLUMNS = `
  v.id, v.model_id AS "modelId", m.name AS model, v.version, v.run_id AS "runId", v.parent_id AS "parentId",
  v.description, v.tags, v.created_at AS "createdAt", v.created_by AS "createdBy",
  CASE WHEN v.artifact_digest IS NOT NULL THEN
    json_build_object('digest', v.artifact_digest, 'size', v.artifact_size, 'filename', v.artifact_filename)
  END AS artifact,
  coalesce((SELECT json_agg(d.dataset_version_id ORDER BY d.dataset_version_id) FROM model_version_dataset d
    WHERE d.model_version_id = v.id), '[]') AS "datasetVersionIds"`;
