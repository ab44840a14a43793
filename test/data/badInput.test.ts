/** Everything that can be wrong with a file ends as an InputError that says what, where, what was expected and what to do. */
import { describe, expect, test } from '@jest/globals';
import { scanCsv, type ReadOptions } from '../../data/csv.ts';
import { openDataset } from '../../data/dataset.ts';
import { describeTarget } from '../../data/target.ts';
import { InputError } from '../../spec/errors.ts';
import { cellsOf, datasetOf, randomFrom, streamOf, testEngine } from '../fixtures/dataset.ts';

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
/** Our own scanner alone, without an engine. */
const scanned = (source: AsyncIterable<Uint8Array>, options: ReadOptions) =>
  scanCsv(source, options, () => ({ row: () => undefined }));
const rows = (count: number, row: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => row(index)).join('\n');
const junk = () => {
  const random = randomFrom(1);
  return Uint8Array.from({ length: 5000 }, () => Math.floor(random() * 256));
};

describe('files', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'file.csv is empty. Expected a CSV file with rows.'],
    ['only blank lines', ' \r\n\n\t\n', 'file.csv is empty.'],
    ['only a byte order mark', '\ufeff', 'file.csv is empty.'],
    ['a header and nothing else', 'a,b,c\n', 'file.csv has a header and no rows (line 1). Expected rows of data below'],
    [
      'a short row',
      'a,b,c\n1,2,3\n\n4,5\n',
      'file.csv has 2 cells in line 4 (line 4, data row 2). Expected 3 cells, one for each column of the header.',
    ],
    [
      'a long row without header',
      '1,2\n3,4\n5,6,7\n',
      'has 3 cells in line 3 (line 3, data row 3). Expected 2 cells, as in the first row.',
    ],
    ['a short row behind a cell of two lines', 'a,b\n"x\ny",2\n3\n', '1 cell in line 4 (line 4, data row 2)'],
    ['two columns of one name', 'a,b,a\n1,2,3\n', 'more than one column named a (line 1, columns 1 and 3)'],
    ['UTF-16 without it', utf16('a,b\n1,2\n'), 'file.csv is UTF-16 text (byte 2)'],
    ['random bytes', junk(), 'file.csv is not text: it holds a zero byte'],
    ['an Excel workbook', Buffer.from('PK\u0003\u0004rest'), 'is a zip archive or an Excel workbook'],
    ['an old code page', Buffer.from('a,b\n1,x\n2,Köln\n', 'latin1'), 'file.csv is not valid UTF-8 (line 3)'],
    ['an open quote', 'a,b\n1,"x\n2,y\n', 'a double quote that is never closed (line 2)'],
    [
      'text behind a quote',
      'a,b\n1,"x"y\n2,z\n',
      'text between a closing double quote and the next separator (line 2)',
    ],
    [
      'inf among numbers',
      'a,b\n1,x\n-inf,y\n',
      'file.csv holds an infinite number in column a (data row 2). Expected finite numbers',
    ],
    ['a number beyond doubles', 'a,b\n1,x\n2,y\n1e999,z\n', 'infinite number in column a (data row 3)'],
  ])('%s', async (_, content, message) => {
    await expect(datasetOf(content)).rejects.toThrow(InputError);
    await expect(datasetOf(content)).rejects.toThrow(message);
  });

  test('inf among texts is a text', async () => {
    expect((await cellsOf(await datasetOf('a,b\ninf,1\nx,2\n')))[0]).toEqual(['inf', 'x']);
  });

  test.each([
    ['one long cell', 'x'],
    ['cells without end', '1,'],
    ['a quote without end', 'a,b\n1,"'],
  ])('a line of 200 MB, %s, is refused after the first few', async (_, start) => {
    let sent = 0;
    async function* endless() {
      const block = Buffer.alloc(1 << 20, start.endsWith(',') ? '1,' : 'x');
      yield Buffer.from(start);
      for (; sent < 200; sent++) yield block;
    }
    await expect(scanned(endless(), { name: 'big.csv' })).rejects.toThrow(
      /big\.csv has (a row of more than 1048576 bytes|more than 10000 cells)/,
    );
    expect(sent).toBeLessThan(4);
  });

  test.each([
    ['a new text', 'd', 'd'],
    ['a text with blanks around it', ' b ', 'b'],
    ['another spelling of missing', 'N/A', null],
  ])('%s far behind the first rows is read like all others', async (_, cell, read) => {
    const usual = (index: number) => `${index},${'abc'[index % 3]}`;
    const dataset = await datasetOf(`n,t\n${rows(11_000, usual)}\n0,${cell}\n`);
    expect(dataset.rows).toBe(11_001);
    const [, texts = []] = await cellsOf(dataset);
    expect(texts.at(-1)).toBe(read);
    expect(texts.slice(0, -1)).toEqual(Array.from({ length: 11_000 }, (__, index) => 'abc'[index % 3]));
  });

  test('limits on bytes, rows, columns and row length', async () => {
    const text = 'a,b\n1,x\n2,y\n';
    await expect(scanned(streamOf(text), { name: 'file.csv', maxBytes: 10 })).rejects.toThrow(
      'file.csv is larger than 10 bytes',
    );
    await expect(scanned(streamOf(text), { name: 'file.csv', maxRows: 1 })).rejects.toThrow(
      'file.csv has more than 1 rows',
    );
    await expect(scanned(streamOf(text), { name: 'file.csv', maxColumns: 1 })).rejects.toThrow(
      'file.csv has more than 1 cells in one row (line 1)',
    );
    await expect(
      scanned(streamOf(`${text}3,${'z'.repeat(100)}\n`), { name: 'file.csv', maxRowBytes: 50 }),
    ).rejects.toThrow('a row of more than 50 bytes (line 4)');
  });

  test('a broken stream is not the fault of the file', async () => {
    async function* broken() {
      yield Buffer.from('a,b\n');
      throw new Error('connection reset');
    }
    const opened = openDataset(await testEngine(), [{ name: 'x', open: () => Promise.resolve(broken()) }]);
    await expect(opened).rejects.toThrow('connection reset');
  });

  test('what is refused half way ends the stream', async () => {
    let ended = false;
    async function* source() {
      try {
        yield* streamOf(`a,b\n${rows(50_000, () => '1,2')}\n1\n${rows(50_000, () => '1,2')}`, 1000);
      } finally {
        ended = true;
      }
    }
    await expect(scanned(source(), { name: 'x' })).rejects.toThrow('line 50002');
    expect(ended).toBe(true);
  });
});

describe('targets', () => {
  const twenty = (cells: (index: number) => string) =>
    `n,t\n${rows(20, (index) => `${index * index},${cells(index)}`)}\n`;

  test.each<[string, string, NonNullable<Parameters<typeof describeTarget>[1]>, string]>([
    [
      'one column',
      'price\n1\n2\n',
      {},
      'file.csv has only one column, "price". Expected a column to predict and at least one column to predict it from',
    ],
    [
      'a target that is not there',
      'age,city,income\n1,x,2\n3,y,4\n',
      { target: 'incme' },
      'the target "incme" is not a column of the file. Expected one of age, city, income. Did you mean "income"?',
    ],
    [
      'a constant target',
      'a,y\n1,5\n2,5\n',
      {},
      'The target "y" has the same value in every row. Expected at least two different values',
    ],
    [
      'a missing target',
      'a,y\n1,5\n2,\n3,?\n',
      {},
      'The target "y" is missing in 2 rows of 3 (file.csv, first in data row 2)',
    ],
    [
      'a class with a single row',
      twenty((index) => (index === 7 ? 'rare' : index % 2 ? 'x' : 'y')),
      {},
      'The class "rare" of the target "t" has a single row',
    ],
    [
      'a target that names the rows',
      twenty((index) => `id-${index}`),
      {},
      'The target "t" has 20 different values in 20 rows: it looks like free text or an id',
    ],
    [
      'numbers as a binary problem',
      twenty(String),
      { problem: 'binary' },
      'does not pose a binary problem: it holds numbers with 20 different values. Expected two classes',
    ],
    [
      'text as a regression',
      twenty((index) => 'xyz'[index % 3]!),
      { problem: 'regression' },
      'does not pose a regression problem: it holds text with 3 different values. Expected numbers',
    ],
    [
      'two classes as multiclass',
      twenty((index) => 'xy'[index % 2]!),
      { problem: 'multiclass' },
      'Expected at least three classes',
    ],
  ])('%s', async (_, text, given, message) => {
    const dataset = await datasetOf(text, { header: true });
    await expect(describeTarget(dataset, given)).rejects.toThrow(InputError);
    await expect(describeTarget(dataset, given)).rejects.toThrow(message);
  });
});
