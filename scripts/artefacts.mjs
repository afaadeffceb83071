// Generated and committed: openapi/openapi.json, openapi/schema.graphql, migrations/schema.sql. Written from the running
// service on an empty database; with --check only compared, and the first difference named.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from './ready.mjs';

const check = process.argv.includes('--check');
await ready();
await import('reflect-metadata');
const { generateArtefacts } = await import('../dist/src/artefacts.js');

const home = mkdtempSync(join(tmpdir(), 'assay-artefacts-'));
let stale;
try {
  stale = await generateArtefacts(home, check);
} finally {
  rmSync(home, { recursive: true, force: true });
}
for (const path of stale)
  console.log(
    check ? `${path} is not what the code generates: run npm run artefacts and commit it` : `wrote ${path}`,
  );
process.exit(check && stale.length > 0 ? 1 : 0);
