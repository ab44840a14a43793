import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readCsvFolder, readCsvRequest } from '../../algorithms/csv.ts';
import { ClientError } from '../../algorithms/algorithm.ts';
import { temporaryFolder } from '../fixtures/temporaryFolder.ts';

const folderOf = (files: Record<string, string>): string => {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

const read = (text: string, missing: 'nan' | 'refuse' = 'refuse') =>
  readCsvFolder(folderOf({ 'part.csv': text }), { missing });

describe('a channel of CSV files', () => {
  test('is one table of labels and row-major features', () => {
    const table = readCsvFolder(folderOf({ 'b.csv': '3,30,31', 'a.csv': '1,10,11\r\n2,20,21\r\n\r\n' }), {
      missing: 'refuse',
    });
    expect(table).toMatchObject({ rows: 3, columns: 2 });
    expect([...table.labels]).toEqual([1, 2, 3]);
    expect([...table.features]).toEqual([10, 11, 20, 21, 30, 31]);
  });

  test('includes folders and skips hidden files, as the containers do', () => {
    const table = readCsvFolder(folderOf({ 'x/y/a.csv': '1,2\n', _SUCCESS: '', '.crc': '!' }), { missing: 'refuse' });
    expect(table.rows).toBe(1);
  });

  test('reads every way to write a number as JavaScript reads it', () => {
    const texts = [
      '0',
      '-0.5',
      '+3',
      '.25',
      '7.',
      '1e-7',
      '-2.5E+3',
      '12345678901234567890',
      '0.1',
      ' 4 ',
      '3.141592653589793',
      '123456.789',
    ];
    const { labels } = read(texts.map((text) => `${text},0`).join('\n'));
    expect([...labels]).toEqual(texts.map(Number));
  });

  test('ignores a byte order mark', () => {
    expect([...read('\uFEFF5,1\n').labels]).toEqual([5]);
  });

  test('reads empty cells and nan as NaN where the algorithm takes missing values', () => {
    expect([...read('1,,nan,4\n', 'nan').features]).toEqual([NaN, NaN, 4]);
  });

  test.each([
    ['an empty cell where values are required', '1,2\n1,\n', 'part.csv, row 2, column 2: the value is missing'],
    ['a missing label', ',2\n', 'row 1, column 1: the label is missing'],
    ['text', '1,2\n1,two\n', 'part.csv, row 2, column 2: "two" is not a number.'],
    ['a header', 'price,rooms\n1,2\n', 'must not have a header row'],
    ['an infinity', '1,inf\n', '"inf" is not a number'],
    ['more than a 32-bit float holds', '1,1e39\n', '"1e39" is not a number'],
    ['a short row', '1,2,3\n1,2\n', 'row 2: 2 values where the first row has 3'],
    ['no rows', '\n', 'no rows'],
    ['no features', '1\n', 'no features'],
  ])('refuses %s, saying where', (_, text, message) => {
    expect(() => read(text)).toThrow(ClientError);
    expect(() => read(text)).toThrow(message);
  });

  test('a missing label is refused even where missing values are taken', () => {
    expect(() => read(',2\n', 'nan')).toThrow('label is missing');
  });
});

test('a request has features only', () => {
  const { rows, columns, features } = readCsvRequest('1,2\n3,4', { missing: 'refuse' });
  expect([rows, columns, ...features]).toEqual([2, 2, 1, 2, 3, 4]);
  expect(() => readCsvRequest('', { missing: 'nan' })).toThrow('no rows');
  expect(() => readCsvRequest('1,x', { missing: 'nan' })).toThrow('the request, row 1, column 2: "x" is not a number');
});
