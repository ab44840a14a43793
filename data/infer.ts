/** What a file is about: which column is to be predicted, and what kind of problem that poses. */
import type { Problem } from '../algorithms/algorithm.ts';
import { nearMiss } from '../algorithms/nearMiss.ts';
import { InputError } from '../spec/errors.ts';
import { count } from './count.ts';
import { listed, shown } from './quote.ts';
import { distinctSorted, levelCounts, sortedValues } from './statistics.ts';
import { type CategoricalColumn, type Column, missingIn, type NumericColumn, type Table } from './table.ts';

/** The column to predict. Labels are class numbers (the place in `classes`) or, for regression, the values themselves. */
export interface Target {
  name: string;
  problem: Problem;
  /** Class labels as the file spells them, in label order; the second of two is the positive class. */
  classes?: readonly string[];
  /** Whether the file holds numbers in this column. */
  numeric: boolean;
  /** Why this problem was chosen. */
  reason: string;
}

const usualNames = ['target', 'label', 'class', 'y'];
const maxClasses = 1000;

/** The column to predict: `given`, else one named target, label, class or y (in any case), else the last. */
export const inferTarget = (names: readonly string[], given?: string): string => {
  if (given !== undefined && !names.includes(given)) throw unknownColumn('the target', given, names);
  const usual = usualNames.map((wanted) => names.find((name) => name.toLowerCase() === wanted)).find(Boolean);
  return given ?? usual ?? names.at(-1) ?? '';
};

/** InputError for a column that the file does not have, with the one that was probably meant. */
export const unknownColumn = (role: string, given: string, names: readonly string[]) => {
  const near = nearMiss(given, names);
  return new InputError({
    what: `${role} ${shown(given)} is not a column of the file`,
    expected: `one of ${listed(names)}`,
    todo: near
      ? `Did you mean ${shown(near)}?`
      : 'Name a column of the file; a file without a header has column_1, column_2, …',
  });
};

/** Target and problem of a table. Throws InputError when the column cannot be predicted, saying why. */
export const describeTarget = (table: Table, given: { target?: string; problem?: Problem } = {}): Target => {
  const names = table.columns.map(({ name }) => name);
  if (names.length < 2)
    throw new InputError({
      what: `${table.name} has only one column, ${shown(names[0] ?? '')}`,
      expected: 'a column to predict and at least one column to predict it from',
      todo: 'Separate the cells by a comma, semicolon, tab or |',
    });
  const name = inferTarget(names, given.target);
  const column = table.columns.find((column) => column.name === name)!;
  refuseMissing(table, column);
  return { name, numeric: column.type === 'numeric', ...inferProblem(column, given.problem) };
};

const refuseMissing = (table: Table, column: Column) => {
  const missing = missingIn(column);
  if (missing === 0) return;
  const first = column.type === 'numeric' ? column.values.findIndex(Number.isNaN) : column.codes.indexOf(-1);
  throw new InputError({
    what: `The target ${shown(column.name)} is missing in ${count(missing, 'row')} of ${table.rows}`,
    where: `${table.name}, first in data row ${first + 1}`,
    expected: 'a value of the target in every row',
    todo: 'Remove these rows, or name another target',
  });
};

/** A number as people write it and no machine reads it: a decimal comma, separated thousands, a currency, a percent sign. */
const decorated = /^[-+]?\p{Sc}?[-+]?\d[\d.,' ]*[%\p{Sc}]?$/u;

/**
 * The problem that a target poses. Text is classes: two are binary, more are multiclass. Numbers are a regression, but for two
 * distinct values (binary) and for the whole numbers 0..k or 1..k with at most ten values, each five times on average
 * (multiclass). Throws InputError for a constant, for text that looks like an id, for a class with a single row, and when
 * `given` does not fit.
 */
export const inferProblem = (column: Column, given?: Problem): Pick<Target, 'problem' | 'classes' | 'reason'> => {
  const { distinct, rows, looksLikeClasses } = column.type === 'numeric' ? numbers(column) : texts(column);
  const { name } = column;
  if (distinct < 2)
    throw new InputError({
      what: `The target ${shown(name)} has the same value in every row`,
      expected: 'at least two different values',
      todo: 'Name another target, or add rows with other values',
    });
  if (given) refuseMismatch(column, given, distinct);
  const inferred: Problem = !looksLikeClasses ? 'regression' : distinct === 2 ? 'binary' : 'multiclass';
  const problem = given ?? inferred;
  const reason = given ? 'given' : reasons[column.type][inferred](distinct);
  if (problem === 'regression') return { problem, reason };
  if (distinct > maxClasses || (distinct > 2 && distinct > rows / 2))
    throw new InputError({
      what: `The target ${shown(name)} has ${distinct} different values in ${rows} rows: it looks like free text or an id`,
      expected: `at most ${maxClasses} classes, each in several rows`,
      todo:
        column.type === 'categorical' && column.levels.every((level) => decorated.test(level))
          ? `Write ${shown(column.levels[0] ?? '')} and its like as plain numbers with a decimal point to have them predicted as numbers, or name another target`
          : 'Name another target',
    });
  return { problem, classes: classesOf(column), reason };
};

const reasons: Record<Column['type'], Record<Problem, (distinct: number) => string>> = {
  numeric: {
    regression: (distinct) => `numbers with ${distinct} different values`,
    binary: () => 'numbers with two different values',
    multiclass: (distinct) => `the whole numbers of ${distinct} classes`,
  },
  categorical: {
    regression: () => '',
    binary: () => 'text with two different values',
    multiclass: (distinct) => `text with ${distinct} different values`,
  },
};

const numbers = (column: NumericColumn) => {
  const sorted = sortedValues(column);
  const distinct = distinctSorted(sorted);
  const [low = 0, high = 0] = [sorted[0], sorted.at(-1)];
  const counted = (low === 0 || low === 1) && high - low === distinct - 1 && sorted.every(Number.isInteger);
  const few = distinct <= 10 && sorted.length >= distinct * 5;
  return { distinct, rows: sorted.length, looksLikeClasses: distinct === 2 || (counted && few) };
};

const texts = ({ codes, levels }: CategoricalColumn) => ({
  distinct: levels.length,
  rows: codes.length,
  looksLikeClasses: true,
});

const refuseMismatch = ({ name, type }: Column, given: Problem, distinct: number) => {
  const found = `${distinct} different values`;
  const fits: Record<Problem, boolean> = {
    binary: distinct === 2,
    multiclass: distinct > 2,
    regression: type === 'numeric',
  };
  const expected: Record<Problem, string> = {
    binary: 'two classes for a binary problem',
    multiclass: 'at least three classes for a multiclass problem',
    regression: 'numbers for a regression',
  };
  if (fits[given]) return;
  throw new InputError({
    what: `The target ${shown(name)} does not pose a ${given} problem: it holds ${type === 'numeric' ? 'numbers' : 'text'} with ${found}`,
    expected: expected[given],
    todo: 'Leave data.problem out to have it inferred, or name another target',
  });
};

const affirmative = new Set(['yes', 'true', 'y', 't', 'positive', 'pos', 'on', '1']);
const negative = new Set(['no', 'false', 'n', 'f', 'negative', 'neg', 'off', '0']);

/** Numbers ascending, text by code point; of two, a plain yes comes second and a plain no first, whatever the other is. */
const classesOf = (column: Column): string[] => {
  const counts = column.type === 'numeric' ? countValues(column) : countLevels(column);
  const lone = counts.find(([, rows]) => rows === 1);
  if (lone)
    throw new InputError({
      what: `The class ${shown(lone[0])} of the target ${shown(column.name)} has a single row, which cannot be both learned and tested`,
      expected: 'at least two rows of every class',
      todo: 'Add rows of this class, or remove it',
    });
  const classes = counts.map(([label]) => label);
  const [first = '', second = ''] = classes.map((label) => label.toLowerCase());
  const swap = (affirmative.has(first) && !affirmative.has(second)) || (negative.has(second) && !negative.has(first));
  return classes.length === 2 && swap ? classes.reverse() : classes;
};

const countValues = (column: NumericColumn): [string, number][] => {
  const counts = new Map<number, number>();
  for (const value of sortedValues(column)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, rows]) => [String(value), rows]);
};

const countLevels = ({ codes, levels }: CategoricalColumn): [string, number][] => {
  const counts = levelCounts(codes, levels.length);
  return levels.map((level, code): [string, number] => [level, counts[code]!]).sort(([a], [b]) => byCodePoint(a, b));
};

/** Order that depends on no locale. */
export const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
