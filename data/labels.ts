import { numberOf } from './cell.ts';
import type { Target } from './infer.ts';
import type { Column } from './table.ts';

/**
 * The labels of the chosen rows: class numbers, or values for regression; NaN where the target is missing or holds a class
 * or text that it did not have.
 */
export const labelsOf = (column: Column, { classes }: Pick<Target, 'classes'>, rows: Int32Array): Float64Array => {
  const numberOfClass = new Map(classes?.map((label, index) => [label, index]));
  const read = (text: string) => (classes ? (numberOfClass.get(text) ?? Number.NaN) : numberOf(text));
  if (column.type === 'categorical') {
    const byCode = column.levels.map(read);
    return Float64Array.from(rows, (row) => byCode[column.codes[row]!] ?? Number.NaN);
  }
  if (!classes) return Float64Array.from(rows, (row) => column.values[row]!);
  const byValue = new Map(classes.map((label, index) => [Number(label), index]));
  return Float64Array.from(rows, (row) => byValue.get(column.values[row]!) ?? Number.NaN);
};
