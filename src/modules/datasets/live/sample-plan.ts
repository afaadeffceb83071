import type { DatasetVersionView } from '../dataset-version.js';
import { DEFAULT_LOOKS, type PushPlan } from '../push-plan.js';
import type { LiveSampleView, SamplingPlanView } from './sampling-plan.view.js';

export const LIVE_SPLIT = 'live_sample';

/**
 * A sample as a push: typed as the version that its plan names, which is its parent. Without a key: what is seen live comes again under the
 * same one.
 */
export function pushOfSample(
  { dataset, sources, subjectColumn, capacity, seed }: SamplingPlanView,
  { no, offered, firstOfferedAt, lastOfferedAt }: LiveSampleView,
  { id, schema }: DatasetVersionView,
): PushPlan {
  const between = `${firstOfferedAt.toISOString()} and ${lastOfferedAt.toISOString()}`;
  return {
    dataset,
    splits: [
      {
        name: LIVE_SPLIT,
        role: 'live_sample',
        domain: null,
        uploadId: null,
        reference: null,
        sealed: false,
        format: 'jsonl',
      },
    ],
    splitBy: null,
    key: null,
    label: schema.label,
    protected: schema.protected,
    group: schema.group,
    time: schema.time,
    declaredTypes: Object.fromEntries(schema.columns.map(({ name, type }) => [name, type])),
    looks: DEFAULT_LOOKS,
    parentId: id,
    message: `sample ${no}, drawn from ${offered} rows offered between ${between} (capacity ${capacity}, seed ${seed})`,
    source: null,
    sources,
    sourceColumn: null,
    subject: subjectColumn,
  };
}
