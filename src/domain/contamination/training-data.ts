/** A node of the lineage graph, as `modules/lineage` walks it. */
interface Node {
  kind: string;
  id: string;
  label: string;
}

interface Graph {
  nodes: readonly Node[];
  /** Data flows `from` -> `to`. */
  edges: readonly { from: Omit<Node, 'label'>; to: Omit<Node, 'label'> }[];
  truncated: boolean;
}

/** Which data count as trained on: those that models were trained on, or also the versions that these were derived from. */
export const TRAINING_SCOPES = ['lineage', 'ancestors'] as const;
export type TrainingScope = (typeof TRAINING_SCOPES)[number];

/** A dataset version that stands in the lineage of a model version. */
export interface TrainingVersion {
  datasetVersionId: string;
  /** NAME@VERSION. */
  ref: string;
  /** `trainedOn`: by the model, or by one that it was made from. `ancestor`: such data were derived from it. */
  relation: 'trainedOn' | 'ancestor';
  /** The model versions that were trained on it; of an ancestor: the dataset versions that were made from it. */
  via: string[];
}

/** What a model version was trained on, as far as its lineage says. */
export interface TrainingData {
  versions: TrainingVersion[];
  /** What is not known, as sentences without a full stop; empty: everything is. */
  gaps: string[];
  /** Model versions and runs on whose records this stands. */
  origins: { kind: 'modelVersion' | 'run'; id: string }[];
}

/**
 * The dataset versions that a model version and all model versions that it was made from were trained on, themselves or by
 * their runs, and the versions that those were derived from. `graph`: everything upstream of `modelVersionId`. A model
 * version that names no data, and whose run recorded none, leaves a gap, as does a graph that was cut off.
 */
export function trainingData(graph: Graph, modelVersionId: string): TrainingData {
  const nodes = new Map(graph.nodes.map((node) => [keyOf(node), node]));
  const sources = new Map<string, Node[]>();
  for (const { from, to } of graph.edges) {
    const node = nodes.get(keyOf(from));
    if (node) sources.set(keyOf(to), [...(sources.get(keyOf(to)) ?? []), node]);
  }
  const into = (kind: string, id: string) => sources.get(keyOf({ kind, id })) ?? [];

  const found = new Map<string, TrainingVersion>();
  const gaps = graph.truncated ? ['the lineage is too large to be walked to its end'] : [];
  const origins: TrainingData['origins'] = [];
  const queue = [modelVersionId];
  const seen = new Set(queue);
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const ref = nodes.get(keyOf({ kind: 'modelVersion', id }))?.label ?? id;
    origins.push({ kind: 'modelVersion', id });
    const parts = into('modelVersion', id);
    const runs = parts.filter(({ kind }) => kind === 'run');
    origins.push(...runs.map((run) => ({ kind: 'run' as const, id: run.id })));
    const data = [...parts, ...runs.flatMap((run) => into('run', run.id))].filter(isData);
    for (const version of data) add(found, version, 'trainedOn', ref);
    if (data.length === 0) gaps.push(gapOf(ref, runs));
    for (const parent of parts.filter(({ kind }) => kind === 'modelVersion')) {
      if (seen.has(parent.id)) continue;
      seen.add(parent.id);
      queue.push(parent.id);
    }
  }

  const derived = [...found.values()].map(({ datasetVersionId: id, ref }) => ({ id, ref }));
  for (let version = derived.shift(); version; version = derived.shift()) {
    for (const parent of into('datasetVersion', version.id).filter(isData)) {
      if (!found.has(parent.id)) derived.push({ id: parent.id, ref: parent.label });
      add(found, parent, 'ancestor', version.ref);
    }
  }
  return { versions: [...found.values()], gaps, origins };
}

function add(
  found: Map<string, TrainingVersion>,
  { id, label }: Node,
  relation: TrainingVersion['relation'],
  via: string,
): void {
  const known = found.get(id);
  if (!known) found.set(id, { datasetVersionId: id, ref: label, relation, via: [via] });
  else if (known.relation === relation && !known.via.includes(via)) known.via.push(via);
}

function gapOf(ref: string, runs: readonly Node[]): string {
  return runs.length === 0
    ? `${ref} names no data that it was trained on, and no run`
    : `${ref} names no data that it was trained on, and its run ${runs.map(({ id }) => id).join(', ')} recorded no inputs`;
}

const isData = ({ kind }: Node) => kind === 'datasetVersion';
const keyOf = ({ kind, id }: Omit<Node, 'label'>) => `${kind}:${id}`;
