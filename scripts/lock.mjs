import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Run `work` while no other process of this machine runs work under the same lock file. A dead holder's lock is taken over. */
export async function withLock(path, work, onWait = () => undefined) {
  await mkdir(dirname(path), { recursive: true });
  const self = await identify(process.pid);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, self);
  try {
    for (let waited = false; !(await take(draft, path)); waited = true) {
      const holder = await readFile(path, 'utf8').catch(() => '');
      if (holder !== '' && holder !== (await identify(Number.parseInt(holder, 10))))
        await evict(path, holder);
      else {
        if (!waited) onWait(Number.parseInt(holder, 10));
        await sleep(200);
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(draft, path) {
  try {
    // A link appears with its content or not at all.
    await link(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Of two that find a dead holder's lock, one moves it away; who moved a live one instead puts it back. */
async function evict(path, holder) {
  const aside = `${path}.dead.${process.pid}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => holder);
  if (moved !== holder) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** A process by its number and, where the system tells, its start: numbers come round again. Empty when it is gone. */
async function identify(pid) {
  if (!Number.isInteger(pid) || pid < 1) return '';
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return '';
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${started}`;
}
