/** Riemann's zeta(s) for s > 1, by Euler and Maclaurin. */
export function zeta(s: number): number {
  if (!(s > 1)) throw new RangeError(`zeta needs s > 1, found ${s}`);
  const terms = 100;
  let sum = 0;
  for (let k = terms - 1; k >= 1; k--) sum += k ** -s;
  const tail = terms ** (1 - s) / (s - 1) + 0.5 * terms ** -s;
  const first = (s * terms ** (-s - 1)) / 12;
  const second = (s * (s + 1) * (s + 2) * terms ** (-s - 3)) / 720;
  const third = (s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * terms ** (-s - 5)) / 30_240;
  return sum + tail + first - second + third;
}

/**
 * The polynomially stitched curve that a sub-gamma process of scale c and intrinsic time v stays below for ever with probability
 * 1 - alpha: in closed form, and growing like sqrt(v ln ln v), as slowly as any can. It counts from time vMin on. `s` > 1 and `eta` > 1
 * shape it. Howard et al. 2021, theorem 1.
 */
export function polyStitchingBound(
  v: number,
  alpha: number,
  { vMin, c = 0, s = 1.4, eta = 2 }: { vMin: number; c?: number; s?: number; eta?: number },
): number {
  if (!(vMin > 0 && eta > 1)) throw new RangeError(`expected vMin > 0 and eta > 1, found ${vMin}, ${eta}`);
  const time = Math.max(v, vMin);
  const length =
    s * Math.log(Math.log((eta * time) / vMin)) + Math.log(zeta(s) / (alpha * Math.log(eta) ** s));
  const k1 = (eta ** 0.25 + eta ** -0.25) / Math.SQRT2;
  const k2 = ((Math.sqrt(eta) + 1) / 2) * c * length;
  return Math.sqrt(k1 * k1 * time * length + k2 * k2) + k2;
}
