import type { ServedHome } from '../support/earlier-home.js';

const POLICY = {
  apiVersion: 'assay/v1',
  kind: 'GatePolicy',
  metadata: { name: 'live', stage: 'production' },
  spec: { rules: [{ id: 'accurate', metric: 'accuracy', split: 'holdout', atLeast: 0.8 }] },
};

export const label = (key: number) => (key % 3 === 0 ? 'yes' : 'no');
const keys = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

export function people(from: number, count: number): string {
  return ['id,x,y', ...keys(from, count).map((key) => `${key},${key * 0.5},${label(key)}`), ''].join('\n');
}

/** Right, but for one in `wrong`. */
export function predictions(from: number, count: number, wrong: number): string {
  const guess = (key: number) => (key % wrong === 0 ? (label(key) === 'yes' ? 'no' : 'yes') : label(key));
  return ['id,prediction', ...keys(from, count).map((key) => `${key},${guess(key)}`), ''].join('\n');
}

export async function requestPush(home: ServedHome, name: string, rows: number): Promise<string> {
  const splits = await Promise.all(
    ['train', 'holdout'].map(async (role, i) => ({
      name: role,
      role,
      uploadId: await home.upload(people(1 + i * 1_000_000, rows)),
    })),
  );
  const { job } = await home.post<{ job: { id: string } }>(`/datasets/${name}/versions`, {
    splits,
    key: 'id',
    label: 'y',
  });
  return job.id;
}

export async function evaluate(home: ServedHome, modelVersion: string, wrong: number): Promise<string> {
  const uploadId = await home.upload(predictions(1_000_001, 200, wrong));
  const asked = { modelVersion, datasetVersion: 'people@1', predictions: [{ split: 'holdout', uploadId }] };
  const { job } = await home.post<{ job: { id: string } }>('/evaluations', asked);
  return (await home.finished<{ evaluationId: string }>(job.id)).evaluationId;
}

export const check = (home: ServedHome, modelVersion: string) =>
  home.post<{ decisionId: string; verdict: string }>('/gate-decisions', {
    modelVersion,
    policy: 'live',
    stage: 'production',
  });

/** What an earlier version is asked to do: from data to a promotion, and a model that fails. */
export async function tellStory(home: ServedHome): Promise<{ decisionIds: string[]; promotionId: string }> {
  await home.finished(await requestPush(home, 'people', 200));
  await home.post('/policies', { document: POLICY });
  const decisionIds: string[] = [];
  for (const wrong of [30, 2]) {
    await home.post('/models/net/versions', { artifactUploadId: await home.upload(`weights ${wrong}`) });
    const version = `net@${decisionIds.length + 1}`;
    await evaluate(home, version, wrong);
    decisionIds.push((await check(home, version)).decisionId);
  }
  const { id } = await home.post<{ id: string }>('/promotions', {
    modelVersion: 'net@1',
    stage: 'production',
  });
  return { decisionIds, promotionId: id };
}
