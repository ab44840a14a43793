import { InputError } from '../../spec/errors.ts';
import { byCodePoint, type Target, unknownColumn } from '../infer.ts';
import { findLeaks } from '../leaks.ts';
import { idLike } from '../notes.ts';
import type { Profile } from '../profile.ts';
import { listed, shown } from '../quote.ts';
import { deviation, levelCounts, mean, quantile, sortedValues } from '../statistics.ts';
import type { CategoricalColumn, NumericColumn, Table } from '../table.ts';
import { type CategoricalFeature, type Feature, type NumericFeature, outputsOf, type Recipe } from './schema.ts';

export interface FitOptions {
  target: Target;
  /** The profile of the table, when there is one: its leaks are not looked for again, what it ignores is left out. */
  profile?: Pick<Profile, 'leaks' | 'ignored'>;
  /** Columns to leave out; default those the profile ignores. */
  ignore?: readonly string[];
  /** Columns to use although they look like ids or leak the target. */
  keep?: readonly string[];
}

const maxLevels = 100;
const maxOutputs = 10_000;

/**
 * Learns the recipe from `rows` of the table: the train rows, never others. (Whether a column is an id or the target in other
 * words is told from all rows: that only takes columns away.) Throws InputError when no feature is left.
 */
export const fitRecipe = (
  table: Table,
  rows: Int32Array,
  { target, profile, ignore = profile?.ignored ?? [], keep = [] }: FitOptions,
): Recipe => {
  const names = table.columns.map(({ name }) => name);
  for (const [role, list] of [
    ['data.ignore', ignore],
    ['data.keep', keep],
  ] as const)
    for (const name of list) if (!names.includes(name)) throw unknownColumn(role, name, names);
  if (ignore.includes(target.name))
    throw new InputError({
      what: `data.ignore holds the target ${shown(target.name)}`,
      todo: 'Ignore other columns only',
    });
  const leaks = new Map((profile?.leaks ?? findLeaks(table, target)).map(({ column, reason }) => [column, reason]));
  const isSpare = (name: string) => ![target.name, ...ignore, ...keep].includes(name) && !leaks.has(name);
  const features: Feature[] = [];
  const dropped: Recipe['dropped'] = [];
  for (const column of table.columns) {
    const { name } = column;
    if (name === target.name) continue;
    const unwanted = ignore.includes(name)
      ? 'ignored'
      : keep.includes(name)
        ? undefined
        : (leaks.get(name) ?? idLike(column));
    const fitted = unwanted ?? (column.type === 'numeric' ? fitNumeric(column, rows) : fitCategorical(column, rows));
    if (typeof fitted === 'string') dropped.push({ column: name, reason: fitted });
    else features.push(fitted);
  }
  // A column that counts 1, 2, 3 is a row number beside others; alone it is what the user wants to predict from.
  const numbering = table.columns.filter(
    (column) => column.type === 'numeric' && idLike(column) && isSpare(column.name),
  );
  if (features.length === 0 && numbering.length > 0)
    return fitRecipe(table, rows, { target, profile, ignore, keep: [...keep, ...numbering.map(({ name }) => name)] });
  if (features.length === 0)
    throw new InputError({
      what: `${table.name} has no column from which ${shown(target.name)} could be predicted`,
      where: listed(
        dropped.map(({ column, reason }) => `${shown(column)}: ${reason}`),
        5,
      ),
      expected: 'at least one column that varies and is neither an id nor the target in other words',
      todo: 'Add columns, or list in data.keep those to use all the same',
    });
  const outputs = features.flatMap(outputsOf);
  if (outputs.length > maxOutputs) throw tooWide(features, outputs.length);
  return {
    version: 1,
    target: { ...target, classes: target.classes && [...target.classes] },
    inputs: table.columns.map(({ name, type }) => ({ name, type })),
    features,
    dropped,
    outputs,
  };
};

const tooWide = (features: readonly Feature[], width: number) => {
  const widest = features
    .map((feature) => ({ column: feature.column, width: outputsOf(feature).length }))
    .sort((a, b) => b.width - a.width);
  return new InputError({
    what: `The columns become ${width} features`,
    where: listed(
      widest.map(({ column, width }) => `${shown(column)}: ${width}`),
      5,
    ),
    expected: `at most ${maxOutputs}`,
    todo: 'Leave out columns with data.ignore',
  });
};

const fitNumeric = (column: NumericColumn, rows: Int32Array): NumericFeature | string => {
  const sorted = sortedValues(column, rows);
  if (sorted.length === 0) return 'no train row has a value';
  const impute = quantile(sorted, 0.5);
  const missing = sorted.length < rows.length;
  const constant = sorted[0] === sorted.at(-1);
  if (constant && !missing) return 'every train row has the same value';
  const scale = constant ? 1 : deviation(sorted, 0);
  // Values near the largest double overflow on squaring, values near the smallest vanish.
  if (!(scale > 0 && scale < Infinity)) return 'its values are too large or too close together to be scaled';
  return { column: column.name, kind: 'numeric', impute, mean: mean(sorted), scale, missing };
};

const fitCategorical = (column: CategoricalColumn, rows: Int32Array): CategoricalFeature | string => {
  const counts = levelCounts(column.codes, column.levels.length, rows);
  const seen = column.levels
    .map((level, code) => ({ level, rows: counts[code]! }))
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows || byCodePoint(a.level, b.level));
  const missing = rows.some((row) => column.codes[row]! < 0);
  if (seen.length === 0) return 'no train row has a value';
  if (seen.length === 1 && !missing) return 'every train row has the same value';
  const levels = seen.slice(0, maxLevels).map(({ level }) => level);
  return {
    column: column.name,
    kind: 'categorical',
    levels: levels.sort(byCodePoint),
    other: seen.length > maxLevels,
    missing,
  };
};
