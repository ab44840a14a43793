import type { ColumnSettings } from '../../../spec/columnSettings.ts';
import type { Dataset, DatasetColumn } from '../../dataset.ts';
import { quoted, type Engine } from '../../engine.ts';
import { groupBy } from '../../groupBy.ts';
import type { Target } from '../../target.ts';
import { byCodePoint } from '../../targetColumn.ts';
import { factsQuery } from '../../values.ts';
import { isDateSql } from '../dates.ts';
import type { Feature } from '../schema.ts';
import { refuseUnreadable } from '../unreadable.ts';
import { fitDate } from './fitDate.ts';
import { fitTarget } from './fitTarget.ts';
import type { Groups } from './groups.ts';

/** More levels of a text than this share the feature `other`, unless the pipeline says otherwise. */
const mostLevels = { 'one-hot': 100, ordinal: 1000, target: 1000 } as const;

/**
 * Fewer train rows teach nothing about a level: it joins the others. Two at least, and one in ten thousand, so that a large file
 * does not make features of typing errors.
 */
export const fewestRows = (trainRows: number) => Math.max(2, Math.ceil(trainRows / 10_000));

/** What the columns are fitted to. */
export interface Fitting {
  target: Pick<Target, 'problem' | 'classes'>;
  /** Condition for the train rows. */
  rows: string;
  trainRows: number;
}

export type TextColumn = DatasetColumn & { settings: ColumnSettings };

/** A level with its train rows. */
export interface Level {
  level: string;
  rows: number;
}

/** Features of the grouped columns, or why there is none, in their order; `isId` tells why a column that is no date is an id. */
export const fitTexts = async (
  dataset: Dataset,
  groups: Groups,
  columns: readonly TextColumn[],
  fitting: Fitting,
  isId: (column: DatasetColumn) => string | undefined,
): Promise<(Feature | string)[]> => {
  const { engine } = dataset;
  const facts = await factsOf(engine, groups);
  const levels = await levelsOf(engine, groups, columns, facts);
  const fitted: (Feature | string)[] = [];
  for (const [k, column] of columns.entries()) {
    const fact = facts.get(k);
    const { encode, type, maxLevels, levels: given } = column.settings;
    const chosen = encode ?? (type || given || maxLevels ? 'one-hot' : fact?.dated ? 'date' : 'one-hot');
    const id = chosen === 'date' ? undefined : isId(column);
    if (id !== undefined) fitted.push(id);
    else if (!fact || fact.known === 0) fitted.push('no train row has a value');
    else if (fact.seen === 1 && fact.missing === 0) fitted.push('every train row has the same value');
    else if (chosen === 'date') {
      if (!fact.dated) await refuseUnreadable([{ kind: 'date', column }], dataset);
      fitted.push(await fitDate(engine, groups, column, k, fact));
    } else {
      const of = chooseLevels(column, levels.get(k) ?? [], fact, fitting, mostLevels[chosen]);
      if (typeof of === 'string') fitted.push(of);
      else if (chosen === 'target') fitted.push(await fitTarget(engine, column, of, fitting));
      else fitted.push({ column: column.name, kind: chosen === 'ordinal' ? 'ordinal' : 'categorical', ...of });
    }
  }
  return fitted;
};

/** What the train rows hold of a text column. */
export interface TextFacts {
  missing: number;
  known: number;
  /** Different texts. */
  seen: number;
  /** Whether every text of all rows is a date: like numbers, dates are told from the whole file. */
  dated: boolean;
}

const factsOf = async (engine: Engine, groups: Groups): Promise<Map<number, TextFacts>> => {
  const found = await engine.rows<{ k: number; missing: number; known: number; seen: number; dated: boolean }>(
    factsQuery(
      groups,
      `coalesce(sum(n) FILTER (v IS NULL), 0) AS missing, coalesce(sum(n) FILTER (v IS NOT NULL), 0) AS known, (count(v) FILTER (n > 0))::DOUBLE AS seen, coalesce(bool_and(${isDateSql('v')}) FILTER (v IS NOT NULL), false) AS dated`,
    ),
  );
  return new Map(found.map(({ k, ...fact }) => [k, fact]));
};

/** The most frequent levels of each column and those that its settings name. */
const levelsOf = async (
  engine: Engine,
  groups: Groups,
  columns: readonly TextColumn[],
  facts: ReadonlyMap<number, TextFacts>,
) => {
  const wanted = columns.flatMap(({ settings: { levels } }, k) =>
    levels && facts.has(k) ? [`(k = ${k} AND v IN (${levels.map(quoted).join(', ')}))`] : [],
  );
  const found = await engine.rows<{ k: number; v: string; n: number }>(
    `SELECT k, v, n FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY n DESC, v) AS place FROM ${groups.all} WHERE v IS NOT NULL AND n > 0) WHERE ${[`place <= ${mostLevels.target}`, ...wanted].join(' OR ')} ORDER BY k, place`,
  );
  return new Map(
    [...groupBy(found, ({ k }) => k)].map(([k, rows]) => [k, rows.map(({ v, n }): Level => ({ level: v, rows: n }))]),
  );
};

const chooseLevels = (
  { settings }: TextColumn,
  frequent: readonly Level[],
  { known, missing }: TextFacts,
  { trainRows, target }: Fitting,
  most: number,
): Pick<Extract<Feature, { kind: 'ordinal' }>, 'levels' | 'other' | 'missing'> | string => {
  const marked = { missing: missing > 0 };
  const outputs = settings.encode === 'target' ? Math.max(1, (target.classes?.length ?? 2) - 1) : 1;
  const given = settings.levels;
  if (given) {
    const told = frequent.reduce((sum, { level, rows }) => sum + (given.includes(level) ? rows : 0), 0);
    return { levels: [...given], other: told < known, ...marked };
  }
  const limit = Math.min(settings.maxLevels ?? most, Math.max(2, Math.floor(10_000 / outputs)));
  const least = fewestRows(trainRows);
  const kept = frequent.filter(({ rows }) => rows >= least).slice(0, limit);
  if (kept.length === 0) return `none of its texts is in ${least} train rows or more`;
  if (settings.encode === 'ordinal' && kept.length < 2) return 'only one of its texts is in more than a few train rows';
  const told = kept.reduce((sum, { rows }) => sum + rows, 0);
  return { levels: kept.map(({ level }) => level).sort(inOrder), other: told < known, ...marked };
};

/** Numbers ascending, then texts by code point. */
const inOrder = (a: string, b: string) => {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y) && x !== y) return x - y;
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || byCodePoint(a, b);
};
