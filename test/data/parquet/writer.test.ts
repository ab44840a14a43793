import { open } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { openEngine, quoted } from '../../../data/engine.ts';
import { encodeGroup, type ColumnPages } from '../../../data/parquet/encode.ts';
import { parquetWriter } from '../../../data/parquet/writer.ts';
import { structBytes, varint } from '../../../data/parquet/thrift.ts';
import { temporaryFolder } from '../../fixtures/temporaryFolder.ts';

const doubles = (...values: number[]): ColumnPages => ({
  values: [new Uint8Array(Float64Array.from(values).buffer)],
  count: values.length,
});
const plainTexts = (...texts: string[]) =>
  Buffer.concat(texts.flatMap((text) => [Uint8Array.of(Buffer.byteLength(text), 0, 0, 0), Buffer.from(text)]));

test('DuckDB reads doubles, texts and hashes, in several groups, values missing, by themselves or by a dictionary', async () => {
  const folder = temporaryFolder();
  const engine = await openEngine({ folder, memoryBytes: 2 ** 28 });
  const file = await open(engine.path('own.parquet'), 'w');
  const writer = parquetWriter(file, [
    { name: 'd', type: 'double' },
    { name: 't', type: 'text' },
    { name: 'h', type: 'hash' },
  ]);
  const hashes = { values: [new Uint8Array(BigUint64Array.from([1n, 2n ** 64n - 1n, 3n]).buffer)], count: 3 };
  await writer.group(
    encodeGroup(3, [
      { ...doubles(1.5, -2), levels: Uint8Array.of(0b101) },
      { values: [plainTexts('ä', '', 'long '.repeat(9))], count: 3 },
      hashes,
    ]),
  );
  const dictionary = { values: plainTexts('x', 'y'), count: 2 };
  await writer.group(
    encodeGroup(3, [
      { values: [], count: 0, levels: Uint8Array.of(0) },
      {
        values: [Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)],
        count: 2,
        levels: Uint8Array.of(0b110),
        dictionary: { ...dictionary, width: 8 },
      },
      hashes,
    ]),
  );
  await writer.group(
    encodeGroup(3, [
      {
        values: [new Uint8Array(Uint16Array.from([1, 0, 1, 0, 0, 0, 0, 0]).buffer)],
        count: 3,
        dictionary: { ...doubles(7, 8), values: doubles(7, 8).values[0]!, width: 16 },
      },
      {
        values: [new Uint8Array(Uint16Array.from([0, 0, 1, 0, 0, 0, 0, 0]).buffer)],
        count: 3,
        dictionary: { ...dictionary, width: 16 },
      },
      hashes,
    ]),
  );
  await writer.finish();
  await file.close();
  const rows = await engine.rows(`SELECT d, t, h FROM read_parquet(${quoted(engine.path('own.parquet'))})`);
  const found = rows.map((row) => Object.values(row));
  const [one, largest, three] = [1n, 2n ** 64n - 1n, 3n];
  expect(found).toEqual([
    [1.5, 'ä', one],
    [null, '', largest],
    [-2, 'long '.repeat(9), three],
    [null, null, one],
    [null, 'y', largest],
    [null, 'x', three],
    [8, 'x', one],
    [7, 'x', largest],
    [8, 'y', three],
  ]);
  engine.close();
});

test('thrift writes field numbers as differences, numbers as zigzag, long lists with their length', () => {
  expect([...varint(300)]).toEqual([0xac, 0x02]);
  expect([...varint(2 ** 40)]).toEqual([128, 128, 128, 128, 128, 32]);
  expect([
    ...structBytes({ 1: { i32: 3 }, 4: { text: 'ä' }, 5: { list: [{ i64: 1 }, { i64: 2 }] }, 6: undefined }),
  ]).toEqual([0x15, 6, 0x38, 2, 0xc3, 0xa4, 0x19, 0x26, 2, 4, 0]);
  const long = structBytes({ 1: { list: Array.from({ length: 20 }, () => ({ i32: 0 })) } });
  expect([...long.subarray(0, 3)]).toEqual([0x19, 0xf5, 20]);
  expect([...structBytes({ 2: { struct: { 1: { list: [] } } } })]).toEqual([0x2c, 0x19, 0x05, 0, 0]);
});
