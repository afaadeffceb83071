/**
 * The root of a function that changes sign once on [low, high], by bisection down to neighbouring doubles.
 * `f` may be infinite at the ends. When the sign does not change, the end nearer to zero is returned: bounds of
 * parameters that live on a closed range end there.
 */
export function bisect(f: (x: number) => number, low: number, high: number): number {
  const atLow = f(low);
  const atHigh = f(high);
  if (atLow === 0) return low;
  if (atHigh === 0) return high;
  if (atLow > 0 === atHigh > 0) return Math.abs(atLow) < Math.abs(atHigh) ? low : high;
  const rising = atLow < 0;
  for (let step = 0; step < 200; step++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    const value = f(middle);
    if (value === 0) return middle;
    if (value < 0 === rising) low = middle;
    else high = middle;
  }
  return low + (high - low) / 2;
}
