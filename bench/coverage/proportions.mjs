const RATES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
const WILSON = { 200: [0.935, 0.97], 2000: [0.943, 0.957] };

/** Accuracy: Wilson for display, Clopper-Pearson for decisions, Tango's score for pairs. */
export function proportionBands({ statistics }) {
  const { binomialDraw, clopperPearson, normalQuantile, tangoZ, wilson } = statistics;
  const holds = (interval, p, n) => {
    const known = new Map();
    return (random) => {
      const x = binomialDraw(random, n, p);
      if (!known.has(x)) known.set(x, interval(x, n, 0.95));
      const { low, high } = known.get(x);
      return low <= p && p <= high;
    };
  };
  const single = [200, 2000].flatMap((n) =>
    RATES.flatMap((p) => [
      { what: `accuracy ${p}, Wilson`, n, band: WILSON[n], trial: holds(wilson, p, n) },
      { what: `accuracy ${p}, Clopper-Pearson`, n, band: [0.95, 1], trial: holds(clopperPearson, p, n) },
    ]),
  );
  const z = -normalQuantile(0.05);
  const tango = [200, 500, 2000].flatMap((n) =>
    [
      [0.05, -0.01],
      [0.1, -0.02],
      [0.1, 0],
      [0.3, -0.05],
    ].map(([discordant, difference]) => ({
      what: `Tango one-sided error, discordance ${discordant}, true difference ${difference}`,
      n,
      band: [0, 0.053],
      trial: (random) => {
        const either = binomialDraw(random, n, discordant);
        const b = binomialDraw(random, either, (discordant + difference) / 2 / discordant);
        return tangoZ(b, either - b, n, difference) >= z;
      },
    })),
  );
  return [...single, ...tango];
}
