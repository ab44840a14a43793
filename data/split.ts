/**
 * Train, validation and test rows, decided before anything is fitted and from each row's content hash alone. Both ways send equal
 * rows to the same split and do not depend on the order of the file.
 *
 * - `random`: the hash itself, as a number in [0, 1), is compared with the fractions. Rows that are added later move no old row.
 *   The shares are met on average only.
 * - `stratified`: within each class the rows are ranked by hash and cut by rank, so that every split has the classes in the
 *   file's proportions. Added rows may move old rows near a cut.
 */
import { InputError } from '../spec/errors.ts';
import { count } from './count.ts';
import type { Target } from './infer.ts';
import { labelsOf } from './labels.ts';
import { shown } from './quote.ts';
import { hashRows } from './rowHash.ts';
import { allRows, type Table } from './table.ts';

export interface SplitOptions {
  /** Fractions of the rows; they add up to 1. */
  train: number;
  validation: number;
  test: number;
  /** 32-bit unsigned. */
  seed: number;
  /** Default: stratified for classes, random for numbers. */
  by?: 'random' | 'stratified';
  target: Target;
}

/** Row numbers in hash order: shuffled, and the same for the same rows in any order. */
export interface Split {
  train: Int32Array;
  validation: Int32Array;
  test: Int32Array;
}

/** Throws InputError when the fractions do not add up or the rows are too few for the splits that were asked for. */
export const split = (table: Table, options: SplitOptions): Split => {
  const { seed, target } = options;
  checkFractions(options);
  const hashes = hashRows(table, seed);
  const order = allRows(table.rows).sort((a, b) => hashes[a]! - hashes[b]! || a - b);
  const labels =
    target.classes &&
    labelsOf(
      table.columns.find(({ name }) => name === target.name)!,
      target,
      order,
    );
  const stratified = options.by ? options.by === 'stratified' : labels !== undefined;
  if (stratified && !labels)
    throw new InputError({
      what: 'prepare.split.by is stratified, but the target is a number',
      where: `target ${shown(target.name)}`,
      expected: 'random for a regression',
      todo: 'Leave prepare.split.by out',
    });
  const parts = stratified
    ? byRank(order, hashes, labels!, target.classes!.length, options)
    : byThreshold(order, hashes, options);
  const chosen = (part: number) => order.filter((_, index) => parts[index] === part);
  const result = { train: chosen(0), validation: chosen(1), test: chosen(2) };
  refuseEmpty(result, table, options);
  if (labels) refuseUntrained(labels, parts, target);
  return result;
};

const checkFractions = ({ train, validation, test }: SplitOptions) => {
  const fractions = [train, validation, test];
  const valid = train > 0 && fractions.every((share) => share >= 0 && share <= 1);
  if (valid && Math.abs(train + validation + test - 1) < 1e-9) return;
  throw new InputError({
    what: `The split ${fractions.join(' + ')} does not divide the rows`,
    where: 'prepare.split',
    expected: 'train, validation and test from 0 to 1 that add up to 1, with a train above 0',
    todo: 'Correct the fractions',
  });
};

const byThreshold = (order: Int32Array, hashes: Uint32Array, { train, validation, test }: SplitOptions) => {
  const tested = validation === 0 ? train : 1 - test;
  return Uint8Array.from(order, (row) => {
    const place = hashes[row]! / 2 ** 32;
    return place < train ? 0 : place < tested ? 1 : 2;
  });
};

const byRank = (
  order: Int32Array,
  hashes: Uint32Array,
  labels: Float64Array,
  classes: number,
  { train, validation }: SplitOptions,
) => {
  const parts = new Uint8Array(order.length);
  const members = Array.from({ length: classes }, (): number[] => []);
  for (const [index, label] of labels.entries()) members[label]!.push(index);
  for (const ranked of members) {
    const hash = (rank: number) => hashes[order[ranked[rank]!]!];
    // Equal rows have equal hashes: a cut between them moves to the nearer end of their group.
    const cut = (share: number, least: number) => {
      const wanted = Math.min(ranked.length, Math.max(least, Math.round(share * ranked.length)));
      let [before, after] = [wanted, wanted];
      while (before > 0 && before < ranked.length && hash(before) === hash(before - 1)) before -= 1;
      while (after > 0 && after < ranked.length && hash(after) === hash(after - 1)) after += 1;
      return before >= least && wanted - before <= after - wanted ? before : after;
    };
    const toTrain = cut(train, 1);
    const toValidation = Math.max(toTrain, cut(train + validation, 1));
    for (const [rank, index] of ranked.entries()) parts[index] = rank < toTrain ? 0 : rank < toValidation ? 1 : 2;
  }
  return parts;
};

const refuseEmpty = (result: Split, table: Table, options: SplitOptions) => {
  for (const part of ['train', 'validation', 'test'] as const) {
    if (result[part].length > 0 || options[part] === 0) continue;
    // With n rows a split of share f stays empty with probability (1 - f)^n: 5 / f rows make that less than 1 in 100.
    const needed = Math.ceil(5 / options[part]);
    throw new InputError({
      what: `${table.name} has ${count(table.rows, 'row')}, which leaves none for the ${part} split`,
      where: `prepare.split, ${part}: ${options[part]}`,
      expected: `about ${needed} different rows or more`,
      todo: `Add rows, or enlarge the ${part} fraction`,
    });
  }
};

const refuseUntrained = (labels: Float64Array, parts: Uint8Array, { classes = [], name }: Target) => {
  const trained = new Set(labels.filter((_, index) => parts[index] === 0));
  const absent = classes.findIndex((_, label) => !trained.has(label));
  if (absent < 0) return;
  const rows = labels.filter((label) => label === absent).length;
  throw new InputError({
    what: `The class ${shown(classes[absent]!)} of the target ${shown(name)} has ${count(rows, 'row')}, none of which fell into the train split`,
    where: 'prepare.split',
    expected: 'every class in the train split',
    todo: `Use by: stratified, or have at least ${Math.max(5, rows + 1)} rows of this class`,
  });
};
