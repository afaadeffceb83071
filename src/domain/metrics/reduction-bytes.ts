import { EceSums, ExactIntegerTable, FixedPointTable, type FixedPointParts } from '../statistics/index.js';
import { ErrorSums, type ErrorParts } from './error-sums.js';
import { emptyReduction, sortedScores, type Reduction, type ReductionShape } from './reduction.js';

const FORMAT = 'assay-reduction/1';
const DOUBLE = 8;
/** The header's length in bytes, before the header. */
const LENGTH = 4;

/** All but the scores; exact sums as decimal text. */
interface Header {
  format: typeof FORMAT;
  shape: ReductionShape;
  n: number;
  scored: number;
  confusion: number[];
  cells: number[];
  losses: FixedPointParts[];
  ece: FixedPointParts[];
  calibration: string[];
  /** Absent where there are classes. */
  errors?: ErrorParts;
  /** How many scores of each class follow. */
  positives: number;
  negatives: number;
}

/**
 * A reduction as bytes, so that the job of a shard can store it: length of the header (4 bytes), header (JSON), scores of positives and
 * of negatives, ascending, as doubles; all little-endian. The same rows give the same bytes in whatever order and shards they were
 * added. It holds scores by label: of a sealed split it must be stored sealed.
 */
export function reductionBytes(state: Reduction): Uint8Array {
  const positives = sortedScores(state.positiveScores);
  const negatives = sortedScores(state.negativeScores);
  const header: Header = {
    format: FORMAT,
    shape: state.shape,
    n: state.n,
    scored: state.scored,
    confusion: [...state.confusion],
    cells: [...state.cells],
    losses: state.losses.parts(),
    ece: state.ece.parts(),
    calibration: state.calibration.totals().map(String),
    ...(state.errors ? { errors: state.errors.parts() } : {}),
    positives: positives.length,
    negatives: negatives.length,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(LENGTH + text.length + DOUBLE * (positives.length + negatives.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  bytes.set(text, LENGTH);
  let at = LENGTH + text.length;
  for (const scores of [positives, negatives]) {
    for (const score of scores) {
      view.setFloat64(at, score, true);
      at += DOUBLE;
    }
  }
  return bytes;
}

/** What `reductionBytes` wrote. Throws RangeError for bytes that it cannot have written: cut off, of another format, or not adding up. */
export function reductionFromBytes(bytes: Uint8Array): Reduction {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < LENGTH ? Number.POSITIVE_INFINITY : view.getUint32(0, true);
  check(LENGTH + length <= bytes.length, 'are cut off');
  const header = headerOf(bytes.subarray(LENGTH, LENGTH + length));
  const { shape } = header;
  check(
    Array.isArray(shape?.classes) &&
      (shape.classes.length > 0 || shape.regression !== undefined) &&
      Array.isArray(shape.cells),
    'have no shape',
  );
  const state = emptyReduction(shape);
  const { regression } = shape;
  if (regression) {
    check(header.errors !== undefined && header.errors.n === header.n, 'hold no sums of their errors');
    state.errors = ErrorSums.from(regression.quantile, header.errors);
  }
  const { n, scored, confusion, cells, losses, ece, calibration, positives, negatives } = header;
  check(
    [n, scored, positives, negatives, ...confusion, ...cells].every(isCount),
    'hold counts that are none',
  );
  check(
    calibration.every((total) => /^-?\d{1,60}$/.test(total)),
    'hold sums that are none',
  );
  check(
    confusion.length === state.confusion.length &&
      cells.length === state.cells.length &&
      calibration.length === state.calibration.slots &&
      losses.length === state.losses.slots,
    'do not have the parts of their shape',
  );
  check(
    sum(confusion) === (regression ? 0 : n) &&
      losses.every(([rows]) => rows === scored) &&
      sum(ece.map(([rows]) => rows)) === scored,
    'hold counts that do not add up',
  );
  const at = LENGTH + length;
  check(bytes.length === at + DOUBLE * (positives + negatives), 'do not have their scores');
  state.n = n;
  state.scored = scored;
  state.confusion.set(confusion);
  state.cells.set(cells);
  state.losses = FixedPointTable.from(losses);
  state.ece = new EceSums(shape.bins, ece);
  state.calibration = ExactIntegerTable.from(calibration.map(BigInt));
  const scores = (from: number, count: number) => {
    const read = Float64Array.from({ length: count }, (_, i) =>
      view.getFloat64(at + DOUBLE * (from + i), true),
    );
    check(
      read.every((score) => score >= 0 && score <= 1),
      'hold scores outside [0, 1]',
    );
    return read;
  };
  state.positiveScores = [scores(0, positives)];
  state.negativeScores = [scores(positives, negatives)];
  return state;
}

function headerOf(bytes: Uint8Array): Header {
  let header: Partial<Header> | null;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<Header> | null;
  } catch {
    throw new RangeError('the bytes of a reduction have no header');
  }
  check(header?.format === FORMAT, `are not of the format ${FORMAT}`);
  return header as Header;
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new RangeError(`the bytes of a reduction ${what}`);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
