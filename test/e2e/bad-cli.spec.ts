import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './cli-support.js';

const GOOD = 'id,x,y\n1,2,0\n2,3,1\n';

describe('assay, given a path where a file should be', () => {
  const world = new CliWorld();
  beforeAll(async () => {
    await world.start();
    mkdirSync(world.path('folder'));
    execFileSync('mkfifo', [world.path('pipe')]);
    writeFileSync(world.path('good.csv'), GOOD);
    writeFileSync(world.path('empty.csv'), '');
  });
  afterAll(() => world.stop());

  const COMMANDS: [name: string, args: (path: string) => string[]][] = [
    ['dataset push', (path) => ['dataset', 'push', 'bad', '--split', `train=${path}`]],
    ['model register', (path) => ['model', 'register', 'bad', '--artifact', path]],
    ['evaluate', (path) => ['evaluate', 'bad@1', '--dataset', 'bad@1', '--predictions', `holdout=${path}`]],
    [
      'evaluate --protocol',
      (path) => [
        'evaluate',
        'bad@1',
        '--dataset',
        'bad@1',
        '--predictions',
        `holdout=${world.path('good.csv')}`,
        '--protocol',
        path,
      ],
    ],
    ['policy push', (path) => ['policy', 'push', path]],
    ['policy test', (path) => ['policy', 'test', path]],
    ['verify', (path) => ['verify', path]],
    ['verify --public-key', (path) => ['verify', world.path('good.csv'), '--public-key', path]],
    ['audit verify', (path) => ['audit', 'verify', path]],
  ];
  const PATHS: [what: string, name: string, message: RegExp][] = [
    ['a folder', 'folder', /folder is a folder; expected a file/],
    ['a pipe that nobody writes to', 'pipe', /pipe is a pipe; expected a file/],
    ['a device', '/dev/null', /\/dev\/null is a device; expected a file/],
    ['nothing', 'no-such-file', /There is no file .*no-such-file/],
    ['a file as a folder', 'good.csv/x', /good\.csv\/x cannot be read \(ENOTDIR\)/],
    ['a null character', 'a\0b', /a\0b cannot be read/],
  ];

  it.each(
    COMMANDS.flatMap(([command, args]) =>
      PATHS.map(([what, name, message]) => [command, what, args, name, message] as const),
    ),
  )('%s with %s: exit code 2, the path named, no trace', async (command, what, args, name, message) => {
    // An export that is not there is fetched: that is what the command is for.
    if (
      command === 'audit verify' &&
      !['a folder', 'a pipe that nobody writes to', 'a device'].includes(what)
    )
      return;
    const path = name.startsWith('/') ? name : world.path(name);
    const result = await world.assay(args(path));
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at .*[:(]\d+/);
  });

  it('an empty file is refused by the server, in its words', async () => {
    const result = await world.assay([
      'dataset',
      'push',
      'bad',
      '--split',
      `train=${world.path('empty.csv')}`,
    ]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/UPLOAD_EMPTY/);
  });

  it('names that lead upwards stay names: they are refused, not followed', async () => {
    const result = await world.assay([
      'dataset',
      'push',
      '../../etc',
      '--split',
      `train=${world.path('good.csv')}`,
    ]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/dataset "\.\.\/\.\.\/etc" is not a name/);
  });

  it('what the shell pipes is read', async () => {
    const file = openSync(world.path('good.csv'), 'r');
    const result = await world.assay(['policy', 'test', `/dev/fd/${file}`]);
    closeSync(file);
    // It was read and sent: what is wrong with it is what the server found.
    expect(result.stderr).toMatch(/POLICY_INVALID/);
  });
});
