const STEPS = 10_000;

/** Confidence sequences looked at after every step: whether any look misses the truth. */
export function sequenceBands(domain) {
  return [...meanBands(domain), ...mixtureBands(domain), ...armBands(domain)].map((band) => ({
    ...band,
    n: STEPS,
    band: [0, 0.05],
  }));
}

function meanBands({ sequences }) {
  const { EmpiricalBernstein } = sequences;
  const misses = (draw, mean) => (random) => {
    const sequence = new EmpiricalBernstein(0.025);
    for (let t = 0; t < STEPS; t++) {
      sequence.add(draw(random));
      if (sequence.lower() > mean || sequence.upper() < mean) return true;
    }
    return false;
  };
  const coin = (p) => (random) => (random() < p ? 1 : 0);
  return [
    {
      what: 'empirical Bernstein, every look, uniform values: error',
      trial: misses((random) => random(), 0.5),
    },
    { what: 'empirical Bernstein, every look, coins of .5: error', trial: misses(coin(0.5), 0.5) },
    { what: 'empirical Bernstein, every look, coins of .05: error', trial: misses(coin(0.05), 0.05) },
  ];
}

function mixtureBands({ statistics, sequences }) {
  const { normalDraw } = statistics;
  const { betaBinomialMixture, gammaExponentialMixture, normalMixture, polyStitchingBound } = sequences;
  const curve = (bound) =>
    Float64Array.from({ length: STEPS + 1 }, (_, t) => (t === 0 ? Infinity : bound(t)));
  const crosses = (step, upper, lower) => (random) => {
    let s = 0;
    for (let t = 1; t <= STEPS; t++) {
      s += step(random);
      if (s >= upper[t] || (lower && -s >= lower[t])) return true;
    }
    return false;
  };
  const tuning = { vOpt: 1000 };
  const two = curve((t) => normalMixture(tuning, 2).bound(t, 0.05));
  const p = 0.1;
  const time = (t) => t * p * (1 - p);
  const coin = { vOpt: time(1000) };
  // Early on not even the largest sum that t coins can reach is far enough.
  const reach = (g) => {
    const mixture = betaBinomialMixture({ ...coin, g, h: 1 - g }, 2);
    return curve((t) => {
      const s = mixture.bound(time(t), 0.05);
      return s < time(t) / g ? s : Infinity;
    });
  };
  return [
    { what: 'normal mixture, two-sided, every look: error', trial: crosses(normalDraw, two, two) },
    {
      what: 'normal mixture, one-sided, every look: error',
      trial: crosses(normalDraw, curve((t) => normalMixture(tuning, 1).bound(t, 0.05))), // prettier-ignore
    },
    {
      what: 'poly stitching, every look: error',
      trial: crosses(normalDraw, curve((t) => polyStitchingBound(t, 0.05, { vMin: 10 }))), // prettier-ignore
    },
    {
      what: 'gamma-exponential mixture, exponential steps, every look: error',
      trial: crosses(
        (random) => -Math.log(1 - random()) - 1,
        curve((t) => gammaExponentialMixture({ ...tuning, c: 1 }).bound(t, 0.05)),
      ),
    },
    {
      what: 'beta-binomial mixture (Bernoulli interval), coins of .1, every look: error',
      trial: crosses((random) => (random() < p ? 1 - p : -p), reach(p), reach(1 - p)),
    },
  ];
}

function armBands({ sequences }) {
  const { CanaryComparison, msprt } = sequences;
  const rates = { canary: 0.85, control: 0.9 };
  return [
    {
      what: 'canary .85 against control .9, a quarter of the traffic, every look: error',
      trial: (random) => {
        const comparison = new CanaryComparison({ rollBack: 0.025, advance: 0.025 });
        const truth = rates.canary - rates.control;
        for (let request = 0; request < STEPS; request++) {
          const isCanary = random() < 0.25;
          const value = random() < (isCanary ? rates.canary : rates.control) ? 1 : 0;
          if (!isCanary) comparison.control(value);
          else comparison.canary(value);
          const { lower, upper } = comparison.bounds();
          if (lower > truth || upper < truth) return true;
        }
        return false;
      },
    },
    {
      what: 'mSPRT of two arms of coins of .3, every look from 100 values on: error',
      trial: (random) => {
        let [treated, control] = [0, 0];
        const arm = (n, sum) => ({ n, mean: sum / n, variance: (sum * (1 - sum / n)) / (n - 1) });
        for (let n = 1; n <= STEPS; n++) {
          if (random() < 0.3) treated++;
          if (random() < 0.3) control++;
          if (n < 100) continue;
          const found = msprt(arm(n, treated), arm(n, control), { vOpt: 420 }, 0.05);
          if (found.defined && found.p <= 0.05) return true;
        }
        return false;
      },
    },
  ];
}
