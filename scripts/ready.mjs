// Makes a clone ready to run: Node new enough, packages installed, code built. Does nothing where nothing is to do.
// Plain Node, no packages: it runs before there are any.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const NEEDED = [20, 19];
const SOURCES = [
  'src',
  'cli',
  'migrations',
  'nest-cli.json',
  '.swcrc',
  'tsconfig.json',
  'package-lock.json',
  'scripts/bundle.mjs',
];

/** Exits with a sentence where it cannot be made ready. */
export async function ready() {
  checkNode();
  if (isInstalled() && isBuilt()) return;
  await makeReady().catch((error) => {
    say(error.message);
    process.exit(2);
  });
}

async function makeReady() {
  // Two commands started at once must not install or build over each other.
  await withLock(
    join(root, '.ready-lock', 'lock'),
    async () => {
      if (!isInstalled()) install();
      if (!isBuilt()) await build();
    },
    (pid) => say(`Waiting for process ${pid}, which installs or builds ...`),
  );
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  console.error(`Assay needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(2);
}

const stamp = (name) => join(root, 'node_modules', `.assay-${name}`);
const digest = (text) => createHash('sha256').update(text).digest('hex');
const stamped = (name) => (existsSync(stamp(name)) ? readFileSync(stamp(name), 'utf8') : '');

function lockDigest() {
  return digest(
    readFileSync(join(root, 'package-lock.json')) + readFileSync(join(root, 'package.json'), 'utf8'),
  );
}

function isInstalled() {
  return stamped('installed') === lockDigest();
}

function install() {
  say('Installing packages (once; about half a minute) ...');
  // Not `npm ci`: the lock file lists the optional packages of one platform, and `ci` refuses that on others. Nor is it to be
  // rewritten with what some npm would add to it: a clone stays as it was cloned.
  run('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
    '--include=dev',
  ]);
  writeFileSync(stamp('installed'), lockDigest());
}

function isBuilt() {
  return existsSync(join(root, 'dist/main.js')) && stamped('built') === sourceDigest();
}

/** In a folder beside `dist` that then takes its place: nobody ever loads half a build, nor one from under a server that runs. */
async function build() {
  say('Building ...');
  // What a build that was killed left.
  for (const name of readdirSync(root)) {
    if (/^dist\.(new|old)-/.test(name)) rmSync(join(root, name), { recursive: true, force: true });
  }
  const digestBefore = sourceDigest();
  const fresh = `dist.new-${process.pid}`;
  const old = join(root, `dist.old-${process.pid}`);
  // Nest takes its configuration by a path relative to where it runs.
  const config = '.ready-lock/nest-cli.json';
  const settings = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8'));
  settings.compilerOptions.builder.options.outDir = fresh;
  writeFileSync(join(root, config), JSON.stringify(settings));
  try {
    run(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build', '--silent', '--config', config]);
    await (await import('./bundle.mjs')).bundle(join(root, fresh));
    if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old);
    renameSync(join(root, fresh), join(root, 'dist'));
    writeFileSync(stamp('built'), digestBefore);
  } finally {
    for (const path of [join(root, config), join(root, fresh), old])
      rmSync(path, { recursive: true, force: true });
  }
}

/** By size and content of each source: a clone's times say nothing. */
function sourceDigest() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) visit(join(path, name));
    } else if (!/\.spec\.ts$/.test(path)) {
      hash.update(path).update('\0').update(readFileSync(full)).update('\0');
    }
  };
  SOURCES.forEach(visit);
  return hash.digest('hex');
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // ONNX Runtime brings what it needs for the CPU; what it would download is for CUDA.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}.`);
}

/** On standard error: standard output belongs to whoever called. */
function say(text) {
  console.error(text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await ready();
