import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../json.ts';
import { array, integer, refuse, type Intrinsic } from './arguments.ts';
import { hashSetOrder, javaText } from './javaText.ts';

const rangeLimit = 1_000;

/** States.Array(a, b, …) */
export const arrayOf: Intrinsic = (args) => [...args];

/** States.ArrayPartition(array, size) */
export const arrayPartition: Intrinsic = ([list, size]) => {
  const items = array(list);
  const by = integer(size);
  if (by <= 0) refuse();
  return Array.from({ length: Math.ceil(items.length / by) }, (_, i) => items.slice(i * by, (i + 1) * by));
};

/** States.ArrayContains(array, value): AWS compares the texts of both, so that `"1"` contains 1 and the order of keys matters. */
export const arrayContains: Intrinsic = ([list, value = null]) => {
  const wanted = javaText(value);
  return array(list).some((item) => javaText(item) === wanted);
};

/** States.ArrayRange(first, last, step) */
export const arrayRange: Intrinsic = ([first, last, step]) => {
  const [from, to, by] = [integer(first), integer(last), integer(step)];
  if (by === 0) refuse();
  const length = Math.max(Math.floor((to - from) / by) + 1, 0);
  if (length > rangeLimit) refuse();
  return Array.from({ length }, (_, i) => from + i * by);
};

/** States.ArrayGetItem(array, index); of an empty array any item is null. */
export const arrayGetItem: Intrinsic = ([list, index]) => {
  const items = array(list);
  const i = integer(index);
  return items.length === 0 ? null : (items[i] ?? (i in items ? null : refuse()));
};

/** States.ArrayLength(array) */
export const arrayLength: Intrinsic = ([list]) => array(list).length;

/** States.ArrayUnique(array): AWS collects the items in a HashSet and gives them back in its order. */
export const arrayUnique: Intrinsic = ([list]) => {
  const kept: Json[] = [];
  for (const item of array(list)) if (!kept.some((k) => isDeepStrictEqual(k, item))) kept.push(item);
  return hashSetOrder(kept);
};
