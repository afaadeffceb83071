const BINS = 15;
/** Draws that stand for chance; 10,000 in the product. */
const DRAWS = 1000;

/** The binned ECE at its limit: verdicts either way. Confidences lie at the middles of the bins, as far off as the limit says. */
export function calibrationBands({ statistics }) {
  const { binomialDraw, ece, eceChanceDraws, eceDecisionUpper, eceLowerFrom, eceUpper } = statistics;
  const middles = Array.from({ length: BINS }, (_, bin) => (bin + 0.5) / BINS);
  const shapes = {
    // Over- and underconfident in turn, within [0, 1].
    'in every bin': (limit) =>
      middles.map((middle, bin) => {
        const over = middle < limit ? -1 : middle > 1 - limit ? 1 : bin % 2 === 0 ? 1 : -1;
        return middle - over * limit;
      }),
    // Where the other bins add nothing but chance.
    'in one bin': (limit) =>
      middles.map((middle, bin) => (bin === BINS - 1 ? middle - BINS * limit : middle)),
  };
  /** n rows over bins of equal chance. */
  const drawSizes = (random, n) => {
    let remaining = n;
    return middles.map((_, bin) => {
      const here = binomialDraw(random, remaining, 1 / (BINS - bin));
      remaining -= here;
      return here;
    });
  };
  const sample = (random, n, truth) => {
    const sizes = drawSizes(random, n);
    return {
      bins: middles.map((middle, bin) => {
        const size = sizes[bin];
        const y = binomialDraw(random, size, truth[bin]);
        return {
          n: size,
          sumConf: size * middle,
          sumY: y,
          sumR: size * middle - y,
          sumR2: y * (1 - middle) ** 2 + (size - y) * middle ** 2,
          sumConfVar: size * middle * (1 - middle),
        };
      }),
    };
  };
  const cases = [
    [500, 0.05],
    [2000, 0.05],
    [2000, 0.02],
    [20_000, 0.02],
  ];
  return Object.entries(shapes).flatMap(([shape, outcomes]) =>
    cases.flatMap(([n, limit]) => {
      const truth = outcomes(limit);
      const band = (what, trial) => ({ what: `ECE ${limit} ${shape}: ${what}`, n, band: [0, 0.05], trial });
      return [
        band('false PASS', (random) => eceUpper(sample(random, n, truth), 0.05) <= limit),
        band(
          'false PASS of the bound that decides',
          (random) => eceDecisionUpper(sample(random, n, truth), 0.05) <= limit,
        ),
        band('false FAIL', (random) => {
          const stat = sample(random, n, truth);
          if (ece(stat) <= limit) return false;
          return eceLowerFrom(stat, 0.05, eceChanceDraws(stat, random, DRAWS)) > limit;
        }),
      ];
    }),
  );
}
