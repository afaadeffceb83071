// `npm test`: make ready, then the checks and all suites, or those that are named; `--long` at full length, which takes an hour
// and more for `faults`. Prints `N passed, N failed` over all of them, last.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ready } from './ready.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SUITES = ['check', 'unit', 'integration', 'e2e', 'redis', 'faults'];
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isLong = process.argv.includes('--long');
const unknown = named.filter((name) => !SUITES.includes(name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')}; there are ${SUITES.join(', ')}`);
  process.exit(2);
}
await ready();

const scratch = mkdtempSync(join(tmpdir(), 'assay-test-results-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const started = Date.now();

// All tests are one run, so that nothing waits for the last file of another suite. The checks use both cores by themselves.
const asked = named.length > 0 ? SUITES.filter((suite) => named.includes(suite)) : SUITES;
const folders = ['integration', 'e2e', 'faults'].filter((suite) => asked.includes(suite));
const tests = asked.filter((suite) => suite !== 'check');
if (asked.includes('check'))
  await count('check', ['scripts/check.mjs'], (output) => /(\d+) passed, (\d+) failed\s*$/.exec(output));
if (tests.length === SUITES.length - 1) await vitest(tests.join(', '), []);
else {
  const paths = folders.map((suite) => `test/${suite}/`);
  if (asked.includes('unit')) await vitest('unit', ['--project', 'unit']);
  if (folders.length > 0) await vitest(folders.join(', '), ['--project', 'served', ...paths]);
  if (asked.includes('redis')) await vitest('redis', ['--project', 'redis']);
}

rmSync(scratch, { recursive: true, force: true });
console.log(`\nAll suites took ${Math.round((Date.now() - started) / 1000)} s.`);
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

async function count(name, args, parse) {
  const { code, output } = await node(name, args);
  const [, passed = '0', failed = '1'] = parse(output) ?? [];
  total.passed += Number(passed);
  total.failed += code === 0 ? Number(failed) : Math.max(1, Number(failed));
}

async function vitest(name, which) {
  const report = join(scratch, `${name.replaceAll(', ', '-')}.json`);
  const vitestBin = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [
    vitestBin,
    'run',
    ...which,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const { code } = await node(name, args);
  const result = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { numPassedTests: 0, numFailedTests: 1 };
  total.passed += result.numPassedTests;
  total.skipped += result.numPendingTests ?? 0;
  // A file that does not load counts no test, yet failed.
  const failed = Math.max(
    result.numFailedTests,
    result.numFailedTestSuites > 0 && result.numFailedTests === 0 ? 1 : 0,
  );
  total.failed += code === 0 ? failed : Math.max(1, failed);
}

// Tests are about the code, not about the database or the server of whose shell they run in.
function environment() {
  const foreign = /^(ASSAY_.*|DATABASE_URL|DATABASE_APP_URL|REDIS_URL|NODE_ENV)$/;
  const own = Object.entries(process.env).filter(([variable]) => !foreign.test(variable));
  return { ...Object.fromEntries(own), ...(isLong ? { TEST_EXTENT: 'long' } : {}) };
}

function node(name, args) {
  console.log(`\n== ${name}`);
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}
