/**
 * A view of thousands of columns takes long to open, however few of them are read. So some columns of a wide table are copied into
 * a table of their own before they are read one by one: as many as opening pays for, of few enough cells.
 */
import type { Dataset } from './dataset.ts';

/** From this many columns on a table is wide. */
const wide = 500;
const mostCopied = 2000;
const mostCells = 50_000_000;
const fewestCopied = 50;

export const isWide = ({ columns }: Pick<Dataset, 'columns'>) => columns.length > wide;

/** How many columns are copied at once. */
export const copiedAtOnce = ({ rows }: Pick<Dataset, 'rows'>) =>
  Math.max(fewestCopied, Math.min(mostCopied, Math.floor(mostCells / Math.max(1, rows))));
