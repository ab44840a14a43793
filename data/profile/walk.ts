/**
 * One walk through the values of numeric columns in their order: everything that takes ranks, or a mean known before, is
 * found on the way, and no more than a piece of the values is in memory.
 */
import { arraysOf } from '../arraysOf.ts';
import type { Engine } from '../engine.ts';
import { inTurn } from '../inTurn.ts';
import { labelSql } from '../target.ts';
import type { PairSums } from './association.ts';
import { bins, type Grouped, type TargetFacts } from './groups.ts';
import { add, newSum, type Sum } from './sum.ts';

/** What has to be known of a column before: rows with a value, different values, their mean. */
export interface Known {
  known: number;
  /** At least so many of a continuous column. */
  values: number;
  mean: number;
}

/** A twentieth of the known rows, the rows of one value where there are few, or those without a value. */
export interface Bin {
  rows: number;
  /** The largest value; NaN of missing ones. */
  edge: number;
  /** Classes: rows of each. */
  classes: number[];
  /** Regression: of the labels' differences from their mean. */
  labels: Sum;
}

export interface Walked {
  /** Different values. */
  values: number;
  bins: Bin[];
  /** Values by rank, of the wanted ranks. */
  ranked: ReadonlyMap<number, number>;
  squares: number;
  cubes: number;
  /** Two classes: pairs of a row of the first below one of the second, a missing value below all, ties half. */
  below: number;
  /** Regression, of the rows with a value: value and label, and the ranks of both. */
  pairs: PairSums;
  rankPairs: PairSums;
}

/** By key; `ranksOf` tells the ranks that are wanted of so many known rows, ascending. */
export const walkInOrder = async (
  engine: Engine,
  grouped: Grouped,
  facts: ReadonlyMap<number, Known>,
  target: TargetFacts | undefined,
  ranksOf: (known: number) => readonly number[],
): Promise<Map<number, Walked>> => {
  const { from, columns, isSummed, take } = wayOf(grouped, target);
  const told = ["coalesce(v, 'nan'::DOUBLE)", ...columns];
  const continuous = [...grouped.rows];
  const queries = [
    `SELECT ${['k::DOUBLE', 'n', ...told].join(', ')} FROM ${from} ORDER BY k, v NULLS FIRST`,
    // One by one: for all of them together there is no room.
    ...continuous.map(([, own]) => `SELECT ${told.join(', ')} FROM (${own}) ORDER BY v NULLS FIRST`),
  ];
  const walks = new Map<number, Walk>();
  let walk: Walk | undefined;
  let value = Number.NaN;
  let count = 0;
  const more = new Float64Array(columns.length);
  const settle = () => {
    if (!walk || count === 0) return;
    step(walk, value, count);
    take(walk, value, count, more);
    count = 0;
  };
  for await (const { place, chunk } of inTurn(engine, queries)) {
    const read = arraysOf<Float64Array>(chunk);
    const [keys, counts] = place === 0 ? read.splice(0, 2) : [];
    const [values, ...others] = read as [Float64Array, ...Float64Array[]];
    const [ownKey = 0] = continuous[place - 1] ?? [];
    const { rowCount } = chunk;
    for (let row = 0; row < rowCount; row++) {
      const key = keys ? keys[row]! : ownKey;
      const next = values[row]!;
      const isOther = walk?.key !== key;
      // Rows of one value are one step, wherever that makes a difference.
      if (isOther || !isSummed || !(next === value || (Number.isNaN(next) && Number.isNaN(value)))) {
        settle();
        if (isOther) {
          const own = facts.get(key);
          walk = newWalk(key, own, ranksOf(own?.known ?? 0), target?.target.classes?.length ?? 0);
          walks.set(key, walk);
        }
        value = next;
        more.fill(0);
      }
      count += counts ? counts[row]! : 1;
      for (let column = 0; column < more.length; column++) more[column]! += others[column]![row]!;
    }
  }
  settle();
  return new Map([...walks].map(([key, own]) => [key, walkedOf(own)]));
};

type Walk = ReturnType<typeof newWalk>;

const newWalk = (
  key: number,
  { known, values, mean }: Known = { known: 0, values: 0, mean: 0 },
  ranks: readonly number[],
  classes: number,
) => ({
  key,
  known,
  /** Every value is a bin. */
  few: values <= bins,
  mean,
  ranks,
  classes,
  bins: [] as Bin[],
  bin: undefined as Bin | undefined,
  mark: -1,
  last: Number.NaN,
  values: 0,
  /** Known rows up to now, and before the present value; rows of the first of two classes. */
  upto: 0,
  before: 0,
  misses: 0,
  ranked: new Map<number, number>(),
  wanted: 0,
  squares: newSum(),
  cubes: newSum(),
  below: newSum(),
  pairs: newPairs(),
  rankPairs: newPairs(),
});

const walkedOf = ({ values, bins, ranked, squares, cubes, below, pairs, rankPairs, upto }: Walk): Walked => ({
  values,
  bins,
  ranked,
  squares: squares.value,
  cubes: cubes.value,
  below: below.value,
  pairs: pairsOf(pairs, upto),
  rankPairs: pairsOf(rankPairs, upto),
});

/** `value` is NaN where it is missing. */
const step = (walk: Walk, value: number, rows: number) => {
  if (Number.isNaN(value)) {
    binOf(walk, -2).rows += rows;
    return;
  }
  if (value !== walk.last) {
    walk.before = walk.upto;
    walk.values++;
  }
  walk.last = value;
  const bin = binOf(walk, walk.few ? walk.before : Math.floor((bins * walk.before) / walk.known));
  bin.rows += rows;
  bin.edge = value;
  walk.upto += rows;
  while (walk.ranks[walk.wanted]! < walk.upto) walk.ranked.set(walk.ranks[walk.wanted++]!, value);
  const off = value - walk.mean;
  add(walk.squares, rows * off * off);
  add(walk.cubes, rows * off * off * off);
};

/** The present bin, or the next one when it has another mark. */
const binOf = (walk: Walk, mark: number): Bin => {
  if (walk.bin && walk.mark === mark) return walk.bin;
  walk.mark = mark;
  walk.bin = { rows: 0, edge: Number.NaN, classes: Array.from({ length: walk.classes }, () => 0), labels: newSum() };
  walk.bins.push(walk.bin);
  return walk.bin;
};

/** Where the values lie with what is known of the target beside them, and what is done with that. */
interface Way {
  from: string;
  /** DOUBLE each, `more` in the order of these. */
  columns: readonly string[];
  /** Whether several rows of a value may be taken as one, with sums of `columns`. */
  isSummed: boolean;
  take: (walk: Walk, value: number, rows: number, more: Float64Array) => void;
}

const wayOf = ({ values, classes: byClass }: Grouped, facts: TargetFacts | undefined): Way => {
  if (!facts) return { from: values, columns: [], isSummed: true, take: () => undefined };
  const { classes } = facts.target;
  if (!classes) return { from: values, columns: ['s', 's2', 'r', 'r2'], isSummed: true, take: takeNumbers };
  if (classes.length === 2) return { from: values, columns: ['p'], isSummed: true, take: takePositives };
  return { from: byClass, columns: [`${labelSql(facts.target, 't')} AS label`], isSummed: false, take: takeClass };
};

const takePositives: Way['take'] = (walk, _, rows, [hits = 0]) => {
  const { classes } = walk.bin!;
  classes[0]! += rows - hits;
  classes[1]! += hits;
  add(walk.below, hits * (walk.misses + (rows - hits) / 2));
  walk.misses += rows - hits;
};

const takeClass: Way['take'] = (walk, _, rows, [label = 0]) => {
  walk.bin!.classes[label]! += rows;
};

const takeNumbers: Way['take'] = (walk, value, rows, [sum = 0, squares = 0, rank = 0, rankSquares = 0]) => {
  add(walk.bin!.labels, sum);
  if (Number.isNaN(value)) return;
  const off = value - walk.mean;
  addPairs(walk.pairs, off, rows, sum, squares);
  // Both kinds of ranks as differences from the middle one.
  const middle = walk.known / 2;
  const ownSquares = rankSquares - walk.known * rank + rows * middle * middle;
  addPairs(walk.rankPairs, walk.before + rows / 2 - middle, rows, rank - rows * middle, ownSquares);
};

const newPairs = () => ({ x: newSum(), y: newSum(), xx: newSum(), yy: newSum(), xy: newSum() });

/** `rows` with the same x, of whose y the sum and the sum of squares are known. */
const addPairs = (pairs: ReturnType<typeof newPairs>, x: number, rows: number, y: number, yy: number) => {
  add(pairs.x, rows * x);
  add(pairs.y, y);
  add(pairs.xx, rows * x * x);
  add(pairs.yy, yy);
  add(pairs.xy, x * y);
};

const pairsOf = ({ x, y, xx, yy, xy }: ReturnType<typeof newPairs>, n: number): PairSums => ({
  n,
  x: x.value,
  y: y.value,
  xx: xx.value,
  yy: yy.value,
  xy: xy.value,
});
