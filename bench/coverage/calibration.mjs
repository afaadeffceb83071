const BINS = 15;
/** Draws that stand for chance; 10,000 in the product. */
const DRAWS = 1000;

/** The binned ECE at its limit: verdicts either way. Confidences lie at the middles of the bins, as far off as the limit says. */
export function calibrationBands({ statistics }) {
  const { binomialDraw, ece, eceChanceDraws, eceDecisionUpper, eceLowerFrom, eceUpper } = statistics;
  const middles = Array.from({ length: BINS }, (_, bin) => (bin + 0.5) / BINS);
  // Over- and underconfident in turn, within [0, 1].
  const outcomes = (limit) =>
    middles.map((middle, bin) => {
      const off = middle < limit ? -1 : middle > 1 - limit ? 1 : bin % 2 === 0 ? 1 : -1;
      return middle - off * limit;
    });
  /** n rows over bins of equal chance. */
  const drawSizes = (random, n) => {
    let remaining = n;
    return middles.map((_, bin) => {
      const here = binomialDraw(random, remaining, 1 / (BINS - bin));
      remaining -= here;
      return here;
    });
  };
  const sample = (random, n, limit) => {
    const truth = outcomes(limit);
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
  return [
    [500, 0.05],
    [2000, 0.05],
    [2000, 0.02],
    [20_000, 0.02],
  ].flatMap(([n, limit]) => [
    {
      what: `ECE ${limit}: false PASS`,
      n,
      band: [0, 0.05],
      trial: (random) => eceUpper(sample(random, n, limit), 0.05) <= limit,
    },
    {
      what: `ECE ${limit}: false PASS of the bound that decides`,
      n,
      band: [0, 0.05],
      trial: (random) => eceDecisionUpper(sample(random, n, limit), 0.05) <= limit,
    },
    {
      what: `ECE ${limit}: false FAIL`,
      n,
      band: [0, 0.05],
      trial: (random) => {
        const stat = sample(random, n, limit);
        if (ece(stat) <= limit) return false;
        return eceLowerFrom(stat, 0.05, eceChanceDraws(stat, random, DRAWS)) > limit;
      },
    },
  ]);
}
