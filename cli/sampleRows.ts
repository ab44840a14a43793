import { createReadStream } from 'node:fs';
import { isMissing, numberOf } from '../data/cell.ts';
import { scanCsv } from '../data/csv.ts';
import { cellTexts } from '../data/csv/scanRow.ts';

export interface SampleRow {
  /** Raw cells by column, as a caller of the HTTP API would send them. */
  features: Record<string, string | number | null>;
  /** What the file says of the target. */
  actual: string;
}

/** Enough for a few rows of any file that people look at. */
const headBytes = 2 ** 20;

/** The first rows of a file, as raw rows without the target. */
export const sampleRows = async (file: string, target: string, count: number): Promise<SampleRow[]> => {
  const rows: SampleRow[] = [];
  const head = createReadStream(file, { end: headBytes - 1 });
  const scanned = scanCsv(head, { name: file }, ({ names }) => ({
    row(bytes, cells) {
      if (rows.length >= count) return;
      const texts = cellTexts(bytes, cells);
      const read = names.map((name, place) => [name, cellOf(texts[place] ?? '')] as const);
      rows.push({
        features: Object.fromEntries(read.filter(([name]) => name !== target)),
        actual: String(read.find(([name]) => name === target)?.[1] ?? ''),
      });
    },
  }));
  // The last row of the first bytes is most likely cut.
  await scanned.catch((error: unknown) => {
    if (rows.length < count) throw error;
  });
  return rows;
};

const cellOf = (text: string): string | number | null => {
  if (isMissing(text)) return null;
  const number = numberOf(text);
  return Number.isFinite(number) ? number : text;
};
