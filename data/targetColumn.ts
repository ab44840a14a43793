/** Which column is to be predicted, told from the names alone. */
import { nearMiss } from '../algorithms/nearMiss.ts';
import { InputError } from '../spec/errors.ts';
import { listed, shown } from './quote.ts';

const usualNames = ['target', 'label', 'class', 'y'];

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

/** Order that depends on no locale. */
export const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
