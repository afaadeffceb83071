import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { seededRandom } from '../statistics/random.js';
import { CanaryComparison, canaryLevels } from './canary-comparison.js';
import { decideCanary, type CanaryMeasurement } from './canary-rule.js';
import { StreamPairing } from './stream-pairing.js';

describe('pairing of unequal streams', () => {
  it('by hand: the mean of the controls since the last pair; a canary value without any waits', () => {
    const pairing = new StreamPairing();
    expect(pairing.canary(1)).toBeNull();
    expect(pairing.canary(0.5)).toBeNull();
    expect(pairing.control(0)).toEqual({ canary: 1, control: 0 });
    expect(pairing.control(0.25)).toEqual({ canary: 0.5, control: 0.25 });
    expect(pairing.control(0)).toBeNull();
    expect(pairing.control(1)).toBeNull();
    expect(pairing.control(1)).toBeNull();
    expect(pairing.canary(0.5)).toEqual({ canary: 0.5, control: 2 / 3 });
    expect(pairing.canary(0.5)).toBeNull();
    expect(pairing.state()).toEqual({ controls: 0, controlSum: 0, held: [0.5] });
  });

  it('pairs as many as the smaller arm allows, in order, and goes on from its state', () => {
    const events = fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true })), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(events, (stream) => {
        let pairing = new StreamPairing();
        const paired: number[] = [];
        for (const [isCanary, value] of stream) {
          const pair = isCanary ? pairing.canary(value) : pairing.control(value);
          if (pair) paired.push(pair.canary);
          pairing = new StreamPairing(
            JSON.parse(JSON.stringify(pairing.state())) as ReturnType<typeof pairing.state>,
          );
        }
        const canaries = stream.filter(([isCanary]) => isCanary).map(([, value]) => value);
        expect(paired).toEqual(canaries.slice(0, paired.length));
        expect(pairing.state().held).toEqual(canaries.slice(paired.length));
        expect(paired.length).toBeLessThanOrEqual(stream.length - canaries.length);
      }),
    );
  });

  it('refuses values outside [0, 1]', () => {
    expect(() => new StreamPairing().canary(2)).toThrow(RangeError);
    expect(() => new StreamPairing().control(Number.NaN)).toThrow(RangeError);
  });
});

/** Feeds `runs` requests, one in `oneIn` of them to the canary, and looks at both bounds after each. */
function looked(
  comparison: CanaryComparison,
  rates: { canary: number; control: number },
  requests: number,
  random: () => number,
): { everBelow: boolean; everAbove: boolean } {
  const truth = rates.canary - rates.control;
  let [everBelow, everAbove] = [false, false];
  for (let request = 0; request < requests; request++) {
    const isCanary = random() < 0.25;
    const value = random() < (isCanary ? rates.canary : rates.control) ? 1 : 0;
    if (isCanary) comparison.canary(value);
    else comparison.control(value);
    const { lower, upper } = comparison.bounds();
    everAbove ||= lower > truth;
    everBelow ||= upper < truth;
  }
  return { everBelow, everAbove };
}

describe('canary against control', () => {
  it('its bounds hold at every look, on streams of one to three', () => {
    const random = seededRandom('canary');
    let missed = 0;
    for (let run = 0; run < 300; run++) {
      const { everBelow, everAbove } = looked(
        new CanaryComparison({ rollBack: 0.025, advance: 0.025 }),
        { canary: 0.85, control: 0.9 },
        1500,
        random,
      );
      if (everBelow || everAbove) missed++;
    }
    // .05 and three standard errors of 300 runs.
    expect(missed).toBeLessThanOrEqual(26);
  });

  it('sees a canary that is much worse, and one that is as good', () => {
    const random = seededRandom('worse');
    const worse = new CanaryComparison(canaryLevels(0.05, 4));
    looked(worse, { canary: 0.5, control: 0.95 }, 4000, random);
    expect(worse.bounds().upper).toBeLessThan(-0.3);
    const same = new CanaryComparison(canaryLevels(0.05, 4));
    looked(same, { canary: 0.95, control: 0.95 }, 20_000, random);
    expect(same.bounds().lower).toBeGreaterThan(-0.05);
    const resumed = new CanaryComparison(
      JSON.parse(JSON.stringify(same.state())) as ReturnType<typeof same.state>,
    );
    expect(resumed.bounds()).toEqual(same.bounds());
  });

  it('splits alpha over comparisons to roll back, not to advance', () => {
    expect(canaryLevels(0.05, 10)).toEqual({ rollBack: 0.005, advance: 0.05 });
    expect(() => canaryLevels(0.05, 0)).toThrow(RangeError);
  });
});

const measured = (name: string, lower: number, upper: number, n = 500): CanaryMeasurement => ({
  name,
  margin: 0.01,
  bounds: { n, lower, upper },
});

describe('the canary rule, its truth table', () => {
  const good = measured('latency', -0.005, 0.02);
  const bad = measured('errors', -0.2, -0.011);
  const unclear = measured('clicks', -0.05, 0.04);
  const young = measured('revenue', 0.01, 0.2, 99);
  const silent = measured('slice', -1, 1, 0);
  const failed: CanaryMeasurement = {
    name: 'query',
    margin: 0.01,
    bounds: null,
    problem: 'every query failed',
  };
  it.each([
    ['all shown', [good, good], 'running', 'advance', 'PASS'],
    ['all shown, at the deadline', [good], 'deadline', 'advance', 'PASS'],
    ['all shown, but ended early', [good], 'terminated', 'hold', 'INCONCLUSIVE'],
    ['one is worse', [good, bad, unclear, failed], 'running', 'rollBack', 'FAIL'],
    ['one is worse, at the deadline', [bad], 'deadline', 'rollBack', 'FAIL'],
    ['one is worse, ended early', [bad], 'terminated', 'rollBack', 'FAIL'],
    ['one is not clear', [good, unclear], 'running', 'continue', 'INCONCLUSIVE'],
    ['one is not clear at the deadline', [good, unclear], 'deadline', 'hold', 'INCONCLUSIVE'],
    ['too few pairs', [good, young], 'running', 'continue', 'INCONCLUSIVE'],
    ['too few pairs at the deadline', [good, young], 'deadline', 'hold', 'INCONCLUSIVE'],
    ['no traffic', [silent], 'deadline', 'hold', 'INCONCLUSIVE'],
    ['no traffic in one slice', [good, silent], 'deadline', 'hold', 'INCONCLUSIVE'],
    ['every query failed', [failed], 'deadline', 'hold', 'INCONCLUSIVE'],
    ['every query of one failed', [good, failed], 'running', 'continue', 'INCONCLUSIVE'],
    ['nothing is measured', [], 'running', 'continue', 'INCONCLUSIVE'],
    ['nothing is measured, at the deadline', [], 'deadline', 'hold', 'INCONCLUSIVE'],
    [
      'a bound that is no number',
      [measured('odd', Number.NaN, Number.NaN)],
      'deadline',
      'hold',
      'INCONCLUSIVE',
    ],
  ] as const)('%s', (_name, measurements, phase, decision, verdict) => {
    const outcome = decideCanary({ measurements, minPairs: 100, phase });
    expect(outcome).toMatchObject({ decision, verdict });
    expect(outcome.reasons.length).toBeGreaterThan(0);
  });

  it('says what decided, and what is open', () => {
    const say = (...measurements: CanaryMeasurement[]) =>
      decideCanary({ measurements, minPairs: 100, phase: 'deadline' }).reasons;
    expect(say(bad)).toEqual(['errors: the difference is at most -0.0110 on 500 pairs, allowed is -0.01']);
    expect(say(unclear, young, silent, failed)).toEqual([
      'clicks: the difference may still be as low as -0.0500, allowed is -0.01',
      'revenue: 99 of 100 pairs',
      'slice: no traffic to compare',
      'query: every query failed',
    ]);
  });

  const any = fc.record({
    name: fc.constantFrom('a', 'b'),
    margin: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    bounds: fc.option(
      fc.record({
        n: fc.integer({ min: 0, max: 300 }),
        lower: fc.double({ min: -1, max: 1, noNaN: true }),
        upper: fc.double({ min: -1, max: 1, noNaN: true }),
      }),
    ),
  });
  const phase = fc.constantFrom('running' as const, 'deadline' as const, 'terminated' as const);

  it('less evidence never advances: taking bounds, pairs or time away turns nothing into an advance', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), phase, fc.nat(3), (measurements, when, at) => {
        const before = decideCanary({ measurements, minPairs: 100, phase: when });
        const fewer = measurements.map((one, i) => (i === at ? { ...one, bounds: null } : one));
        if (at < measurements.length)
          expect(decideCanary({ measurements: fewer, minPairs: 100, phase: when }).decision).not.toBe(
            'advance',
          );
        if (before.decision !== 'advance')
          expect(decideCanary({ measurements, minPairs: 200, phase: when }).decision).not.toBe('advance');
        expect(decideCanary({ measurements, minPairs: 100, phase: 'terminated' }).decision).not.toBe(
          'advance',
        );
        if (before.decision === 'continue') expect(when).toBe('running');
      }),
    );
  });

  it('refuses a rule that no traffic would satisfy', () => {
    expect(() => decideCanary({ measurements: [good], minPairs: 0, phase: 'running' })).toThrow(RangeError);
    expect(() =>
      decideCanary({ measurements: [{ ...good, margin: 1 }], minPairs: 1, phase: 'running' }),
    ).toThrow('margin of latency');
  });
});
