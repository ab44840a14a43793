import { InputError } from '../../spec/errors.ts';
import { shown } from '../quote.ts';

export const notANumber = (column: string, value: string, where: string) =>
  new InputError({
    what: `${shown(value)} is not a finite number`,
    where: `column ${shown(column)}, ${where}`,
    expected: 'a number, as in the training file, or an empty cell (null) when it is not known',
    todo: 'Correct the value',
  });

export const notADate = (column: string, value: string, where: string) =>
  new InputError({
    what: `${shown(value)} is not a date`,
    where: `column ${shown(column)}, ${where}`,
    expected: 'a date such as 2026-03-31 or 2026-03-31T17:30:00Z, or an empty cell (null) when it is not known',
    todo: 'Write it year-month-day',
  });
