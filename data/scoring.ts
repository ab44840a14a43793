/**
 * Rows that a fitted recipe prepares for scoring. A row with a cell that is not the number or the date that its column holds cannot be
 * scored and is told by itself: one such cell among many rows does not cost the others their scores.
 */
import { InputError } from '../spec/errors.ts';
import { writeChannels, type Channel } from './channels.ts';
import { rowsView, type Dataset } from './dataset.ts';
import { shown } from './quote.ts';
import { compileReadings, readingsOf, type FeatureReading } from './recipe/compile.ts';
import type { Recipe } from './recipe/schema.ts';
import { unreadableSql } from './recipe/unreadable.ts';
import { splitView } from './split.ts';

/** A row that cannot be scored. */
export interface Rejected {
  /** From 1, in the order of the drop. */
  row: number;
  why: string;
}

export interface Scorable {
  /** The rows that cannot be scored, in their order. */
  rejected: () => AsyncIterable<Rejected>;
  /** Writes the features of all others, in their order; answers how many. */
  writeFeatures: (write: Channel['write']) => Promise<number>;
}

/** Makes `splitView` of the rows. Throws InputError naming every column that the recipe reads and the dataset lacks. */
export const openScorable = async (recipe: Recipe, dataset: Dataset): Promise<Scorable> => {
  const { engine, columns } = dataset;
  const readings = readingsOf(recipe, dataset);
  const doubts = readings.flatMap((reading) => {
    const condition = unreadableSql(reading);
    return condition === undefined ? [] : [{ reading, condition }];
  });
  // What cannot be read must not be computed with, not even in rows that are left out.
  const cells = columns.map((column) => {
    const conditions = doubts.flatMap(({ reading, condition }) => (reading.column === column ? [condition] : []));
    if (conditions.length === 0) return column.sql;
    return `(CASE WHEN ${conditions.join(' OR ')} THEN NULL ELSE ${column.sql} END) AS ${column.sql}`;
  });
  await engine.run(
    `CREATE OR REPLACE VIEW ${splitView} AS SELECT 0::UTINYINT AS part, 0::DOUBLE AS y, ${firstBad(doubts)} AS bad, ${cells.join(', ')} FROM ${rowsView}`,
  );
  return {
    async *rejected() {
      if (doubts.length === 0) return;
      const told = doubts.map(({ reading }, place) => `WHEN ${place} THEN ${reading.column.sql}::VARCHAR`);
      const numbered = `SELECT row_number() OVER () AS row, ${firstBad(doubts)} AS bad, * FROM ${rowsView}`;
      const query = `SELECT row, bad, CASE bad ${told.join(' ')} END AS cell FROM (${numbered}) WHERE bad IS NOT NULL ORDER BY row`;
      for await (const chunk of engine.chunks(query))
        for (const [row, bad, cell] of chunk.getRows())
          yield { row: Number(row), why: complaint(doubts[Number(bad)]!.reading, String(cell)) };
    },
    async writeFeatures(write) {
      const {
        rows: [rows = 0],
      } = await writeChannels(engine, {
        features: compileReadings(readings),
        channels: [{ split: 'all', what: 'features', write }],
        where: 'bad IS NULL',
        order: 'drop',
      });
      return rows;
    },
  };
};

/** Which of the doubtful cells is the first that cannot be read, NULL when all can. */
const firstBad = (doubts: readonly { condition: string }[]) =>
  doubts.length === 0
    ? 'NULL::INTEGER'
    : `(CASE ${doubts.map(({ condition }, place) => `WHEN ${condition} THEN ${place}`).join(' ')} END)`;

const wanted = { numeric: 'a finite number', date: 'a date such as 2026-03-31' } as const;

const complaint = ({ kind, column }: FeatureReading, cell: string) =>
  `column ${shown(column.name)}: ${shown(cell)} is not ${kind === 'date' ? wanted.date : wanted.numeric}`;

/** Throws InputError when no row can be scored. */
export const refuseNoneScorable = ({ name }: Dataset, rows: number, first: Rejected | undefined) => {
  if (rows > 0) return;
  throw new InputError({
    what: `No row of ${name} can be scored${first ? `: in data row ${first.row}, ${first.why}` : ''}`,
    expected: 'rows as in the training file',
    todo: 'Correct the values',
  });
};
