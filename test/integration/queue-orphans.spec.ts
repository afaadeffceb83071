import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive } from './queue-processes/open-queue.js';

const PARENT = fileURLToPath(new URL('./queue-processes/deaf-parent.mjs', import.meta.url));

describe('the process of a job whose worker was killed', () => {
  let parent: ChildProcess;
  let child: number;
  afterEach(() => {
    if (isAlive(child)) process.kill(child, 'SIGKILL');
  });

  // Found by killing: it was refused what it sent, told nobody of that, was refused again, and so for ever, on a whole core.
  it('ends, also when it speaks before it has heard of that', async () => {
    parent = fork(PARENT, { stdio: 'ignore' });
    [{ child }] = (await once(parent, 'message')) as [{ child: number }];
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(isAlive(child)).toBe(true);
    for (let tries = 0; tries < 300 && isAlive(child); tries++) await sleep(50);
    expect(isAlive(child)).toBe(false);
  });
});
