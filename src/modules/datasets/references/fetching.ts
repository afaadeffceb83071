import type { ObjectStore } from '../../../platform/outbound/index.js';
import type { DataPlaces } from './split-reference.js';

/** Where a job may fetch from, and where to. */
export interface Fetching extends DataPlaces {
  /** Where the buckets are. */
  objectStore: ObjectStore;
  maxUploadBytes: number;
  /** Private to the job: what is fetched lies there and goes with it. */
  folder: string;
  signal?: AbortSignal;
}
