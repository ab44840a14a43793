import { createReadStream } from 'node:fs';
import { readTable } from '../data/csv.ts';
import { textAt } from '../data/table.ts';

export interface SampleRow {
  /** Raw cells by column, as a caller of the HTTP API would send them. */
  features: Record<string, string | number | null>;
  /** What the file says of the target. */
  actual: string;
}

/** The first rows of a file, as raw rows without the target. */
export const sampleRows = async (file: string, target: string, count: number): Promise<SampleRow[]> => {
  const table = await readTable(createReadStream(file), { name: file });
  return Array.from({ length: Math.min(count, table.rows) }, (_, row) => {
    const cells = table.columns.map((column) => {
      const text = textAt(column, row);
      const cell = text === undefined ? null : column.type === 'numeric' ? Number(text) : text;
      return [column.name, cell] as const;
    });
    return {
      features: Object.fromEntries(cells.filter(([name]) => name !== target)),
      actual: String(cells.find(([name]) => name === target)?.[1] ?? ''),
    };
  });
};
