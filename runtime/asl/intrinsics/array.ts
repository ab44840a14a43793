import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../json.ts';
import { array, integer, refuse, type Intrinsic } from './arguments.ts';

const rangeLimit = 1_000;

/** States.Array(a, b, …) */
export const arrayOf: Intrinsic = (args) => [...args];

/** States.ArrayPartition(array, size) */
export const arrayPartition: Intrinsic = ([list, size]) => {
  const items = array(list);
  const by = integer(size);
  if (by <= 0) refuse('the chunk size must be a positive integer');
  return Array.from({ length: Math.ceil(items.length / by) }, (_, i) => items.slice(i * by, (i + 1) * by));
};

/** States.ArrayContains(array, value) */
export const arrayContains: Intrinsic = ([list, value]) => array(list).some((item) => isDeepStrictEqual(item, value));

/** States.ArrayRange(first, last, step) */
export const arrayRange: Intrinsic = ([first, last, step]) => {
  const [from, to, by] = [integer(first), integer(last), integer(step)];
  if (by === 0) refuse('the increment must not be 0');
  const length = Math.max(Math.floor((to - from) / by) + 1, 0);
  if (length > rangeLimit) refuse(`the array would have more than ${rangeLimit} items`);
  return Array.from({ length }, (_, i) => from + i * by);
};

/** States.ArrayGetItem(array, index) */
export const arrayGetItem: Intrinsic = ([list, index]) => {
  const items = array(list);
  const i = integer(index);
  const item = items[i];
  return item === undefined ? refuse(`the index ${i} is outside the array of ${items.length} items`) : item;
};

/** States.ArrayLength(array) */
export const arrayLength: Intrinsic = ([list]) => array(list).length;

/** States.ArrayUnique(array): the first of each equal items stays. */
export const arrayUnique: Intrinsic = ([list]) => {
  const kept: Json[] = [];
  for (const item of array(list)) if (!kept.some((k) => isDeepStrictEqual(k, item))) kept.push(item);
  return kept;
};
