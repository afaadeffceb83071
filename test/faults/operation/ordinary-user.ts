import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../src/platform/config/index.js';
import { packagedPrograms, restoreSymlinks } from '../../../src/platform/database/embedded/programs.js';
import type { ProgramOptions } from '../../support/served-home.js';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Whom no folder mode stops is of no use to a test of folder modes: root hands over to `nobody`. Others stay who they are. */
export const ordinaryUser: Pick<ProgramOptions, 'uid' | 'gid'> = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** Give a path to the ordinary user. */
export function giveAway(path: string): void {
  if (isRoot) chownSync(path, NOBODY, NOBODY);
}

/** Why the ordinary user cannot run this clone; undefined where it can. */
export function cannotServe(): string | undefined {
  const { root } = packagedPrograms();
  // It may not make them itself in a clone that belongs to root.
  restoreSymlinks(root);
  const read = spawnSync('test', ['-x', join(root, 'bin', 'postgres')], ordinaryUser);
  const built = spawnSync('test', ['-r', join(projectRoot(), 'dist', 'main.js')], ordinaryUser);
  return read.status === 0 && built.status === 0
    ? undefined
    : `user ${ordinaryUser.uid} may not enter ${projectRoot()}`;
}
