import { seededInteger, nextRandom } from '../random.ts';
import { integer, number, refuse, type Intrinsic } from './arguments.ts';

/** States.MathRandom(from, to, seed?): an integer from `from` on, below `to`; AWS's own for a seed. */
export const mathRandom: Intrinsic = ([from, to, seed], random) => {
  const [low, high] = [integer(from), integer(to)];
  if (high <= low) refuse();
  if (seed !== undefined) return low + seededInteger(integer(seed), high - low);
  return low + Math.floor(nextRandom(random) * (high - low));
};

const isInt = (value: number) => value >= -(2 ** 31) && value < 2 ** 31;

/** States.MathAdd(a, b), each rounded half up first (-1.5 is -1), within 32 bits. */
export const mathAdd: Intrinsic = ([a, b]) => {
  const [x, y] = [Math.round(number(a)), Math.round(number(b))];
  // Plus zero: there is no -0 in JSON.
  return isInt(x) && isInt(y) && isInt(x + y) ? x + y + 0 : refuse();
};
