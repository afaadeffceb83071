/** The path of the data, left to right: a module imports only what stands left of it. */
const PATH = ['lineage', 'datasets', 'experiments', 'registry', 'evaluation', 'gates', 'deployments'];

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
        'Another module is entered through its index.ts, and for its GraphQL classes through its api/*.model.ts.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: {
        path: '^src/modules/',
        pathNot: [
          '^src/modules/$1/',
          '^src/modules/[^/]+/index\\.ts$',
          '^src/modules/[^/]+/api/[^/]+\\.model\\.ts$',
        ],
      },
    },
    {
      name: 'model-classes-in-api-only',
      comment: 'Only the api of a module may know the model classes of another.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/', pathNot: '^src/modules/[^/]+/api/' },
      to: { path: '^src/modules/[^/]+/api/', pathNot: '^src/modules/$1/' },
    },
    {
      name: 'api-on-top',
      comment: 'api -> service -> pure files: only a module file, an index or api itself may import api.',
      severity: 'error',
      from: {
        path: '^src/modules/([^/]+)/',
        pathNot: ['^src/modules/[^/]+/api/', '\\.module\\.ts$', '/index\\.ts$'],
      },
      to: { path: '^src/modules/$1/api/', pathNot: '\\.request\\.ts$' },
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
    exclude: { path: '^(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
