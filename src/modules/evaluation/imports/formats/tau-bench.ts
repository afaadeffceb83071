import { count, fieldsOf, itemName, unitScore } from '../fields.js';
import { kind, listed, members, number, whole } from '../json/json-shape.js';
import { readJson } from '../read-json.js';
import type { ResultReader } from '../result-reader.js';
import { ResultsBuilder } from '../results-builder.js';

const RUN = members({
  task_id: whole,
  trial: whole,
  reward: whole,
  info: members({ error: kind, user_cost: number }),
});

/**
 * tau-bench: an array of runs `{task_id, trial, reward, info, traj}`. A run that broke off has reward 0 there, and here. Model and
 * domain stand in the name of the file only. Source: sierra-research/tau-bench `tau_bench/run.py`, `types.py` (EnvRunResult).
 */
export const readTauBench: ResultReader = async (source, limits) => {
  const builder = new ResultsBuilder('tau-bench', limits);
  const shape = listed(RUN, (value, { text }) => {
    const run = fieldsOf(value);
    builder.add(
      {
        task: null,
        taskId: itemName(run, 'task_id', text),
        trial: count(run, 'trial', text, 0),
        scores: { reward: unitScore(run.reward, 'reward', text) },
        ...(fieldsOf(run.info).error ? { outcome: 'error' as const } : {}),
      },
      text,
    );
  });
  await readJson(source, { place: 'the file', limits, documents: 'one', shape, take: () => undefined });
  return builder.finish({ formatVersion: null, model: null, status: 'completed' });
};
