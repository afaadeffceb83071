// A sequencer in a process of its own, compiled. Each message asks for one pass and is answered with what it integrated.
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { AuditSequencer } from '../../../dist/src/platform/audit/index.js';
import { Secrets } from '../../../dist/src/platform/config/index.js';

const [, , url, home] = process.argv;
const source = new DataSource({ type: 'postgres', url, poolSize: 2 });
await source.initialize();
const sequencer = new AuditSequencer(source, await Secrets.open(home));

let last;
process.on('message', async (pass) => {
  const work = sequencer.integrate();
  // One that is under way is joined: it counts once.
  const joined = work === last;
  last = work;
  const answer = await work.then(
    (integrated) => ({ pass, integrated: joined ? 0 : integrated }),
    (error) => ({ pass, error: String(error) }),
  );
  process.send(answer);
});
// The test that asked is gone.
process.on('disconnect', () => process.exit(0));
process.send('ready');
