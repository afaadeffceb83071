/** Gaps between groups: intervals of one pair, verdicts on equalized odds, twenty groups at the boundary. */
export function gapBands(domain) {
  return [...pairBands(domain), ...oddsBands(domain), ...manyGroups(domain)];
}

function pairBands({ statistics }) {
  const { binomialDraw, miettinenNurminenInterval } = statistics;
  const covers = (p1, n1, p2, n2) => {
    const known = new Map();
    return (random) => {
      const [x1, x2] = [binomialDraw(random, n1, p1), binomialDraw(random, n2, p2)];
      const key = x1 * (n2 + 1) + x2;
      if (!known.has(key)) known.set(key, miettinenNurminenInterval(x1, n1, x2, n2, 0.95));
      const { low, high } = known.get(key);
      return low <= p1 - p2 && p1 - p2 <= high;
    };
  };
  const rates = [
    [0.5, 0.5],
    [0.8, 0.8],
    [0.9, 0.7],
    [0.95, 0.85],
  ];
  const sizes = [
    [30, 30],
    [30, 100],
    [100, 100],
    [1000, 1000],
  ];
  return sizes.flatMap(([n1, n2]) =>
    rates.map(([p1, p2]) => ({
      what: `TPR difference ${p1} - ${p2}, Miettinen-Nurminen`,
      n: `${n1}+${n2}`,
      band: n1 + n2 === 2000 ? [0.942, 0.958] : [0.94, 0.97],
      trial: covers(p1, n1, p2, n2),
    })),
  );
}

/** Groups with these true positive and false positive rates, n positives and n negatives each, drawn. */
function drawnGroups({ binomialDraw }, random, rates, n) {
  return rates.map(([tpr, fpr], i) => {
    const [tp, fp] = [binomialDraw(random, n, tpr), binomialDraw(random, n, fpr)];
    return { attributes: { group: String(i) }, tp, fn: n - tp, fp, tn: n - fp };
  });
}

function oddsBands({ statistics, fairness }) {
  const { holm } = statistics;
  const { decideDifference, largestGapBounds, ratePairs } = fairness;
  const pairsOf = (random, rates, n) => ratePairs(drawnGroups(statistics, random, rates, n), ['tpr', 'fpr']);
  // The larger of the two gaps is the limit: neither met nor violated by anything.
  const truths = [
    ['2 groups', [[0.8, 0.2], [0.7, 0.2]], 0.1], // prettier-ignore
    ['2 groups, both gaps', [[0.8, 0.3], [0.7, 0.2]], 0.1], // prettier-ignore
    ['5 groups', [[0.8, 0.2], [0.7, 0.2], [0.75, 0.2], [0.75, 0.25], [0.75, 0.2]], 0.1], // prettier-ignore
  ];
  const verdicts = truths.flatMap(([name, rates, limit]) =>
    [30, 100, 500].flatMap((n) => [
      {
        what: `equalized-odds difference, ${name}: interval`,
        n,
        band: [0.95, 1],
        trial: (random) => {
          const { lower, upper } = largestGapBounds(pairsOf(random, rates, n), 0.025);
          return lower <= limit + 1e-12 && limit - 1e-12 <= upper;
        },
      },
      {
        what: `equalized odds, ${name}: false PASS`,
        n,
        band: [0, 0.06],
        trial: (random) =>
          pairsOf(random, rates, n).every((pair) => decideDifference(pair, limit).pPass <= 0.05),
      },
      {
        what: `equalized odds, ${name}: false FAIL`,
        n,
        band: [0, 0.06],
        trial: (random) => {
          const p = pairsOf(random, rates, n).map((pair) => decideDifference(pair, limit).pFail);
          return holm(p).some((adjusted) => adjusted <= 0.05);
        },
      },
    ]),
  );
  const rare = {
    what: 'equalized odds, 2 groups, rates under .05: false FAIL',
    n: 30,
    band: [0, 0.085],
    trial: (random) => {
      const p = pairsOf(
        random,
        [
          [0.04, 0.04],
          [0.01, 0.01],
        ],
        30,
      ).map((pair) => decideDifference(pair, 0.03).pFail);
      return holm(p).some((adjusted) => adjusted <= 0.05);
    },
  };
  return [...verdicts, rare];
}

function manyGroups({ statistics, fairness }) {
  const { binomialDraw, binomialTestLess, holm } = statistics;
  const { decideDifference, ratePairs } = fairness;
  const proportions = [
    [0.9, 50],
    [0.8, 50],
    [0.9, 300],
  ].map(([rate, n]) => ({
    what: `20 groups whose rate is the required ${rate}, exact: FAIL`,
    n,
    band: [0, 0.05],
    trial: (random) => {
      const p = Array.from({ length: 20 }, () => binomialTestLess(binomialDraw(random, n, rate), n, rate));
      return holm(p).some((adjusted) => adjusted <= 0.05);
    },
  }));
  const gaps = [50, 300].map((n) => ({
    what: '20 groups, ten of them lower by the allowed gap .1: FAIL',
    n,
    band: [0, 0.05],
    trial: (random) => {
      const rates = Array.from({ length: 20 }, (_, i) => [i < 10 ? 0.5 : 0.6, 0.5]);
      const pairs = ratePairs(drawnGroups(statistics, random, rates, n), ['tpr']);
      return holm(pairs.map((pair) => decideDifference(pair, 0.1).pFail)).some((p) => p <= 0.05);
    },
  }));
  return [...proportions, ...gaps];
}
