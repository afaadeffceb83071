// Makes a clone ready to run: Node new enough, packages installed, code built. Does nothing where nothing is to do.
// Plain Node, no packages: it runs before there are any.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const NEEDED = [20, 19];
const SOURCES = ['src', 'cli', 'migrations', 'nest-cli.json', '.swcrc', 'tsconfig.json', 'package-lock.json'];

export async function ready() {
  checkNode();
  if (isInstalled() && isBuilt()) return;
  await exclusively(() => {
    if (!isInstalled()) install();
    if (!isBuilt()) build();
  });
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
  return digest(readFileSync(join(root, 'package-lock.json')) + readFileSync(join(root, 'package.json'), 'utf8'));
}

function isInstalled() {
  return stamped('installed') === lockDigest();
}

function install() {
  say('Installing packages (once; about half a minute) ...');
  // Not `npm ci`: the lock file lists the optional packages of one platform, and `ci` refuses that on others.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev']);
  writeFileSync(stamp('installed'), lockDigest());
}

function isBuilt() {
  return existsSync(join(root, 'dist/src/main.js')) && stamped('built') === sourceDigest();
}

function build() {
  say('Building ...');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const digestBefore = sourceDigest();
  run('npm', ['run', '--silent', 'build']);
  writeFileSync(stamp('built'), digestBefore);
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

/** Two commands started at once must not install or build over each other. */
async function exclusively(work) {
  const lock = join(root, '.ready-lock');
  for (let told = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (abandoned(lock)) {
        rmSync(lock, { recursive: true, force: true });
        continue;
      }
      if (!told) say('Waiting for another command that installs or builds ...');
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    work();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

function abandoned(lock) {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    if (error.code === 'ESRCH') return true;
    // No pid yet: its owner is between two lines, or died there.
    return error.code === 'ENOENT' && existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 5000;
  }
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}.`);
  process.exit(2);
}

/** On standard error: standard output belongs to whoever called. */
function say(text) {
  console.error(text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await ready();
