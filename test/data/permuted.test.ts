/** Which columns are shuffled, and how large the file of it may become. */
import { expect, test } from '@jest/globals';
import { permutedRows, planPermutations } from '../../data/permuted.ts';

const named = (count: number) => Array.from({ length: count }, (_, place) => `column${place}`);
const lastIsStrongest = (column: string) => Number(column.slice('column'.length));
const featuresIn = ({ columns, rows, repeats }: ReturnType<typeof planPermutations>, features: number) =>
  columns.length * rows * repeats * features;

test('of few columns all are shuffled, three times, in up to 2,000 rows', () => {
  const plan = planPermutations(named(14), { rows: 9000, features: 108, strengthOf: () => 0 });
  expect(plan).toEqual({ columns: named(14), rows: 2000, repeats: 3 });
  expect(planPermutations(named(3), { rows: 5, features: 3, strengthOf: () => 0 }).rows).toBe(5);
});

test.each([300, 3000, 10_000])(
  'of %d columns as many are shuffled as make a file of bounded size, the strongest',
  (width) => {
    const plan = planPermutations(named(width), { rows: 5000, features: width, strengthOf: lastIsStrongest });
    expect(plan.columns).toEqual(named(width).slice(-plan.columns.length));
    expect(plan.columns.length).toBeGreaterThanOrEqual(20);
    expect(plan.rows).toBeGreaterThanOrEqual(200);
    expect(featuresIn(plan, width)).toBeLessThanOrEqual(50_000_000);
  },
);

test('shuffled cells are those of the column, everything else stays', () => {
  const lines = ['1,2,3', '4,5,6', '7,8,9'];
  const widths = [
    { column: 'a', width: 2 },
    { column: 'b', width: 1 },
  ];
  const rows = [...permutedRows(lines, widths, { columns: ['a'], rows: 3, repeats: 2 })];
  expect(rows).toHaveLength(6);
  expect(rows.map((row) => row.at(-1))).toEqual(['3', '6', '9', '3', '6', '9']);
  expect(
    rows
      .slice(0, 3)
      .map((row) => row.slice(0, 3))
      .sort(),
  ).toEqual(['1,2', '4,5', '7,8']);
});
