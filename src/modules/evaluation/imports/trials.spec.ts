import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourceOfBytes, sourceOfFile } from './import-source.js';
import { readResults } from './read-results.js';
import { levelOf, trialsOf } from './trials.js';

const read = (document: unknown) => readResults(sourceOfBytes(Buffer.from(JSON.stringify(document))));

const inspect = (...samples: [string, number, unknown][]) =>
  read({
    version: 2,
    status: 'success',
    eval: { task: 't' },
    samples: samples.map(([id, epoch, value]) => ({ id, epoch, scores: { m: { value } } })),
  });

describe('trialsOf', () => {
  it('gives truth values where all scores are 0 or 1, by item and trial', async () => {
    const results = await inspect(['b', 1, 'I'], ['a', 2, 'C'], ['a', 1, true]);
    expect(levelOf(results)).toBe('recomputed');
    expect(trialsOf(results)).toEqual([
      {
        task: 't',
        metric: 'm',
        trials: [
          { taskId: 'a', trial: 1, success: true },
          { taskId: 'a', trial: 2, success: true },
          { taskId: 'b', trial: 1, success: false },
        ],
        unscored: 0,
      },
    ]);
  });

  it('gives scores where one is between, and counts what has none', async () => {
    const [of] = trialsOf(await inspect(['a', 1, 'P'], ['a', 2, 'C'], ['b', 1, null]));
    expect(of).toEqual({
      task: 't',
      metric: 'm',
      trials: [
        { taskId: 'a', trial: 1, success: 0.5 },
        { taskId: 'a', trial: 2, success: 1 },
      ],
      unscored: 1,
    });
  });

  it('makes no rate of marks out of ten, of unscored samples, or of totals', async () => {
    for (const results of [
      await inspect(['a', 1, 7], ['b', 1, 1]),
      await inspect(['a', 1, null]),
      await read({ results: { arc: { acc: 0.5, acc_stderr: 0.1 } }, versions: { arc: 0 } }),
    ]) {
      expect(levelOf(results)).toBe('reported');
      expect(trialsOf(results)).toEqual([]);
    }
  });
});

const FORMATS = fileURLToPath(new URL('../../../../../shared/data/llm-formats', import.meta.url));
const present = existsSync(FORMATS);
if (!present) console.error(`SKIPPED: files of the tools themselves need ${FORMATS}`);

describe.skipIf(!present)('files as Inspect and lm-evaluation-harness wrote them', () => {
  it.each(present ? readdirSync(FORMATS).filter((name) => name.endsWith('.json')) : [])(
    '%s',
    async (name) => {
      const results = await readResults(await sourceOfFile(join(FORMATS, name)));
      expect(results.tasks).toHaveLength(1);
      if (results.format === 'lm-eval') {
        expect(levelOf(results)).toBe('reported');
        expect(results.totals[0]!.value).toBeGreaterThan(0.24);
        return;
      }
      // What Inspect computed is what comes out of its samples.
      const [of] = trialsOf(results);
      const mean = of!.trials.reduce((sum, { success }) => sum + Number(success), 0) / of!.trials.length;
      const accuracy = results.totals.find(({ metric }) => metric === 'model_graded_fact accuracy')!;
      expect([mean, of!.trials.length]).toEqual([accuracy.value, accuracy.n]);
    },
  );
});
