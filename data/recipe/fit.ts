import { type ColumnSettings, wantedSort } from '../../spec/columnSettings.ts';
import { InputError } from '../../spec/errors.ts';
import type { Dataset, DatasetColumn } from '../dataset.ts';
import { batched } from '../batched.ts';
import { listed, shown } from '../quote.ts';
import type { Values } from '../profile/groups.ts';
import { inSplit, splitView } from '../split.ts';
import { columnNamed, labelSql, type Target } from '../target.ts';
import { unknownColumn } from '../targetColumn.ts';
import { copiedAtOnce } from '../wideTable.ts';
import { fitNumbers } from './fit/fitNumbers.ts';
import { type Fitting, fitTexts } from './fit/fitTexts.ts';
import { dropGroups, groupColumns, sourceOf, takeGroups } from './fit/groups.ts';
import { tenDigits } from './fit/moments.ts';
import { type Feature, outputsOf, type Recipe } from './schema.ts';

/** What the profile knows of columns that teach nothing; of a recipe without it no column is an id or the target in other words. */
export interface KnownColumns {
  leaks: readonly { column: string; reason: string }[];
  ignored: readonly string[];
  /** Those of the kind idLike are heard. */
  notes: readonly { column: string; kind: string; message: string }[];
}

export interface FitOptions {
  profile?: KnownColumns;
  /** Columns to leave out; default those the profile ignores. */
  ignore?: readonly string[];
  /** Columns to use although they look like ids or leak the target. */
  keep?: readonly string[];
  /** Settings by column (`prepare.columns`). A column that has some is not taken for an id. */
  overrides?: Readonly<Record<string, ColumnSettings>>;
  /** Condition for the rows to learn from, in SQL over `splitView`; default: those of the train split. */
  rows?: string;
  /** What has been grouped already; nothing else is read where it is for the same rows. */
  values?: Values | undefined;
  /** By label, or from the labels of the rows that are learned from. */
  classWeights?: 'none' | 'balanced' | readonly number[];
}

const maxOutputs = 10_000;
const columnsAtOnce = 50;

/**
 * Learns the recipe from the train rows of a dataset that is split, never from others. (What type a column has, whether it is an
 * id or the target in other words, is told from all rows.) Throws InputError when no feature is left, and for settings that do
 * not fit their column.
 */
export const fitRecipe = async (dataset: Dataset, target: Target, options: FitOptions = {}): Promise<Recipe> => {
  const { profile, keep = [], rows = inSplit('train'), classWeights = 'none' } = options;
  const settings = new Map(Object.entries(options.overrides ?? {}));
  const { ignore = profile?.ignored ?? [] } = options;
  refuseUnknown(dataset, target, { ignore, keep, settings });
  const values = options.values?.rows === rows ? options.values : undefined;
  const labels = await labelCounts(dataset, target, rows, values);
  const fitting = { target, rows, trainRows: labels.rows };
  const leaks = new Map((profile?.leaks ?? []).map(({ column, reason }) => [column, reason]));
  const ids = new Map(
    (profile?.notes ?? []).flatMap(({ column, kind, message }) => (kind === 'idLike' ? [[column, message]] : [])),
  );
  const left = new Map<string, string>();
  const chosen = dataset.columns.filter(({ name, type }) => {
    if (name === target.name) return false;
    const asked = keep.includes(name);
    const reason = ignore.includes(name)
      ? 'ignored'
      : asked
        ? undefined
        : (leaks.get(name) ?? (type === 'numeric' && !settings.has(name) ? ids.get(name) : undefined));
    if (reason !== undefined) left.set(name, reason);
    return reason === undefined;
  });
  const isId = ({ name }: DatasetColumn) => (keep.includes(name) || settings.has(name) ? undefined : ids.get(name));
  const fit = (columns: readonly DatasetColumn[]) => fitColumns(dataset, columns, { settings, fitting, isId, values });
  const fitted = await fit(chosen);
  // A column that counts 1, 2, 3 is a row number beside others; alone it is what the user wants to predict from.
  if (!dataset.columns.some(({ name }) => typeof fitted.get(name) === 'object'))
    for (const [name, feature] of await fit(
      dataset.columns.filter(
        ({ name, type }) => type === 'numeric' && ids.has(name) && left.get(name) === ids.get(name),
      ),
    )) {
      fitted.set(name, feature);
      left.delete(name);
    }
  const features: Feature[] = [];
  const dropped: Recipe['dropped'] = [];
  for (const { name } of dataset.columns) {
    const feature = left.get(name) ?? fitted.get(name);
    if (typeof feature === 'string') dropped.push({ column: name, reason: feature });
    else if (feature) features.push(feature);
  }
  if (features.length === 0) throw nothingLeft(dataset, target, dropped);
  const outputs = features.flatMap((feature) => outputsOf(feature, target));
  if (outputs.length > maxOutputs) throw tooWide(features, target, outputs.length);
  const { name, problem, classes, numeric, reason } = target;
  return {
    version: 2,
    target: { name, problem, ...(classes && { classes: [...classes] }), numeric, reason },
    inputs: dataset.columns.map((column) => ({ name: column.name, type: column.type })),
    features,
    ...(classes &&
      classWeights !== 'none' && {
        classWeights: classWeights === 'balanced' ? balanced(labels.byClass) : [...classWeights],
      }),
    dropped,
    outputs,
  };
};

const fitColumns = async (
  dataset: Dataset,
  chosen: readonly DatasetColumn[],
  {
    settings,
    fitting,
    isId,
    values,
  }: {
    settings: ReadonlyMap<string, ColumnSettings>;
    fitting: Fitting;
    isId: (column: DatasetColumn) => string | undefined;
    values: Values | undefined;
  },
): Promise<Map<string, Feature | string>> => {
  const { engine } = dataset;
  const fitted = new Map<string, Feature | string>();
  for (const type of ['numeric', 'categorical'] as const) {
    const own = chosen.filter((column) => column.type === type);
    for (const copied of batched(own, copiedAtOnce(dataset))) {
      const source = await sourceOf(dataset, copied, fitting.rows);
      for (const columns of batched(copied, columnsAtOnce)) {
        const batch = columns.map((column) => ({ ...column, settings: settings.get(column.name) ?? {} }));
        const groups = await (values ? takeGroups(dataset, batch, values) : groupColumns(engine, batch, source));
        const features =
          type === 'numeric'
            ? await fitNumbers(engine, groups, batch)
            : await fitTexts(dataset, groups, batch, fitting, isId);
        batch.forEach(({ name }, place) => fitted.set(name, features[place] ?? 'no train row has a value'));
      }
    }
  }
  await dropGroups(engine);
  return fitted;
};

const refuseUnknown = (
  { columns }: Dataset,
  target: Target,
  {
    ignore,
    keep,
    settings,
  }: Required<Pick<FitOptions, 'ignore' | 'keep'>> & { settings: ReadonlyMap<string, ColumnSettings> },
) => {
  const names = columns.map(({ name }) => name);
  for (const [role, list] of [
    ['data.ignore', ignore],
    ['data.keep', keep],
    ['prepare.columns', [...settings.keys()]],
  ] as const)
    for (const name of list) if (!names.includes(name)) throw unknownColumn(role, name, names);
  if (ignore.includes(target.name))
    throw new InputError({
      what: `data.ignore holds the target ${shown(target.name)}`,
      todo: 'Ignore other columns only',
    });
  if (settings.has(target.name))
    throw new InputError({
      what: `prepare.columns holds the target ${shown(target.name)}`,
      expected: 'columns to predict from: the target is never changed',
    });
  for (const { name, type } of columns) {
    const sort = wantedSort(settings.get(name) ?? {});
    if (!sort || ignore.includes(name) || (sort === 'numbers') === (type === 'numeric')) continue;
    if (sort === 'texts') throw new RangeError(`${name} has to be read as text: see textColumnsOf`);
    throw new InputError({
      what: `The settings of prepare.columns for ${shown(name)} are for ${sort}, but the column holds ${type === 'numeric' ? 'numbers' : 'text'}`,
      expected: type === 'numeric' ? 'impute, clip, log, scale, or type: categorical' : 'encode, levels or maxLevels',
    });
  }
};

const labelCounts = async (dataset: Dataset, target: Target, rows: string, values: Values | undefined) => {
  const { engine, name } = dataset;
  const { classes } = target;
  const column = columnNamed(dataset, 'the target', target.name);
  const [from, label, n] = values
    ? [
        `${(await values.grouped[column.type]).all} WHERE k = ${dataset.columns.indexOf(column)} AND learned > 0`,
        labelSql(target, 'v'),
        'sum(learned)',
      ]
    : [`${splitView} WHERE ${rows}`, 'y', 'count(*)::DOUBLE'];
  const found = await engine.rows<{ y: number; n: number }>(
    `SELECT ${classes ? label : '0.0::DOUBLE'} AS y, ${n} AS n FROM ${from} GROUP BY 1`,
  );
  const all = found.reduce((sum, { n }) => sum + n, 0);
  if (all === 0) throw new RangeError(`No row of ${name} to learn from: ${rows}`);
  return { rows: all, byClass: (classes ?? []).map((_, label) => found.find(({ y }) => y === label)?.n ?? 0) };
};

/** A class without a train row counts as one that has a single one. */
const balanced = (counts: readonly number[]) => {
  const rows = counts.reduce((sum, own) => sum + own, 0);
  return counts.map((own) => tenDigits(rows / counts.length / Math.max(1, own)));
};

const nothingLeft = ({ name }: Dataset, target: Target, dropped: Recipe['dropped']) =>
  new InputError({
    what: `${name} has no column from which ${shown(target.name)} could be predicted`,
    where: listed(
      dropped.map(({ column, reason }) => `${shown(column)}: ${reason}`),
      5,
    ),
    expected: 'at least one column that varies and is neither an id nor the target in other words',
    todo: 'Add columns, or list in data.keep those to use all the same',
  });

const tooWide = (features: readonly Feature[], target: Target, width: number) => {
  const widest = features
    .map((feature) => ({ column: feature.column, width: outputsOf(feature, target).length }))
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
