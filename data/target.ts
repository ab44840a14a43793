/** What a drop is about: which column is to be predicted, and what kind of problem that poses. */
import type { Problem } from '../algorithms/algorithm.ts';
import { InputError } from '../spec/errors.ts';
import { count } from './count.ts';
import { rowsView, type Dataset, type DatasetColumn } from './dataset.ts';
import { quoted } from './engine.ts';
import { shown } from './quote.ts';
import { byCodePoint, inferTarget, unknownColumn } from './targetColumn.ts';

/** The column to predict. Labels are class numbers (the place in `classes`) or, for regression, the values themselves. */
export interface Target {
  name: string;
  problem: Problem;
  /** Class labels as the file spells them, in label order; the second of two is the positive class. */
  classes?: readonly string[];
  /** Rows of each class, in label order. */
  classCounts?: readonly number[];
  /** Whether the file holds numbers in this column. */
  numeric: boolean;
  /** Why this problem was chosen. */
  reason: string;
}

const maxClasses = 1000;

/** A number as people write it and no machine reads it: a decimal comma, separated thousands, a currency, a percent sign. */
const decorated = /^[-+]?\p{Sc}?[-+]?\d[\d.,' ]*[%\p{Sc}]?$/u;

/** The column of this name; throws InputError with the near miss. */
export const columnNamed = ({ columns }: Pick<Dataset, 'columns'>, role: string, name: string): DatasetColumn => {
  const column = columns.find((it) => it.name === name);
  if (column) return column;
  throw unknownColumn(
    role,
    name,
    columns.map((it) => it.name),
  );
};

/** Target and problem of a dataset. Throws InputError when the column cannot be predicted, saying why. */
export const describeTarget = async (
  dataset: Dataset,
  given: { target?: string; problem?: Problem } = {},
): Promise<Target> => {
  const names = dataset.columns.map(({ name }) => name);
  if (names.length < 2)
    throw new InputError({
      what: `${dataset.name} has only one column, ${shown(names[0] ?? '')}`,
      expected: 'a column to predict and at least one column to predict it from',
      todo: 'Separate the cells by a comma, semicolon, tab or |',
    });
  const column = columnNamed(dataset, 'the target', inferTarget(names, given.target));
  const facts = await factsOf(dataset, column);
  await refuseMissing(dataset, column, facts);
  const numeric = column.type === 'numeric';
  const posed = inferProblem(column, facts, given.problem);
  if (posed.problem === 'regression') await refuseTooLarge(dataset, column, facts);
  return { name: column.name, numeric, ...posed };
};

/** What the values of a target show; `values` ends after one more than the most classes. */
interface Facts {
  missing: number;
  rows: number;
  distinct: number;
  /** Numbers, of which there may be classes: whole from 0 or 1 on without a gap. */
  counted: boolean;
  /** Numbers: the largest without its sign. */
  largest: number;
  values: { value: string; rows: number }[];
}

const factsOf = async ({ engine, rows }: Dataset, { sql, type }: DatasetColumn): Promise<Facts> => {
  const groups = `SELECT ${sql} AS value, count(*) AS n FROM ${rowsView} WHERE ${sql} IS NOT NULL GROUP BY 1`;
  const found = await engine.rows<{ value: string | number; n: bigint }>(
    `${groups} ORDER BY value LIMIT ${maxClasses + 1}`,
  );
  const numbers = found.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  const [first = Number.NaN, last = Number.NaN] = [numbers[0], numbers.at(-1)];
  const told = {
    known: found.reduce((sum, { n }) => sum + Number(n), 0),
    distinct: found.length,
    largest: numbers.length > 0 ? Math.max(Math.abs(first), Math.abs(last)) : 0,
  };
  const { known, distinct, largest } = found.length > maxClasses ? await factsOfMany(engine, groups, type) : told;
  const isGapless = (first === 0 || first === 1) && last - first === numbers.length - 1;
  return {
    missing: rows - known,
    rows: known,
    distinct,
    counted: found.length <= maxClasses && isGapless && numbers.every(Number.isInteger),
    largest,
    values: found.map(({ value, n }) => ({ value: String(value), rows: Number(n) })),
  };
};

/** Of more values than may be classes. */
const factsOfMany = async (engine: Dataset['engine'], groups: string, type: DatasetColumn['type']) => {
  const largest = type === 'numeric' ? 'max(abs(value))' : '0::DOUBLE';
  const [sum] = await engine.rows<{ known: number; distinct: bigint; largest: number }>(
    `SELECT sum(n)::DOUBLE AS known, count(*) AS distinct, ${largest} AS largest FROM (${groups})`,
  );
  return { known: sum?.known ?? 0, distinct: Number(sum?.distinct ?? 0), largest: sum?.largest ?? 0 };
};

const refuseMissing = async (dataset: Dataset, { name, sql }: DatasetColumn, { missing }: Facts) => {
  if (missing === 0) return;
  const [first] = await dataset.engine.rows<{ row: bigint }>(
    `SELECT min(row) AS row FROM (SELECT row_number() OVER () AS row, ${sql} AS cell FROM ${rowsView}) WHERE cell IS NULL`,
  );
  throw new InputError({
    what: `The target ${shown(name)} is missing in ${count(missing, 'row')} of ${dataset.rows}`,
    where: `${dataset.name}, first in data row ${String(first?.row ?? '?')}`,
    expected: 'a value of the target in every row',
    todo: 'Remove these rows, or name another target',
  });
};

/** The algorithms compute with 32-bit floats: a larger label would be infinite there, and fail the job. */
const largestLabel = 3.4028234663852886e38;

const refuseTooLarge = async (dataset: Dataset, { name, sql }: DatasetColumn, { largest }: Facts) => {
  if (largest <= largestLabel) return;
  const [first] = await dataset.engine.rows<{ row: bigint; cell: number }>(
    `SELECT min(row) AS row, arg_min(cell, row) AS cell FROM (SELECT row_number() OVER () AS row, ${sql} AS cell FROM ${rowsView}) WHERE abs(cell) > '${largestLabel}'::DOUBLE`,
  );
  throw new InputError({
    what: `The target ${shown(name)} is ${first?.cell ?? largest}, which is too large to be learned`,
    where: `${dataset.name}, data row ${String(first?.row ?? '?')}`,
    expected: 'numbers from -3.4e38 to 3.4e38: models compute with 32-bit floats',
    todo: 'Correct the value, or write the target in a larger unit',
  });
};

/**
 * The problem that a target poses. Text is classes: two are binary, more are multiclass. Numbers are a regression, but for two
 * distinct values (binary) and for the whole numbers 0..k or 1..k with at most ten values, each five times on average
 * (multiclass). Throws InputError for a constant, for text that looks like an id, for a class with a single row, and when
 * `given` does not fit.
 */
const inferProblem = (
  column: DatasetColumn,
  facts: Facts,
  given?: Problem,
): Pick<Target, 'problem' | 'classes' | 'classCounts' | 'reason'> => {
  const { distinct, rows, counted } = facts;
  const { name, type } = column;
  if (distinct < 2)
    throw new InputError({
      what: `The target ${shown(name)} has the same value in every row`,
      expected: 'at least two different values',
      todo: 'Name another target, or add rows with other values',
    });
  if (given) refuseMismatch(column, given, distinct);
  const few = distinct <= 10 && rows >= distinct * 5;
  const looksLikeClasses = type === 'categorical' || distinct === 2 || (counted && few);
  const inferred: Problem = !looksLikeClasses ? 'regression' : distinct === 2 ? 'binary' : 'multiclass';
  const problem = given ?? inferred;
  const reason = given ? 'given' : reasons[type][inferred](distinct);
  if (problem === 'regression') return { problem, reason };
  if (distinct > maxClasses || (distinct > 2 && distinct > rows / 2))
    throw new InputError({
      what: `The target ${shown(name)} has ${distinct} different values in ${rows} rows: it looks like free text or an id`,
      expected: `at most ${maxClasses} classes, each in several rows`,
      todo:
        type === 'categorical' && facts.values.every(({ value }) => decorated.test(value))
          ? `Write ${shown(facts.values[0]?.value ?? '')} and its like as plain numbers with a decimal point to have them predicted as numbers, or name another target`
          : 'Name another target',
    });
  const classes = classesOf(column, facts);
  return {
    problem,
    classes: classes.map(({ value }) => value),
    classCounts: classes.map((it) => it.rows),
    reason,
  };
};

const reasons: Record<DatasetColumn['type'], Record<Problem, (distinct: number) => string>> = {
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

const refuseMismatch = ({ name, type }: DatasetColumn, given: Problem, distinct: number) => {
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
    what: `The target ${shown(name)} does not pose a ${given} problem: it holds ${type === 'numeric' ? 'numbers' : 'text'} with ${distinct} different values`,
    expected: expected[given],
    todo: 'Leave data.problem out to have it inferred, or name another target',
  });
};

const affirmative = new Set(['yes', 'true', 'y', 't', 'positive', 'pos', 'on', '1']);
const negative = new Set(['no', 'false', 'n', 'f', 'negative', 'neg', 'off', '0']);

/** Numbers ascending, text by code point; of two, a plain yes comes second and a plain no first, whatever the other is. */
const classesOf = ({ name, type }: DatasetColumn, { values }: Facts) => {
  const lone = values.find(({ rows }) => rows === 1);
  if (lone)
    throw new InputError({
      what: `The class ${shown(lone.value)} of the target ${shown(name)} has a single row, which cannot be both learned and tested`,
      expected: 'at least two rows of every class',
      todo: 'Add rows of this class, or remove it',
    });
  const classes = type === 'numeric' ? values : values.toSorted((a, b) => byCodePoint(a.value, b.value));
  const [first = '', second = ''] = classes.map(({ value }) => value.toLowerCase());
  const swap = (affirmative.has(first) && !affirmative.has(second)) || (negative.has(second) && !negative.has(first));
  return classes.length === 2 && swap ? classes.toReversed() : classes;
};

/** The label of a row in SQL: the class's number or the value; NULL for a class or text that the target does not have. */
export const labelSql = ({ classes, numeric }: Pick<Target, 'classes' | 'numeric'>, sql: string): string => {
  if (!classes) return numeric ? sql : `try_cast(${sql} AS DOUBLE)`;
  const list = classes.map((label) => (numeric ? `${label}::DOUBLE` : quoted(label)));
  return `(list_position([${list.join(', ')}], ${sql}) - 1)::DOUBLE`;
};
