import { nextRandom, seededRandom } from '../random.ts';
import { integer, number, refuse, type Intrinsic } from './arguments.ts';

/** States.MathRandom(from, to, seed?): an integer from `from` on, below `to`. */
export const mathRandom: Intrinsic = ([from, to, seed], random) => {
  const [low, high] = [integer(from), integer(to)];
  if (high <= low) refuse('the end must be larger than the start');
  return low + Math.floor((seed === undefined ? nextRandom(random) : seededRandom(number(seed))) * (high - low));
};

/** States.MathAdd(a, b), each rounded half up first. */
export const mathAdd: Intrinsic = ([a, b]) => integer(a) + integer(b);
