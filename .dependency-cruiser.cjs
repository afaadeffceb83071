/** The path of the data, left to right: a module imports only what stands left of it. */
const PATH = [
  'lineage',
  'sources',
  'datasets',
  'experiments',
  'registry',
  'evaluation',
  'gates',
  'deployments',
  'subjects',
];

const oneWay = PATH.map((name, position) => ({
  name: `path-${name}`,
  comment: `${name} may import only the modules left of it: ${PATH.slice(0, position).join(', ') || 'none'}.`,
  severity: 'error',
  from: { path: `^src/modules/${name}/` },
  to: { path: '^src/modules/', pathNot: `^src/modules/(${PATH.slice(0, position + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...oneWay,
    {
      name: 'one-door',
      comment:
        'Another module is entered through its index.ts, and for the classes and decorators of its API through api/*.model.ts, *.request.ts, *.decorator.ts.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: {
        path: '^src/modules/',
        pathNot: [
          '^src/modules/$1/',
          '^src/modules/[^/]+/index\\.ts$',
          '^src/modules/[^/]+/api/[^/]+\\.(model|decorator|request)\\.ts$',
        ],
      },
    },
    {
      name: 'api-on-top',
      comment: 'api -> service -> pure files: only api itself and the list of API modules import api.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['/api/', '^src/api\\.modules\\.ts$'] },
      to: { path: '^src/(modules|platform)/[^/]+/api/' },
    },
    {
      name: 'jobs-load-no-api',
      comment:
        'A job process and a worker serve nothing: they must not load what serves. Pages come from platform/http/page.ts.',
      severity: 'error',
      from: { path: '^src/(job-process|work)\\.ts$' },
      to: {
        path: [
          '^src/(modules|platform)/[^/]+/api/',
          '^src/(api\\.modules|http-server|openapi)\\.ts$',
          `(^|/)node_modules/(@nestjs/(graphql|mercurius|swagger|platform-fastify)|mercurius|graphql|class-validator|class-transformer|@fastify/[^/]+)/`,
        ],
        reachable: true,
      },
    },
    {
      name: 'jobs-take-fastify-for-types',
      comment: 'What a job process shares with a server may name the types of Fastify, not load it.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['/api/', '^src/platform/http/', '^src/http-server\\.ts$'] },
      to: { path: '(^|/)node_modules/fastify/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-domain',
      comment: 'The domain imports itself and node:crypto, nothing else.',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^src/domain/', '^(node:)?crypto$'] },
    },
    {
      name: 'platform-knows-no-module',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/modules/' },
    },
    {
      name: 'clients-know-no-source',
      comment: 'cli and web are clients of the API alone.',
      severity: 'error',
      from: { path: '^(cli|web)/' },
      to: { path: '^(src|migrations)/' },
    },
    {
      name: 'source-knows-no-client',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { path: '^(cli|web|test|bench)/' },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(src|migrations|cli)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
