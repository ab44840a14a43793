import { InputError } from '../spec/errors.ts';
import type { Target } from './infer.ts';
import { listed, shown } from './quote.ts';
import { textAt, type Column } from './table.ts';

/**
 * The labels of the chosen rows: class numbers, or values for regression.
 * Throws InputError for a missing label and for a class that the target does not know.
 */
export const labelsOf = (column: Column, target: Pick<Target, 'name' | 'classes'>, rows: Int32Array): Float64Array => {
  const { classes } = target;
  if (!classes) {
    if (column.type === 'categorical') throw badLabel(column, rows[0] ?? 0, 'a number');
    return Float64Array.from(rows, (row) => {
      const value = column.values[row]!;
      if (Number.isNaN(value)) throw badLabel(column, row, 'a number');
      return value;
    });
  }
  const numbers = new Map(classes.map((label, index) => [label, index]));
  const byCode = column.type === 'categorical' ? column.levels.map((level) => numbers.get(level)) : [];
  const byValue = new Map(column.type === 'numeric' ? classes.map((label, index) => [Number(label), index]) : []);
  return Float64Array.from(rows, (row) => {
    const label = column.type === 'numeric' ? byValue.get(column.values[row]!) : byCode[column.codes[row]!];
    if (label === undefined) throw badLabel(column, row, `one of ${listed(classes)}`);
    return label;
  });
};

const badLabel = (column: Column, row: number, expected: string) => {
  const text = textAt(column, row);
  return new InputError({
    what: text === undefined ? `The target is missing` : `The target has the value ${shown(text)}`,
    where: `column ${shown(column.name)}, data row ${row + 1}`,
    expected,
    todo: 'Correct or remove the row',
  });
};
