/**
 * Who may do what, written by hand: the specification that the running service is held against. Nothing here is taken from the code
 * or from openapi.json. A route that stands in no row, or a row that no route has, fails test/e2e/access-rest.spec.ts.
 */

const PERMISSION_MATRIX = `
             read  contribute  gate  promote  policy  audit  administer
viewer        x
contributor   x        x        x       x
reviewer      x                 x
approver      x                 x       x       x
auditor       x                                         x
admin         x        x        x       x       x                  x
`;

/**
 * METHOD path  what it needs: a permission; or `key`: any living key (its fields need more, see graphql-table.ts); or `public`:
 * open to callers without one. HEAD is what its GET is; every other
 * method of a path, and every path that stands not here, is 401 without a valid key and 404 with one. In a path with :project, a
 * key of another project is refused (403), whether that project exists or not; elsewhere a key speaks for its own project.
 */
const ROUTE_ROWS = `
GET    /health                                                                  public
GET    /ready                                                                   public
GET    /docs                                                                    public
GET    /docs/                                                                   public
GET    /docs/*                                                                  public
GET    /docs/LICENSE                                                            public
GET    /docs/docs/swagger-ui-init.js                                            public
GET    /docs/index.html                                                         public
GET    /docs/swagger-ui-init.js                                                 public
GET    /openapi.json                                                            public
GET    /openapi.yaml                                                            public
GET    /v1/policy-schema                                                        public
GET    /v1/protocol-schema                                                      public

GET    /metrics                                                                 read
GET    /graphql                                                                 key
POST   /graphql                                                                 key
GET    /v1/roles                                                                read
GET    /v1/project                                                              read
POST   /v1/projects                                                             administer

GET    /v1/projects/:project/audit/checkpoint                                   read
GET    /v1/projects/:project/audit/consistency                                  read
GET    /v1/projects/:project/audit/entries                                      read
GET    /v1/projects/:project/audit/export                                       read
GET    /v1/projects/:project/audit/proof                                        read
GET    /v1/projects/:project/audit/records                                      audit
GET    /v1/projects/:project/contamination-counts/:id/findings                  read
GET    /v1/projects/:project/dataset-versions/:ref                              read
GET    /v1/projects/:project/dataset-versions/:ref/column-lineage               read
GET    /v1/projects/:project/dataset-versions/:ref/column-lineage/openlineage   read
GET    /v1/projects/:project/dataset-versions/:ref/croissant                    read
GET    /v1/projects/:project/dataset-versions/:ref/diff/:other                  read
GET    /v1/projects/:project/dataset-versions/:ref/diff/:other/:split           read
GET    /v1/projects/:project/dataset-versions/:ref/duplicates                   read
GET    /v1/projects/:project/dataset-versions/:ref/duplicates/:split            read
GET    /v1/projects/:project/dataset-checks/:id/findings                        read
GET    /v1/projects/:project/dataset-versions/:ref/checks                       read
POST   /v1/projects/:project/dataset-versions/:ref/checks                       contribute
POST   /v1/projects/:project/dataset-versions/:ref/rule-suggestions             contribute
GET    /v1/projects/:project/dataset-versions/:ref/leakage                      read
GET    /v1/projects/:project/dataset-versions/:ref/leakage/:from/:into          read
GET    /v1/projects/:project/dataset-versions/:ref/splits/:split/profile        read
POST   /v1/projects/:project/dataset-versions/:ref/splits/:split/profile        contribute
GET    /v1/projects/:project/dataset-versions/:ref/splits/:split/proof          read
GET    /v1/projects/:project/dataset-versions/:ref/splits/:split/rows           read
GET    /v1/projects/:project/datasets                                           read
GET    /v1/projects/:project/datasets/:name                                     read
GET    /v1/projects/:project/datasets/:name/versions                            read
POST   /v1/projects/:project/datasets/:name/versions                            contribute
GET    /v1/projects/:project/datasets/:name/versions/:version                   read
GET    /v1/projects/:project/consent                                            read
GET    /v1/projects/:project/deployments                                        read
POST   /v1/projects/:project/ablation-reports                                   contribute
POST   /v1/projects/:project/agreement-reports                                  contribute
POST   /v1/projects/:project/continual-reports                                  read
POST   /v1/projects/:project/drift-reports                                      contribute
GET    /v1/projects/:project/evaluation-imports                                 read
POST   /v1/projects/:project/evaluation-imports                                 contribute
GET    /v1/projects/:project/evaluation-imports/:id                             read
GET    /v1/projects/:project/evaluations                                        read
POST   /v1/projects/:project/evaluations                                        contribute
GET    /v1/projects/:project/evaluations/:id                                    read
GET    /v1/projects/:project/evaluations/:id/charts                             read
GET    /v1/projects/:project/evaluations/:id/evidence                           audit
GET    /v1/projects/:project/experiments                                        read
POST   /v1/projects/:project/experiments                                        contribute
GET    /v1/projects/:project/experiments/:name                                  read
GET    /v1/projects/:project/experiments/:name/runs                             read
POST   /v1/projects/:project/experiments/:name/runs                             contribute
GET    /v1/projects/:project/gate-decisions                                     read
POST   /v1/projects/:project/gate-decisions                                     gate
GET    /v1/projects/:project/gate-decisions/:id                                 read
GET    /v1/projects/:project/gate-decisions/:id/bundle                          read
GET    /v1/projects/:project/gate-decisions/:id/freshness                       read
GET    /v1/projects/:project/jobs                                               read
GET    /v1/projects/:project/jobs/:id                                           read
POST   /v1/projects/:project/jobs/:id/cancel                                    contribute
GET    /v1/projects/:project/keys                                               administer
POST   /v1/projects/:project/keys                                               administer
DELETE /v1/projects/:project/keys/:id                                           administer
GET    /v1/projects/:project/lineage                                            read
GET    /v1/projects/:project/models                                             read
GET    /v1/projects/:project/models/:name                                       read
GET    /v1/projects/:project/models/:name/versions                              read
POST   /v1/projects/:project/models/:name/versions                              contribute
GET    /v1/projects/:project/models/:name/versions/:version                     read
GET    /v1/projects/:project/models/:name/versions/:version/artifact            read
GET    /v1/projects/:project/models/:name/versions/:version/contamination       read
POST   /v1/projects/:project/models/:name/versions/:version/contamination       contribute
GET    /v1/projects/:project/policies                                           read
POST   /v1/projects/:project/policies                                           policy
GET    /v1/projects/:project/policies/:name                                     read
GET    /v1/projects/:project/policies/:name/versions                            read
POST   /v1/projects/:project/policies/validate                                  read
GET    /v1/projects/:project/promotions                                         read
POST   /v1/projects/:project/promotions                                         promote
GET    /v1/projects/:project/promotions/:id                                     read
GET    /v1/projects/:project/runs                                               read
POST   /v1/projects/:project/runs                                               contribute
GET    /v1/projects/:project/runs/:id                                           read
POST   /v1/projects/:project/runs/:id/finish                                    contribute
POST   /v1/projects/:project/runs/:id/inputs                                    contribute
POST   /v1/projects/:project/runs/:id/log                                       contribute
GET    /v1/projects/:project/runs/:id/metrics/:key                              read
OPTIONS /v1/projects/:project/resumable-uploads                                 contribute
POST   /v1/projects/:project/resumable-uploads                                  contribute
GET    /v1/projects/:project/resumable-uploads/:id                              contribute
PATCH  /v1/projects/:project/resumable-uploads/:id                              contribute
DELETE /v1/projects/:project/resumable-uploads/:id                              contribute
GET    /v1/projects/:project/sampling-plans                                     read
POST   /v1/projects/:project/sampling-plans                                     contribute
GET    /v1/projects/:project/sampling-plans/:name                               read
POST   /v1/projects/:project/sampling-plans/:name/rows                          contribute
GET    /v1/projects/:project/sampling-plans/:name/samples                       read
POST   /v1/projects/:project/sampling-plans/:name/samples                       contribute
GET    /v1/projects/:project/sources                                            read
POST   /v1/projects/:project/sources                                            policy
GET    /v1/projects/:project/sources/:ref                                       read
GET    /v1/projects/:project/sources/:name/revisions                            read
POST   /v1/projects/:project/subjects/find                                      read
POST   /v1/projects/:project/subjects/erase                                     policy
POST   /v1/projects/:project/subjects/withdraw                                  policy
POST   /v1/projects/:project/uploads                                            contribute
PUT    /v1/projects/:project/uploads                                            contribute
GET    /v1/projects/:project/uploads/:id                                        read
`;

/** Routes of the framework that openapi.json does not describe: GraphQL describes itself, the rest is the description. */
export const UNDESCRIBED = /^\/(docs($|\/)|openapi\.|graphql$)/;

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '');

const [head = '', ...matrix] = lines(PERMISSION_MATRIX);

export const PERMISSION_NAMES = head.trim().split(/\s+/);

/** By role, its permissions: an x stands under the word whose column it is in. */
export const MATRIX: Record<string, string[]> = Object.fromEntries(
  matrix.map((line) => {
    const crosses = [...line.matchAll(/\bx\b/g)].map(({ index }) => index);
    const held = crosses.map((at) => {
      const name = PERMISSION_NAMES.find(
        (each) => at >= head.indexOf(each) - 1 && at <= head.indexOf(each) + each.length,
      );
      if (name === undefined) throw new Error(`an x stands under no permission: ${line}`);
      return name;
    });
    return [line.split(/\s+/)[0]!, held];
  }),
);

export const ROLES_OF_TABLE = Object.keys(MATRIX);

/** By `METHOD path`, the permission it needs, or `key`, or `public`. */
export const ROUTES: ReadonlyMap<string, string> = new Map(
  lines(ROUTE_ROWS).map((line) => {
    const [method, path, needs] = line.split(/\s+/);
    return [`${method} ${path}`, needs!];
  }),
);

/** The row of a route: its own, or for HEAD that of its GET. Undefined: it stands in no row. */
export const rowOf = (method: string, path: string): string | undefined =>
  ROUTES.get(`${method === 'HEAD' ? 'GET' : method} ${path}`);
