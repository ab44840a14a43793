/** Distribution functions of the tests and intervals, to about 1e-12. */

/** P(Z ≤ z) of a standard normal Z. */
export const normalCdf = (z: number): number => {
  const tail = z === 0 ? 0.5 : upperTail(Math.abs(z));
  return z > 0 ? 1 - tail : tail;
};

const density = (z: number) => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);

/** P(Z > z) for z > 0: the series near the middle, Laplace's continued fraction outside. */
const upperTail = (z: number): number => {
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let odd = 3; Math.abs(term) > 1e-17 * sum; odd += 2) {
      term *= z ** 2 / odd;
      sum += term;
    }
    return 0.5 - density(z) * sum;
  }
  let fraction = z;
  for (let step = 120; step >= 1; step--) fraction = z + step / fraction;
  return density(z) / fraction;
};

/** The z with P(Z ≤ z) = `share`. */
export const normalQuantile = (share: number): number => inverted(normalCdf, share);

/** The t with P(T ≤ t) = `share` of Student's distribution. */
export const tQuantile = (share: number, degrees: number): number => inverted((t) => tCdf(t, degrees), share);

/** P(T ≤ t) of Student's distribution with `degrees` of freedom. */
export const tCdf = (t: number, degrees: number): number => {
  const tail = incompleteBeta(degrees / (degrees + t ** 2), degrees / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
};

const inverted = (cdf: (at: number) => number, share: number): number => {
  if (share <= 0 || share >= 1) return share <= 0 ? -Infinity : Infinity;
  if (share < 0.5) return -inverted(cdf, 1 - share);
  let [low, high] = [0, 1];
  while (cdf(high) < share && high < 2 ** 60) high *= 2;
  for (let halving = 0; halving < 200 && high - low > 1e-14 * high; halving++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** Stirling's series after moving the argument above 16. */
const logGamma = (x: number): number => {
  let [shift, at] = [0, x];
  for (; at < 16; at++) shift += Math.log(at);
  const series = 1 / (12 * at) - 1 / (360 * at ** 3) + 1 / (1260 * at ** 5) - 1 / (1680 * at ** 7);
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift;
};

/** The regularised incomplete beta function by its continued fraction (DLMF 8.17.22). */
const incompleteBeta = (x: number, a: number, b: number): number => {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let fraction = 1;
  for (let step = 300; step >= 1; step--) {
    const m = step >> 1;
    const coefficient =
      step % 2 === 0
        ? (m * (b - m) * x) / ((a + step - 1) * (a + step))
        : (-(a + m) * (a + b + m) * x) / ((a + step - 1) * (a + step));
    fraction = 1 + coefficient / fraction;
  }
  return front / fraction;
};

/** P(K > x) of Kolmogorov's limiting distribution. */
export const kolmogorovTail = (x: number): number => {
  if (x <= 0) return 1;
  // Two series for the same function: each converges fast on its side.
  if (x < 1.18) {
    let sum = 0;
    for (let odd = 1; odd <= 19; odd += 2) sum += Math.exp(-((odd * Math.PI) ** 2) / (8 * x ** 2));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * x) ** 2);
  return sum;
};
