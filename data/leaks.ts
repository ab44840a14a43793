/** Columns that are the target in other words: with them a model learns nothing else, and fails where they are not known. */
import type { Target } from './infer.ts';
import { labelsOf } from './labels.ts';
import { shown } from './quote.ts';
import { allRows, type Column, type NumericColumn, type Table } from './table.ts';

export interface Leak {
  column: string;
  reason: string;
}

/**
 * Columns that are an exact image of the target. Classes: every value (a missing cell is one too) goes with one class and every
 * class with one value. Regression: the target is an affine function of the column, to 1e-9 of its range.
 */
export const findLeaks = (table: Table, target: Target): Leak[] => {
  const targetColumn = table.columns.find(({ name }) => name === target.name)!;
  const labels = labelsOf(targetColumn, target, allRows(table.rows));
  return table.columns.flatMap((column) => {
    if (column === targetColumn) return [];
    const reason = target.classes ? imageOf(column, labels, target) : affineOf(column, labels, target.name);
    return reason ? [{ column: column.name, reason }] : [];
  });
};

const imageOf = (column: Column, labels: Float64Array, { name, classes = [] }: Target) => {
  const cells = column.type === 'numeric' ? column.values : column.codes;
  const classOf = new Map<number, number>();
  for (let row = 0; row < cells.length; row++) {
    const value = cells[row]!;
    const seen = classOf.get(value);
    if (seen === undefined) {
      if (classOf.size === classes.length) return undefined;
      classOf.set(value, labels[row]!);
    } else if (seen !== labels[row]) return undefined;
  }
  if (classOf.size !== classes.length || new Set(classOf.values()).size !== classes.length) return undefined;
  const valueText = (value: number) =>
    column.type === 'numeric' ? (Number.isNaN(value) ? undefined : String(value)) : column.levels[value];
  const pairs = [...classOf].slice(0, 3).map(([value, label]) => {
    const text = valueText(value);
    return `${text === undefined ? 'missing' : shown(text)} is always ${shown(classes[label]!)}`;
  });
  return `one-to-one with the target ${shown(name)}: ${pairs.join(', ')}${classOf.size > 3 ? ', …' : ''}`;
};

const affineOf = (column: Column, labels: Float64Array, name: string) => {
  if (column.type === 'categorical' || labels.length < 3) return undefined;
  const { low, high } = extremes(column);
  const [x0, x1] = [column.values[low]!, column.values[high]!];
  if (!(x1 > x0)) return undefined;
  const slope = (labels[high]! - labels[low]!) / (x1 - x0);
  let [least, most] = [Infinity, -Infinity];
  for (const label of labels) [least, most] = [Math.min(least, label), Math.max(most, label)];
  const tolerance = 1e-9 * (most - least);
  const holds = column.values.every(
    (value, row) => Math.abs(labels[low]! + slope * (value - x0) - labels[row]!) <= tolerance,
  );
  if (!holds) return undefined;
  const offset = labels[low]! - slope * x0;
  return `the target ${shown(name)} is ${Number(slope.toPrecision(6))} times it plus ${Number(offset.toPrecision(6))} in every row`;
};

const extremes = ({ values }: NumericColumn) => {
  let [low, high] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    if (values[row]! < values[low]!) low = row;
    if (values[row]! > values[high]!) high = row;
  }
  return { low, high };
};
