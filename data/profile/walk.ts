/**
 * One walk through the distinct values of numeric columns in their order: everything that takes ranks, or a mean known before, is
 * found on the way, and no more than a piece of the values is in memory.
 */
import type { Engine } from '../engine.ts';
import { labelSql } from '../target.ts';
import type { PairSums } from './association.ts';
import { bins, type Grouped, type TargetFacts } from './groups.ts';
import { add, newSum, type Sum } from './sum.ts';

/** What has to be known of a column before: rows with a value, different values, their mean. */
export interface Known {
  known: number;
  values: bigint;
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
  const { from, columns, take } = wayOf(grouped, target);
  const query = `SELECT ${['k::DOUBLE', "coalesce(v, 'nan'::DOUBLE)", 'n', ...columns].join(', ')} FROM ${from} ORDER BY k, v NULLS FIRST`;
  const walks = new Map<number, Walk>();
  let walk: Walk | undefined;
  for await (const chunk of engine.chunks(query)) {
    const read = Array.from(
      { length: chunk.columnCount },
      (_, place) => (chunk.getColumnVector(place) as unknown as { items: Float64Array }).items,
    );
    const [keys, values, counts, ...more] = read as [Float64Array, Float64Array, Float64Array, ...Float64Array[]];
    for (let row = 0; row < chunk.rowCount; row++) {
      const key = keys[row]!;
      if (walk?.key !== key) {
        const own = facts.get(key);
        walk = newWalk(key, own, ranksOf(own?.known ?? 0), target?.target.classes?.length ?? 0);
        walks.set(key, walk);
      }
      step(walk, values[row]!, counts[row]!);
      take(walk, values[row]!, counts[row]!, more, row);
    }
  }
  return new Map([...walks].map(([key, own]) => [key, told(own)]));
};

type Walk = ReturnType<typeof newWalk>;

const newWalk = (
  key: number,
  { known, values, mean }: Known = { known: 0, values: 0n, mean: 0 },
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

const told = ({ bins, ranked, squares, cubes, below, pairs, rankPairs, upto }: Walk): Walked => ({
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
  if (value !== walk.last) walk.before = walk.upto;
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
  take: (walk: Walk, value: number, rows: number, more: readonly Float64Array[], row: number) => void;
}

const wayOf = ({ values, classes: byClass }: Grouped, facts: TargetFacts | undefined): Way => {
  if (!facts) return { from: values, columns: [], take: () => undefined };
  const { classes } = facts.target;
  if (!classes) return { from: values, columns: ['s', 's2', 'r', 'r2'], take: takeNumbers };
  if (classes.length === 2) return { from: values, columns: ['p'], take: takePositives };
  return { from: byClass, columns: [`${labelSql(facts.target, 't')} AS label`], take: takeClass };
};

const takePositives: Way['take'] = (walk, _, rows, [positives], row) => {
  const hits = positives![row]!;
  const { classes } = walk.bin!;
  classes[0]! += rows - hits;
  classes[1]! += hits;
  add(walk.below, hits * (walk.misses + (rows - hits) / 2));
  walk.misses += rows - hits;
};

const takeClass: Way['take'] = (walk, _, rows, [labels], row) => {
  walk.bin!.classes[labels![row]!]! += rows;
};

const takeNumbers: Way['take'] = (walk, value, rows, [sums, squares, ranks, rankSquares], row) => {
  const sum = sums![row]!;
  add(walk.bin!.labels, sum);
  if (Number.isNaN(value)) return;
  const off = value - walk.mean;
  addPairs(walk.pairs, off, rows, sum, squares![row]!);
  // Both kinds of ranks as differences from the middle one.
  const middle = walk.known / 2;
  const rank = ranks![row]!;
  const ownSquares = rankSquares![row]! - walk.known * rank + rows * middle * middle;
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
