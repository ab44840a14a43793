/** What is remarkable about a column by itself. */
import { numberOf } from './cell.ts';
import { count } from './count.ts';
import { shown } from './quote.ts';
import { levelCounts } from './statistics.ts';
import { type Column, missingIn } from './table.ts';

export interface Note {
  column: string;
  kind: 'constant' | 'empty' | 'idLike' | 'mixed' | 'decimalComma' | 'missing' | 'leak' | 'ignored';
  message: string;
}

const fewestIds = 20;

/** Why a column tells a model nothing about new rows, when it is an id; `undefined` when it is none. */
export const idLike = (column: Column): string | undefined => {
  if (column.type === 'categorical') {
    const known = column.codes.length - missingIn(column);
    const { length } = column.levels;
    return known >= fewestIds && length > known / 2
      ? `it looks like an id or free text: ${length} different texts in ${known} rows`
      : undefined;
  }
  const { values } = column;
  if (values.length < fewestIds || !values.every(Number.isInteger)) return undefined;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high - low === values.length - 1 && new Set(values).size === values.length
    ? `it numbers the rows: every whole number from ${low} to ${high} once`
    : undefined;
};

/** Notes on one column; leaks and ignored columns are noted by who finds them. */
export const notesOn = (column: Column): Note[] => {
  const { name } = column;
  const missing = missingIn(column);
  const rows = column.type === 'numeric' ? column.values.length : column.codes.length;
  const notes: (Note | false | undefined)[] = [];
  const id = idLike(column);
  notes.push(
    missing === rows
      ? { column: name, kind: 'empty', message: 'no row has a value' }
      : isConstant(column) && { column: name, kind: 'constant', message: 'every row has the same value' },
    id !== undefined && { column: name, kind: 'idLike', message: id },
    missing < rows &&
      missing > rows / 2 && { column: name, kind: 'missing', message: `missing in ${missing} of ${rows} rows` },
    column.type === 'categorical' && mixedNote(name, column),
  );
  return notes.filter((note) => !!note);
};

const isConstant = (column: Column) => {
  if (column.type === 'categorical') return column.levels.length === 1 && !column.codes.includes(-1);
  return column.values.every((value) => value === column.values[0]);
};

const decimalComma = /^-?\d+,\d+$/;

const mixedNote = (name: string, column: Extract<Column, { type: 'categorical' }>): Note | undefined => {
  const { codes, levels } = column;
  const numeric = levels.map((level) => !Number.isNaN(numberOf(level)));
  if (
    levels.length > 0 &&
    levels.every((level, code) => numeric[code] || decimalComma.test(level)) &&
    numeric.includes(false)
  )
    return {
      column: name,
      kind: 'decimalComma',
      message: `numbers with a decimal comma such as ${shown(levels[numeric.indexOf(false)]!)} are read as text: write a decimal point`,
    };
  if (!numeric.includes(true)) return undefined;
  const counts = levelCounts(codes, levels.length);
  const [numbers, texts] = [true, false].map((kind) =>
    counts.reduce((sum, cells, code) => sum + (numeric[code] === kind ? cells : 0), 0),
  );
  const rare = numbers! < texts!;
  const row = codes.findIndex((code) => code >= 0 && numeric[code] === rare);
  return {
    column: name,
    kind: 'mixed',
    message:
      texts === 0
        ? 'the numbers were read as text'
        : `${count(numbers!, 'number')} and ${count(texts!, 'text')}, read as text; data row ${row + 1} holds ${shown(levels[codes[row]!]!)}` +
          (rare ? '' : ` (a missing value is written as an empty cell, ? or NA)`),
  };
};
