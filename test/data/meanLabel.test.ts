/** The mean label, added up without rounding: neither order nor threads show, and it is right to the last digits. */
import { expect, test } from '@jest/globals';
import { meanLabel } from '../../data/meanLabel.ts';
import { withRows } from './datasets.ts';

const meanOf = (labels: readonly number[], threads = 2) =>
  withRows(
    `x,target\n${labels.map((label, row) => `${row},${label}\n`).join('')}`,
    { threads, split: { by: 'random' } },
    ({ dataset }) => meanLabel(dataset.engine, 'train'),
  );
/** Numbers of all sizes that do not cancel out exactly in doubles. */
const mixed = Array.from({ length: 5000 }, (_, row) => Math.sin(row * row) * 10 ** (row % 9));

test('the same bits in any order of the rows and with any number of threads', async () => {
  const mean = await meanOf(mixed);
  expect(await meanOf(mixed.toReversed())).toBe(mean);
  expect(await meanOf(mixed.toSorted((a, b) => a - b))).toBe(mean);
  expect(await meanOf(mixed, 1)).toBe(mean);
});

test.each<[string, number[], number]>([
  ['whole numbers', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12], 67 / 11],
  ['far from zero', Array.from({ length: 300 }, (_, row) => 1e15 + (row % 7)), 1e15 + 884 / 300],
  ['one far away', [...Array.from({ length: 999 }, (_, row) => (row % 3) - 1), 1e6], 1000],
  ['at the ends of 32-bit floats', [3.4e38, -3.4e38, 3.4e38, 0], 0.85e38],
  ['next to nothing', [1e-300, 3e-300, 5e-300], 3e-300],
])('%s', async (_, labels, mean) => {
  const range = Math.max(...labels) - Math.min(...labels);
  expect(Math.abs((await meanOf(labels)) - mean)).toBeLessThanOrEqual(1e-15 * range + 1e-16 * Math.abs(mean));
});
