const A = [
  2.2352520354606839287, 161.02823106855587881, 1067.6894854603709582, 18154.981253343561249,
  0.065682337918207449113,
];
const B = [47.20258190468824187, 976.09855173777669322, 10260.932208618978205, 45507.789335026729956];
const C = [
  0.39894151208813466764, 8.8831497943883759412, 93.506656132177855979, 597.27027639480026226,
  2494.5375852903726711, 6848.1904505362823326, 11602.651437647350124, 9842.7148383839780218,
  1.0765576773720192317e-8,
];
const D = [
  22.266688044328115691, 235.38790178262499861, 1519.377599407554805, 6485.558298266760755,
  18615.571640885098091, 34900.952721145977266, 38912.003286093271411, 19685.429676859990727,
];
const P = [
  0.21589853405795699, 0.1274011611602473639, 0.022235277870649807, 0.001421619193227893466,
  2.9112874951168792e-5, 0.02307344176494017303,
];
const Q = [
  1.28426009614491121, 0.468238212480865118, 0.0659881378689285515, 0.00378239633202758244,
  7.29751555083966205e-5,
];

/** The standard normal distribution function, relative error about 1e-15 in the lower tail. Cody 1969. */
export function normalCdf(z: number): number {
  const y = Math.abs(z);
  if (Number.isNaN(z)) return Number.NaN;
  if (y <= 0.67448975) {
    const square = y > 1.11e-16 ? y * y : 0;
    let top = A[4]! * square;
    let bottom = square;
    for (let i = 0; i < 3; i++) {
      top = (top + A[i]!) * square;
      bottom = (bottom + B[i]!) * square;
    }
    return 0.5 + (z * (top + A[3]!)) / (bottom + B[3]!);
  }
  const tail = y <= 5.656854249492381 ? middle(y) : far(y);
  return z > 0 ? 1 - tail : tail;
}

function middle(y: number): number {
  let top = C[8]! * y;
  let bottom = y;
  for (let i = 0; i < 7; i++) {
    top = (top + C[i]!) * y;
    bottom = (bottom + D[i]!) * y;
  }
  return gaussian(y) * ((top + C[7]!) / (bottom + D[7]!));
}

function far(y: number): number {
  if (y > 38.6) return 0;
  const s = 1 / (y * y);
  let top = P[5]! * s;
  let bottom = s;
  for (let i = 0; i < 4; i++) {
    top = (top + P[i]!) * s;
    bottom = (bottom + Q[i]!) * s;
  }
  const correction = (s * (top + P[4]!)) / (bottom + Q[4]!);
  return gaussian(y) * ((0.3989422804014327 - correction) / y);
}

/** exp(-y^2/2) with y^2 split, so that the rounding of a large square does not reach the exponent. */
function gaussian(y: number): number {
  const coarse = Math.trunc(y * 16) / 16;
  return Math.exp(-coarse * coarse * 0.5) * Math.exp(-(y - coarse) * (y + coarse) * 0.5);
}

const CENTRAL = [
  [
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.387132872796366608,
  ],
  [
    5.226495278852854561e3, 2.8729085735721942674e4, 3.930789580009271061e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.871870074920579083e2, 4.2313330701600911252e1, 1,
  ],
] as const;
const NEAR = [
  [
    7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1,
    6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1,
  ],
] as const;
const FAR = [
  [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 2.6532189526576123093e-2,
    2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
  ],
  [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.9983220655588793769e-1, 1,
  ],
] as const;

function ratio([top, bottom]: readonly [readonly number[], readonly number[]], x: number): number {
  let over = 0;
  let under = 0;
  for (let i = 0; i < 8; i++) {
    over = over * x + top[i]!;
    under = under * x + bottom[i]!;
  }
  return over / under;
}

/** The p-quantile of the standard normal, relative error about 1e-16; -Infinity and Infinity at 0 and 1. Wichura 1988 (AS 241). */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`normalQuantile needs p in [0, 1], found ${p}`);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRAL, 0.180625 - q * q);
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const z = r <= 5 ? ratio(NEAR, r - 1.6) : ratio(FAR, r - 5);
  return q < 0 ? -z : z;
}
