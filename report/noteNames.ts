import type { Note } from '../data/profile/schema.ts';

/** What a kind of note is called. */
export const noteNames: Readonly<Record<Note['kind'], string>> = {
  constant: 'constant',
  empty: 'empty',
  idLike: 'like an id',
  mixed: 'numbers and text',
  decimalComma: 'decimal comma',
  dates: 'dates',
  missing: 'missing',
  skewed: 'skewed',
  leak: 'leak',
  suspect: 'suspect',
  imbalance: 'imbalance',
  ignored: 'ignored',
};
