import { fork } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { Child } from 'bullmq';
import { expect, it } from 'vitest';
import './patient-children.js';

it('what is sent to a process that has ended is an exit, and no rejection that nobody hears', async () => {
  const ended = fork(devNull);
  await once(ended, 'exit');
  const child = new Child(devNull, devNull);
  Reflect.set(child, 'childProcess', ended);
  const heard = once(child, 'exit');
  await expect(child.send({ cmd: 'start' })).resolves.toBeUndefined();
  expect(await heard).toHaveLength(2);
});
