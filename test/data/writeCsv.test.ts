import { expect, test } from '@jest/globals';
import { describeTarget } from '../../data/infer.ts';
import { applyRecipe, fitRecipe } from '../../data/recipe.ts';
import { allRows } from '../../data/table.ts';
import { csvRow, prepareCsv, toCsv } from '../../data/writeCsv.ts';
import { randomFrom, tableOf } from './sources.ts';

const textOf = async (chunks: AsyncIterable<Uint8Array>) => {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
};

test('the label comes first, there is no header, and missing is empty', async () => {
  const matrix = {
    features: Float64Array.of(1, Number.NaN, -0.1, 0, 1e21, 5e-7),
    width: 3,
    labels: Float64Array.of(1, 0),
  };
  expect(await textOf(toCsv(matrix))).toBe('1,1,,-0.1\n0,0,1e+21,5e-7\n');
  expect(await textOf(toCsv(matrix, { label: false }))).toBe('1,,-0.1\n0,1e+21,5e-7\n');
  expect(await textOf(toCsv(matrix, { rows: Int32Array.of(1) }))).toBe('0,0,1e+21,5e-7\n');
});

test('a row without a label is no training row', async () => {
  const matrix = { features: Float64Array.of(1, 2), width: 1, labels: Float64Array.of(1, Number.NaN) };
  await expect(textOf(toCsv(matrix, { label: true }))).rejects.toThrow('toCsv: row 2 has no label');
  await expect(textOf(toCsv({ features: matrix.features, width: 1 }, { label: true }))).rejects.toThrow(
    'row 1 has no label',
  );
});

test('numbers come back to the bit, in chunks of bounded size', async () => {
  const random = randomFrom(4);
  const features = Float64Array.from({ length: 60_000 }, () => (random() - 0.5) * 10 ** Math.floor(random() * 60 - 30));
  let chunks = 0;
  for await (const chunk of toCsv({ features, width: 3 })) {
    chunks += 1;
    expect(chunk.length).toBeLessThan(300_000);
  }
  expect(chunks).toBeGreaterThan(1);
  const cells = (await textOf(toCsv({ features, width: 3 }))).trimEnd().split(/[\n,]/);
  expect(Float64Array.from(cells, Number)).toEqual(features);
});

test('preparing block by block writes what preparing at once writes', async () => {
  const random = randomFrom(6);
  const table = await tableOf(
    `a,b,y\n${Array.from({ length: 9000 }, () => `${random()},${'xyz'[Math.floor(random() * 3)]},${random()}`).join('\n')}\n`,
  );
  const rows = allRows(table.rows).reverse();
  const recipe = fitRecipe(table, rows, { target: describeTarget(table) });
  for (const label of [true, false])
    expect(await textOf(prepareCsv(recipe, table, rows, { label }))).toBe(
      await textOf(toCsv(applyRecipe(recipe, table, rows), { label })),
    );
});

test('cells for people are quoted where they need it, and come back', async () => {
  expect(csvRow(['a', 'b c', '1.5', 'x,y', 'say "hi"', ' blank', 'two\nlines', ''])).toBe(
    'a,b c,1.5,"x,y","say ""hi"""," blank","two\nlines",',
  );
});
