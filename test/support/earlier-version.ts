import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../cli/settings.js';

/** An earlier commit of this repository, built into a folder of its own on the packages of this one. */
export class EarlierVersion {
  private constructor(readonly root: string) {}

  /** Null where that cannot be, which is said on stderr: no history, or other packages than those that are installed. */
  static build(commit: string): EarlierVersion | null {
    const here = packageRoot();
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: here, stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
    try {
      git('cat-file', '-e', `${commit}^{commit}`);
    } catch {
      return skipped(commit, 'the history here does not have it (a shallow clone?)');
    }
    const lacking = lackingPackage(git('show', `${commit}:package-lock.json`).toString(), here);
    if (lacking) return skipped(commit, `it needs ${lacking}`);
    const root = mkdtempSync(join(tmpdir(), 'assay-earlier-'));
    execFileSync('tar', ['-x', '-C', root], { input: git('archive', commit) });
    symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
    const nest = join(here, 'node_modules/@nestjs/cli/bin/nest.js');
    const built = spawnSync(process.execPath, [nest, 'build', '--silent'], { cwd: root, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`${commit} does not build: ${built.stdout}${built.stderr}`);
    return new EarlierVersion(root);
  }

  /** Its command line, as a shell would call it. */
  assay(args: string[], cwd: string): { code: number | null; output: string } {
    const program = `import(${JSON.stringify(join(this.root, 'dist/cli/main.js'))}).then((cli) => cli.main())`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', program, 'assay', ...args],
      {
        cwd,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: process.env.HOME },
      },
    );
    return { code: status, output: stdout + stderr };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

interface Lock {
  packages: Record<string, { version: string; optional?: boolean; dev?: boolean; link?: boolean }>;
}

/**
 * What a lock file asks for that does not stand at its place in `root` in that version; null where all does. Packages beside them do
 * no harm. Optional ones may be absent, as they are for other machines, and those for work on that version: without one that builds it, the
 * build fails.
 */
export function lackingPackage(lockText: string, root: string): string | null {
  const { packages } = JSON.parse(lockText) as Lock;
  for (const [place, { version, optional, dev }] of Object.entries(packages)) {
    if (place === '') continue;
    const description = join(root, place, 'package.json');
    if (!existsSync(description)) {
      if (optional || dev) continue;
      return `${place} ${version}, which is not installed`;
    }
    const found = (JSON.parse(readFileSync(description, 'utf8')) as { version: string }).version;
    if (found !== version) return `${place} ${version}, and ${found} is installed`;
  }
  return null;
}

function skipped(commit: string, why: string): null {
  process.stderr.write(`SKIPPED: a home made by ${commit}: ${why}\n`);
  return null;
}
