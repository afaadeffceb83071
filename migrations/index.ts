import { Platform0000000000001 } from './0001-platform.js';
import { Lineage0000000000002 } from './0002-lineage.js';
import { Datasets0000000000003 } from './0003-datasets.js';
import { Experiments0000000000004 } from './0004-experiments.js';
import { Registry0000000000005 } from './0005-registry.js';
import { Evaluation0000000000006 } from './0006-evaluation.js';
import { Gates0000000000007 } from './0007-gates.js';
import { Deployments0000000000008 } from './0008-deployments.js';
import { Audit0000000000009 } from './0009-audit.js';
import { Trust0000000000010 } from './0010-trust.js';
import { SealedAtRest0000000000011 } from './0011-sealed-at-rest.js';
import { LeastPrivileges0000000000012 } from './0012-least-privileges.js';
import { Yardsticks0000000000013 } from './0013-yardsticks.js';
import { Records0000000000014 } from './0014-records.js';
import { Ladder0000000000015 } from './0015-ladder.js';
import { Imports0000000000016 } from './0016-imports.js';
import { Profiles0000000000017 } from './0017-profiles.js';
import { JobParts0000000000018 } from './0018-job-parts.js';
import { Execution0000000000019 } from './0019-execution.js';
import { AuditOrder0000000000020 } from './0020-audit-order.js';
import { SortedRows0000000000021 } from './0021-sorted-rows.js';
import { Checks0000000000022 } from './0022-checks.js';
import { SplitChunks0000000000023 } from './0023-split-chunks.js';
import { Sources0000000000024 } from './0024-sources.js';
import { ResumableUploads0000000000025 } from './0025-resumable-uploads.js';
import { Contamination0000000000026 } from './0026-contamination.js';
import { Erasure0000000000027 } from './0027-erasure.js';
import { LiveSamples0000000000028 } from './0028-live-samples.js';
import { ColumnsAndDigests0000000000029 } from './0029-columns-and-digests.js';

/** In the order in which they run. A landed migration is never edited; a change is the next number. */
export const MIGRATIONS = [
  Platform0000000000001,
  Lineage0000000000002,
  Datasets0000000000003,
  Experiments0000000000004,
  Registry0000000000005,
  Evaluation0000000000006,
  Gates0000000000007,
  Deployments0000000000008,
  Audit0000000000009,
  Trust0000000000010,
  SealedAtRest0000000000011,
  LeastPrivileges0000000000012,
  Yardsticks0000000000013,
  Records0000000000014,
  Ladder0000000000015,
  Imports0000000000016,
  Profiles0000000000017,
  JobParts0000000000018,
  Execution0000000000019,
  AuditOrder0000000000020,
  SortedRows0000000000021,
  Checks0000000000022,
  SplitChunks0000000000023,
  Sources0000000000024,
  ResumableUploads0000000000025,
  Contamination0000000000026,
  Erasure0000000000027,
  LiveSamples0000000000028,
  ColumnsAndDigests0000000000029,
];
