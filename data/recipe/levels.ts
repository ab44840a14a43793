/**
 * Features that know a cell by its text. Both ways, file and request, find the cell's place first: of its level, or `unseen` or
 * `absent` behind all levels; the row of the table at that place holds the features. A level that no train row had becomes the
 * feature `other` where there is one.
 */
import { isMissing, numberOf } from '../cell.ts';
import type { DatasetColumn } from '../dataset.ts';
import { quoted } from '../engine.ts';
import type { CompiledFeature } from './compiled.ts';
import { numberSql } from './numbers.ts';
import type { LevelsFeature } from './schema.ts';

/** Features by place: levels in their order, then unseen, then absent. */
export const tableOf = (feature: LevelsFeature, fold?: number): number[][] => {
  const { levels, missing } = feature;
  const other = 'other' in feature && feature.other;
  const marks = (isOther: boolean, isAbsent: boolean) => [
    ...(other ? [Number(isOther)] : []),
    ...(missing ? [Number(isAbsent)] : []),
  ];
  const unknown = unknownOf(feature);
  return [
    ...levels.map((_, place) => [...valuesAt(feature, place, fold), ...marks(false, false)]),
    [...unknown, ...marks(true, false)],
    [...unknown, ...marks(false, true)],
  ];
};

const valuesAt = (feature: LevelsFeature, place: number, fold: number | undefined): readonly number[] => {
  if (feature.kind === 'categorical') return feature.levels.map((_, other) => Number(other === place));
  if (feature.kind === 'ordinal') return [place / (feature.levels.length - 1)];
  return (fold === undefined ? feature.values : feature.folds[fold])?.[place] ?? feature.prior;
};

const unknownOf = (feature: LevelsFeature): readonly number[] => {
  if (feature.kind === 'categorical') return feature.levels.map(() => 0);
  return feature.kind === 'ordinal' ? [0.5] : feature.prior;
};

export const unseenPlace = ({ levels }: LevelsFeature) => levels.length;
export const absentPlace = ({ levels }: LevelsFeature) => levels.length + 1;

/** `fittedOn`: a condition for the rows that the recipe was fitted on, for which target encoding takes out-of-fold values. */
export const compileLevels = (feature: LevelsFeature, column: DatasetColumn, fittedOn?: string): CompiledFeature => {
  const places = `list_position([${levelList(feature, column)}], ${column.sql})`;
  const absent = absentPlace(feature);
  const place = `(CASE WHEN ${column.sql} IS NULL THEN ${absent + 1} ELSE coalesce(${places}, ${absent}) END - 1)`;
  if (feature.kind !== 'target' || fittedOn === undefined)
    return { kind: 'levels', sql: place, values: tableOf(feature) };
  const { folds } = feature;
  return {
    kind: 'levels',
    sql: `(${place} + ${absent + 1} * (CASE WHEN ${fittedOn} THEN fold::INTEGER ELSE ${folds.length} END))`,
    values: [...folds.flatMap((_, fold) => tableOf(feature, fold)), ...tableOf(feature)],
  };
};

/** Where the file holds nothing but numbers, levels are the numbers that they spell, once each. */
const levelList = ({ levels }: LevelsFeature, { type }: DatasetColumn): string => {
  if (type === 'categorical') return levels.map(quoted).join(', ') || 'NULL::VARCHAR';
  const plain = new Set(levels.filter((level) => String(numberOf(level)) === level));
  const seen = new Set<number>();
  const numbers = levels.map((level) => {
    const value = isMissing(level) ? Number.NaN : numberOf(level);
    const isTaken = seen.has(value) || (!plain.has(level) && plain.has(String(value)));
    if (!isTaken) seen.add(value);
    return Number.isFinite(value) && !isTaken ? numberSql(value) : 'NULL';
  });
  return ['NULL::DOUBLE', ...numbers].slice(numbers.length > 0 ? 1 : 0).join(', ');
};
