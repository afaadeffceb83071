import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Nodes and edges of the path of the data, and the walk over them. Edges point the way the data flows. */
export class Lineage0000000000002 implements MigrationInterface {
  name = 'Lineage0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(WALK);
    await runner.query(ISOLATION);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

// `no` keeps edges and the walk's sets to 8 bytes a node.
const TABLES = `
CREATE TABLE lineage_node (
  no         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES project(id),
  kind       text NOT NULL CHECK (kind IN ('upload', 'datasetVersion', 'run', 'modelVersion', 'evaluation', 'policy',
                                           'gateDecision', 'promotion')),
  id         text NOT NULL CHECK (length(id) BETWEEN 1 AND 200),
  label      text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, kind, id),
  UNIQUE (project_id, no)
);
CREATE INDEX lineage_node_label ON lineage_node (project_id, kind, lower(label) text_pattern_ops, no);

CREATE TABLE lineage_edge (
  project_id uuid NOT NULL REFERENCES project(id),
  from_no    bigint NOT NULL,
  to_no      bigint NOT NULL,
  relation   text NOT NULL CHECK (length(relation) BETWEEN 1 AND 100),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, from_no, to_no, relation),
  CHECK (from_no <> to_no),
  FOREIGN KEY (project_id, from_no) REFERENCES lineage_node(project_id, no),
  FOREIGN KEY (project_id, to_no) REFERENCES lineage_node(project_id, no)
);
CREATE INDEX lineage_edge_upstream ON lineage_edge (project_id, to_no, from_no) INCLUDE (relation);`;

const WALK = `
-- Breadth first from one node, level by level, each node once. NULL when there is no such node; max_depth NULL: to the end.
-- Nodes are [kind, id, label, depth] in the order they were reached, edges [from, to, relation] with positions (from 0)
-- in that list: every edge between two nodes of the list. "truncated" says that max_nodes ended the walk.
CREATE FUNCTION lineage_walk(root_kind text, root_id text, downstream boolean, max_depth integer, max_nodes integer)
RETURNS json LANGUAGE plpgsql STABLE SECURITY INVOKER AS $walk$
DECLARE
  project   uuid := current_setting('app.project')::uuid;
  frontier  bigint[];
  reached   bigint[];
  visited   bigint[];
  depths    integer[] := ARRAY[0];
  level     integer := 0;
  truncated boolean := false;
  nodes     json;
  edges     json;
BEGIN
  SELECT array_agg(n.no) INTO frontier
    FROM lineage_node n WHERE n.project_id = project AND n.kind = root_kind AND n.id = root_id;
  IF frontier IS NULL THEN
    RETURN NULL;
  END IF;
  visited := frontier;

  WHILE frontier IS NOT NULL AND NOT truncated AND (max_depth IS NULL OR level < max_depth) LOOP
    level := level + 1;
    IF downstream THEN
      SELECT array_agg(DISTINCT e.to_no) INTO reached
        FROM lineage_edge e WHERE e.project_id = project AND e.from_no = ANY (frontier);
    ELSE
      SELECT array_agg(DISTINCT e.from_no) INTO reached
        FROM lineage_edge e WHERE e.project_id = project AND e.to_no = ANY (frontier);
    END IF;

    -- A scan of the visited is cheapest for a few nodes (long chains), a hash for many (wide levels).
    IF cardinality(reached) <= 8 THEN
      SELECT array_agg(r.no ORDER BY r.no) INTO frontier FROM unnest(reached) AS r(no) WHERE r.no <> ALL (visited);
    ELSE
      SELECT array_agg(r.no ORDER BY r.no) INTO frontier
        FROM unnest(reached) AS r(no) LEFT JOIN unnest(visited) AS v(no) ON v.no = r.no WHERE v.no IS NULL;
    END IF;

    IF cardinality(visited) + cardinality(frontier) > max_nodes THEN
      truncated := true;
      frontier := frontier[1 : max_nodes - cardinality(visited)];
    END IF;
    IF frontier IS NOT NULL THEN
      visited := visited || frontier;
      depths := depths || array_fill(level, ARRAY[cardinality(frontier)]);
    END IF;
  END LOOP;

  SELECT json_agg(json_build_array(n.kind, n.id, n.label, v.depth) ORDER BY v.position) INTO nodes
    FROM unnest(visited, depths) WITH ORDINALITY AS v(no, depth, position)
    JOIN lineage_node n ON n.project_id = project AND n.no = v.no;

  -- From the side the walk came from: the other may have countless edges that lead elsewhere.
  IF downstream THEN
    SELECT json_agg(json_build_array(f.position - 1, t.position - 1, e.relation) ORDER BY f.position, t.position, e.relation)
      INTO edges
      FROM unnest(visited) WITH ORDINALITY AS f(no, position)
      JOIN lineage_edge e ON e.project_id = project AND e.from_no = f.no
      JOIN unnest(visited) WITH ORDINALITY AS t(no, position) ON t.no = e.to_no;
  ELSE
    SELECT json_agg(json_build_array(f.position - 1, t.position - 1, e.relation) ORDER BY t.position, f.position, e.relation)
      INTO edges
      FROM unnest(visited) WITH ORDINALITY AS t(no, position)
      JOIN lineage_edge e ON e.project_id = project AND e.to_no = t.no
      JOIN unnest(visited) WITH ORDINALITY AS f(no, position) ON f.no = e.from_no;
  END IF;

  RETURN json_build_object('nodes', nodes, 'edges', coalesce(edges, '[]'::json), 'truncated', truncated);
END
$walk$;`;

const ISOLATION = `
SELECT assay_isolate('lineage_node', 'SELECT, INSERT');
SELECT assay_isolate('lineage_edge', 'SELECT, INSERT');
GRANT EXECUTE ON FUNCTION lineage_walk(text, text, boolean, integer, integer) TO assay_app;`;
