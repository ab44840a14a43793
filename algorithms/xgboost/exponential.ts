/**
 * exp(x) to about 1e-10 relative, three times as fast as Math.exp, which took 15 % of training Adult: gradients are rounded to
 * float32 (6e-8) at once. x = (whole + part/64) ln 2 + rest: two table look-ups and a cubic.
 */

const stepsPerDoubling = 64;
const largest = 700;
const fractions = Float64Array.from({ length: stepsPerDoubling }, (_, part) => 2 ** (part / stepsPerDoubling));
const lowest = -1022;
const wholes = Float64Array.from({ length: 2046 }, (_, at) => 2 ** (at + lowest));

/** exp(x), with x brought into [-700, 700]. */
export const exponential = (x: number): number => {
  const bounded = x < -largest ? -largest : x > largest ? largest : x;
  const steps = Math.floor(bounded * (stepsPerDoubling / Math.LN2) + 0.5) | 0;
  const rest = bounded - steps * (Math.LN2 / stepsPerDoubling);
  const cubic = 1 + rest * (1 + rest * (0.5 + rest * (1 / 6)));
  return wholes[(steps >> 6) - lowest]! * fractions[steps & 63]! * cubic;
};
