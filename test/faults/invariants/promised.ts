import { counted, present, type Invariant } from './invariant.js';
import type { Ledger } from '../crash/ledger.js';

const jobsOf = (ledger: Ledger, kind: string) => [...ledger.jobs.values()].filter((job) => job.kind === kind);

/** The distinct things that jobs of a kind told their clients they had made. */
const made = (ledger: Ledger, kind: string, field: string) =>
  new Set(jobsOf(ledger, kind).map(({ result }) => String(result?.[field])));

const jobsOnce = (kind: string): Invariant =>
  counted(
    `each accepted ${kind} is one job`,
    `SELECT count(*) FROM job WHERE kind = '${kind}'`,
    (ledger) => ({ least: jobsOf(ledger, kind).length }),
  );

/** What was answered with 2xx is there, and once. */
export const PROMISED: Invariant[] = [
  present('every accepted upload is there', ({ uploads }) => uploads.keys(), 'SELECT id FROM upload'),
  counted('no upload is there that nobody sent', 'SELECT count(*) FROM upload', ({ uploads, maybe }) => ({
    least: uploads.size,
    most: uploads.size + maybe.uploads,
  })),
  present(
    'every accepted model version is there',
    ({ modelVersions }) => modelVersions.keys(),
    'SELECT id FROM model_version',
  ),
  counted('no registration took effect twice', 'SELECT count(*) FROM model_version', ({ modelVersions }) => ({
    least: modelVersions.size,
  })),
  present(
    'every accepted job is there, and has succeeded',
    ({ jobs }) => jobs.keys(),
    `SELECT id FROM job WHERE state = 'succeeded' AND result IS NOT NULL`,
  ),
  ...['dataset.ingest', 'evaluation.compute', 'evaluation.compare'].map(jobsOnce),
  {
    name: 'a job has the result that its client was told',
    broken: async ({ rows, ledger }) => {
      const stored = await rows<{ id: string; result: object }>('SELECT id, result FROM job');
      const byId = new Map(stored.map(({ id, result }) => [id, result]));
      return [...ledger.jobs.values()]
        .filter(({ id, result }) => sorted(byId.get(id)) !== sorted(result))
        .map(({ id }) => `job ${id} has another result`);
    },
  },
  counted('each dataset version was made by one push', 'SELECT count(*) FROM dataset_version', (ledger) => ({
    least: made(ledger, 'dataset.ingest', 'datasetVersionId').size,
  })),
  present(
    'every pushed dataset version is there',
    (ledger) => made(ledger, 'dataset.ingest', 'datasetVersionId'),
    'SELECT id FROM dataset_version',
  ),
  counted('each evaluation was made by one request', 'SELECT count(*) FROM evaluation', (ledger) => ({
    least: made(ledger, 'evaluation.compute', 'evaluationId').size,
  })),
  present(
    'every computed evaluation is there',
    (ledger) => made(ledger, 'evaluation.compute', 'evaluationId'),
    'SELECT id FROM evaluation',
  ),
  present(
    'every decision that was answered is there',
    ({ decisions }) => decisions.keys(),
    'SELECT id FROM gate_decision',
  ),
  counted('no check decided twice', 'SELECT count(*) FROM gate_decision', ({ decisions }) => ({
    least: decisions.size,
  })),
  present(
    'every accepted promotion is there',
    ({ promotions }) => promotions.keys(),
    'SELECT id FROM promotion',
  ),
  counted('no promotion took effect twice', 'SELECT count(*) FROM promotion', ({ promotions }) => ({
    least: promotions.size,
  })),
  present('every accepted policy is there', ({ policies }) => policies.keys(), 'SELECT id FROM gate_policy'),
  counted('no policy was pushed twice', 'SELECT count(*) FROM gate_policy', ({ policies }) => ({
    least: policies.size,
  })),
  present(
    'every accepted run is there, with what it logged, and has ended',
    ({ runs }) => [...runs].filter(([, { ended }]) => ended).map(([id]) => id),
    `SELECT id FROM run r WHERE status = 'finished' AND (SELECT count(*) FROM run_param p WHERE p.run_id = r.id) = 1
       AND (SELECT count(*) FROM run_metric m WHERE m.run_id = r.id) = 1
       AND (SELECT count(*) FROM run_input i WHERE i.run_id = r.id) = 1`,
  ),
  counted('no run was started twice', 'SELECT count(*) FROM run', ({ runs }) => ({ least: runs.size })),
  present('every accepted key is there', ({ keys }) => keys.keys(), 'SELECT id FROM api_key'),
  present(
    'every key whose revocation was answered is revoked',
    ({ keys }) => [...keys].filter(([, { revoked }]) => revoked).map(([id]) => id),
    'SELECT id FROM api_key WHERE revoked_at IS NOT NULL',
  ),
  counted(
    'no key is there that nobody asked for',
    `SELECT count(*) FROM api_key WHERE name LIKE 'crash-%'`,
    ({ keys, maybe }) => ({ least: keys.size, most: keys.size + maybe.keys }),
  ),
  {
    name: 'each answer to an Idempotency-Key is kept, once, as it was given',
    broken: async ({ rows, ledger }) => {
      const stored = await rows<{ key: string; route: string; status: number; response: unknown }>(
        `SELECT split_part(key, ' ', 2) AS key, route, status, response FROM idempotency`,
      );
      const byKey = new Map(stored.map((row) => [row.key, row]));
      const problems = ledger.kept
        .filter(({ key, route, status, body }) => {
          const row = byKey.get(key);
          return (
            row?.route !== route || row.status !== status || sorted(plain(row.response)) !== sorted(body)
          );
        })
        .map(
          ({ key, route }) =>
            `${route} under ${key}: ${JSON.stringify(byKey.get(key) ?? null).slice(0, 300)}`,
        );
      if (stored.length !== byKey.size) problems.push('a key is kept twice');
      return problems;
    },
  },
];

/** JSON with its members by name: the database keeps them in an order of its own. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** Dates are kept as `{"$date": ...}` and answered as text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('$date' in value) return value.$date;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
