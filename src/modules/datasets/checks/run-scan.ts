import type {
  CheckedVersion,
  CheckId,
  CheckOutcome,
  CheckQuestion,
  DiversityParameters,
  LabelErrorParameters,
  NearRowsParameters,
  ParentDriftParameters,
  ReferentialParameters,
  ValidationRule,
} from '../../../domain/quality/index.js';
import type { ScannedFile } from './join-file.js';
import type { Scan } from './load-rows.js';
import type { ScannedVersion } from './other-version.js';
import { scanDiversity } from './scans/diversity.js';
import { scanImbalance, scanLabelRateParity, scanRepresentation } from './scans/labels.js';
import { scanLabelPredictor } from './scans/label-predictor.js';
import { scanLabelErrors } from './scans/label-errors.js';
import { scanNearDuplicates, scanNearRows } from './scans/near-duplicates.js';
import { scanOutliers } from './scans/outliers.js';
import { scanParentDrift } from './scans/parent-drift.js';
import { scanProxy, type ProxyLimits } from './scans/proxy.js';
import { scanReferential } from './scans/referential.js';
import {
  scanConflictingLabels,
  scanDuplicates,
  scanEntityLeakage,
  scanLeakage,
} from './scans/repeated-rows.js';
import { scanRules } from './scans/rules.js';
import { scanTimeLeakage } from './scans/time-leakage.js';

/** A question that `planCheck` made, and the columns that it reads. */
export interface ScanInput {
  question: CheckQuestion;
  reads: readonly string[];
  columns: CheckedVersion['columns'];
  /** The version that the question reads beside its own; null where there is none. */
  other: ScannedVersion | null;
  /** The uploaded file that it reads; null where there is none. */
  file: ScannedFile | null;
}

type Run = (scan: Scan, input: ScanInput, label: string, parameters: never) => Promise<CheckOutcome>;

/** How each check of the registry is scanned. */
const SCANS: Record<CheckId, Run> = {
  rules: (scan, { columns }, _label, { rules }: { rules: ValidationRule[] }) =>
    scanRules(scan, rules, columns),
  duplicates: (scan, { reads }) => scanDuplicates(scan, reads),
  leakage: (scan, { reads }) => scanLeakage(scan, reads),
  'entity-leakage': (scan, _input, _label, { column }: { column: string }) => scanEntityLeakage(scan, column),
  'time-leakage': (scan, _input, _label, { column }: { column: string }) => scanTimeLeakage(scan, column),
  'conflicting-labels': (scan, { reads }, label) =>
    scanConflictingLabels(
      scan,
      reads.filter((name) => name !== label),
      label,
    ),
  imbalance: (scan, _input, label, { maxRatio }: { maxRatio: number }) =>
    scanImbalance(scan, label, maxRatio),
  'label-errors': (scan, { file }, label, { probabilities }: LabelErrorParameters) =>
    scanLabelErrors(scan, label, probabilities, file),
  'near-duplicates': (
    scan,
    _input,
    _label,
    parameters: { columns: string[]; threshold: number; shingle: number; seed: number },
  ) => scanNearDuplicates(scan, parameters.columns, parameters),
  'label-predictor': (scan, { columns }, _label, { maxSkill }: { maxSkill: number }) =>
    scanLabelPredictor(scan, columns, maxSkill),
  outliers: (scan, _input, _label, { columns, fence }: { columns: string[]; fence: number }) =>
    scanOutliers(scan, columns, fence),
  representation: (scan, _input, _label, { columns, minRows }: { columns: string[]; minRows: number }) =>
    scanRepresentation(scan, columns, minRows),
  'label-rate-parity': (
    scan,
    _input,
    label,
    parameters: { columns: string[]; positive: string; minRatio: number },
  ) => scanLabelRateParity(scan, parameters.columns, label, parameters),
  diversity: (scan, { columns }, _label, parameters: DiversityParameters) =>
    scanDiversity(scan, columns, parameters),
  'parent-drift': (scan, { columns, other }, _label, parameters: ParentDriftParameters) =>
    scanParentDrift(scan, columns, other, parameters),
  referential: (scan, { other }, _label, parameters: ReferentialParameters) =>
    scanReferential(scan, other!, parameters),
  'near-duplicate-rows': (scan, { reads, columns }, _label, parameters: NearRowsParameters) =>
    scanNearRows(
      scan,
      columns.filter(({ name }) => reads.includes(name)),
      parameters,
    ),
  proxy: (scan, { columns }, _label, parameters: ProxyLimits) => scanProxy(scan, columns, parameters),
};

/** Scan table `rows` for a question; what fails stands in table `finding`. */
export function runScan(scan: Scan, input: ScanInput): Promise<CheckOutcome> {
  const label = input.columns.find(({ role }) => role === 'label')?.name ?? '';
  return SCANS[input.question.check as CheckId](scan, input, label, input.question.parameters as never);
}
