import { describe, expect, test } from '@jest/globals';
import { type ReadOptions, scanCsv } from '../../data/csv.ts';
import { cellTexts } from '../../data/csv/scanRow.ts';
import { rowsView } from '../../data/dataset.ts';
import { cellsOf, datasetOf, namesOf, randomFrom, sharedDataset, streamOf, testShared } from '../fixtures/dataset.ts';

/** What the scanner alone finds: texts, row by row. */
const scanned = async (text: string, options: Partial<ReadOptions> = {}, chunk?: number) => {
  const cells: string[][] = [];
  const sink = {
    row: (bytes: Uint8Array, found: Parameters<typeof cellTexts>[1]) => void cells.push(cellTexts(bytes, found)),
  };
  const { layout, rows } = await scanCsv(streamOf(text, chunk), { name: 'file.csv', ...options }, () => sink);
  expect(cells).toHaveLength(rows);
  return { ...layout, rows, cells };
};
const read = async (text: string) => (await scanned(text)).cells;
const names = async (text: string, options?: Partial<ReadOptions>) => (await scanned(text, options)).names;

describe('cells', () => {
  test.each([
    ['a comma', ','],
    ['a semicolon', ';'],
    ['a tab', '\t'],
    ['a bar', '|'],
  ])('%s may separate them', async (_, delimiter) => {
    const text = ['a,b,c', '1,"x,y; z|",2', '3,w,4'].join('\n').replaceAll(/,(?=[^ ;z]*)/g, delimiter);
    const { delimiter: found, names: columns } = await scanned(text);
    expect(found).toBe(delimiter);
    expect(columns).toEqual(['a', 'b', 'c']);
  });

  test('a decimal comma does not beat the semicolon', async () => {
    expect(await names('a;b\n1,5;2,5\n3,5;4,5\n')).toEqual(['a', 'b']);
  });

  test('quoted cells hold separators, line breaks of any kind and doubled quotes', async () => {
    expect(await read('a,b\n1,"x, ""y""\r\nz"\n2,"p\nq"\n')).toEqual([
      ['1', 'x, "y"\r\nz'],
      ['2', 'p\nq'],
    ]);
  });

  test('blanks around cells are not part of them, also around quotes', async () => {
    expect(await read('a, b ,c\n1,  x y , "u, v" \n2,\tz,w\n')).toEqual([
      ['1', 'x y', 'u, v'],
      ['2', 'z', 'w'],
    ]);
  });

  test.each([
    ['\n', 'LF'],
    ['\r\n', 'CRLF'],
    ['\r', 'CR'],
  ])('lines end with %j (%s), the last one also with nothing', async (end) => {
    for (const last of ['', end, end + end])
      expect(await read(`a,b${end}1,x${end}2,y${last}`)).toEqual([
        ['1', 'x'],
        ['2', 'y'],
      ]);
  });

  test('a byte order mark is not part of the first name', async () => {
    expect(await names('\ufeffa,b\n1,x\n')).toEqual(['a', 'b']);
  });

  test('the result does not depend on how the bytes are cut into chunks', async () => {
    const text = '\ufeffn, t ,m\r\n1.5,"a ""ü""\r\nb",7\r\n\r\n?,c,x\r-2e3,"",8\n"4",ü€😀,9\n';
    const whole = await scanned(text);
    expect(whole.names).toEqual(['n', 't', 'm']);
    expect(whole.cells).toEqual([
      ['1.5', 'a "ü"\r\nb', '7'],
      ['?', 'c', 'x'],
      ['-2e3', '', '8'],
      ['4', 'ü€😀', '9'],
    ]);
    for (let size = 1; size < 12; size++) expect(await scanned(text, {}, size)).toEqual(whole);
  });

  test('random rows come back as they were written, across window boundaries', async () => {
    const random = randomFrom(11);
    const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
    const texts = ['a', 'b c', 'x,y', 'say ""hi""', 'line\nbreak', 'é', '0x', 'tab\tin'];
    const rows = Array.from({ length: 20_000 }, () => [
      String(Math.floor(random() * 1e6) / 8),
      pick(texts),
      pick(['1', '', 'z']),
    ]);
    const text = `p,q,r\n${rows.map(([n, t, m]) => `${n}, "${t}",${m}`).join('\n')}\n`;
    expect(text.length).toBeGreaterThan(300_000);
    expect(await read(text)).toEqual(rows.map(([n, t, m]) => [n, t!.replaceAll('""', '"'), m]));
  });
});

/** A file with a quote is read by our scanner, one without by DuckDB: both ways have to say the same. */
const bothWays: [string, string][] = [
  ['plain text', ''],
  ['text with quotes', '"'],
];

describe.each(bothWays)('columns of %s', (_, quote) => {
  const opened = (text: string, options?: Parameters<typeof datasetOf>[1]) =>
    datasetOf(
      text.replaceAll(/[A-Za-z]+(?=\n)/g, (word) => `${quote}${word}${quote}`),
      options,
    );

  test('numbers become a numeric column, text a categorical one; both may miss cells', async () => {
    const dataset = await opened('age,city\n39,Bonn\n?,Kiel\n41,\n');
    expect(dataset).toMatchObject({ rows: 3, format: { delimiter: ',', header: true } });
    expect(dataset.columns).toEqual([
      { name: 'age', type: 'numeric', sql: 'c0' },
      { name: 'city', type: 'categorical', sql: 'c1' },
    ]);
    expect(await cellsOf(dataset)).toEqual([
      [39, null, 41],
      ['Bonn', 'Kiel', null],
    ]);
  });

  test.each(['', '?', 'NA', 'N/A', 'n/a', '#N/A', 'null', 'NULL', 'NaN', 'nan', 'None', '""', '"NA"'])(
    '%j is a missing cell',
    async (token) => {
      expect(await cellsOf(await opened(`a,b\n1,x\n${token},y\n`))).toEqual([
        [1, null],
        ['x', 'y'],
      ]);
    },
  );

  test('numbers are rounded as JavaScript rounds them', async () => {
    const random = randomFrom(3);
    const spelled = Array.from({ length: 5000 }, () => {
      const value = (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
      const ways = [
        String(value),
        value.toFixed(6),
        value.toExponential(),
        `+${Math.abs(value)}`,
        String(Math.round(value * 1e6)),
        `.${Math.floor(random() * 1e17)}`,
        `${Math.floor(random() * 1e6)}.`,
      ];
      return ways[Math.floor(random() * ways.length)]!;
    });
    const [column] = await cellsOf(await opened(`a,b\n${spelled.map((text) => `${text},x\n`).join('')}`));
    expect(column!.map((value) => Number(value) + 0)).toEqual(spelled.map((text) => Number(text) + 0));
  });

  test('digits may be grouped by single underscores', async () => {
    expect((await cellsOf(await opened('a,b\n1_000,x\n2_5.5,y\n')))[0]).toEqual([1000, 25.5]);
  });

  test('a column of numbers with one text is text, in the spelling of the file', async () => {
    const dataset = await opened('zip,b\n01234,p\n007,q\nK1A,r\n?,s\n1.50,t\n');
    expect((await cellsOf(dataset))[0]).toEqual(['01234', '007', 'K1A', null, '1.50']);
  });

  test('columns can be declared as text', async () => {
    const dataset = await opened('zip,b\n01234,x\n007,y\n', { textColumns: ['zip'] });
    expect(dataset.columns.map(({ type }) => type)).toEqual(['categorical', 'categorical']);
    expect((await cellsOf(dataset))[0]).toEqual(['01234', '007']);
  });

  test('the cells do not depend on how the bytes are cut into chunks', async () => {
    const text = `n,t\n1.5,ü€😀\r\n?,${quote}c${quote}\r\n-2e3,\r\n`;
    for (const size of [1, 2, 3, 5, 8])
      expect(await cellsOf(await datasetOf(text, {}, size))).toEqual([
        [1.5, null, -2000],
        ['ü€😀', 'c', null],
      ]);
  });
});

test.each(['0x10', '1,000', '1e', '.', '-', '1.2.3', 'e5', '1 2', 'Infinit', '1__0', '_1', '1_'])(
  '%j is text',
  async (text) => {
    expect((await datasetOf(`a,b\n"${text}",1\n"${text}",2\n`)).columns[0]!.type).toBe('categorical');
    if (!text.includes(',')) expect((await datasetOf(`a,b\n${text},1\n`)).columns[0]!.type).toBe('categorical');
  },
);

describe('the header', () => {
  test.each([
    ['a text over numbers is a name', 'x,y\n1,2\n3,4\n', ['x', 'y']],
    ['a number in the first row makes it data', '1,red\n2,blue\n', ['column_1', 'column_2']],
    ['names that come again below are data', 'red,big\nblue,small\nred,big\n', ['column_1', 'column_2']],
    ['names that do not come again are names', 'colour,size\nblue,small\nred,big\n', ['colour', 'size']],
    ['an empty name is numbered', ',x\n0,5\n1,6\n', ['column_1', 'x']],
  ])('%s', async (_, text, expected) => {
    expect(await names(text)).toEqual(expected);
  });

  test('can be declared', async () => {
    const [numbers, words] = ['2019,2020\n1,2\n3,4\n', 'x,y\n1,2\n'];
    expect(await names(numbers, { header: true })).toEqual(['2019', '2020']);
    expect(namesOf(await datasetOf(numbers, { header: true }))).toEqual(['2019', '2020']);
    expect((await scanned(words, { header: false })).rows).toBe(2);
    expect((await datasetOf(words, { header: false })).rows).toBe(2);
  });

  test('a file without header takes the names it is given, the target may be left out', async () => {
    const options = { columns: ['a', 'b', 'y'], mayLack: 'y' };
    expect(await names('1,2,3\n', options)).toEqual(['a', 'b', 'y']);
    expect(await names('1,2\n', options)).toEqual(['a', 'b']);
    expect(await names('b,a\n2,1\n', options)).toEqual(['b', 'a']);
    await expect(scanned('1\n', options)).rejects.toThrow('Expected the 3 columns a, b, y');
  });

  testShared('the real files are seen as they are', async () => {
    const [boston, adult, clean] = [
      await sharedDataset('boston-housing.csv'),
      await sharedDataset('adult.data'),
      await sharedDataset('adult_census_clean.csv'),
    ];
    expect([boston.format.header, adult.format.header, clean.format.header]).toEqual([false, false, true]);
    expect([boston.rows, adult.rows, clean.rows]).toEqual([506, 32_561, 32_561]);
    expect(namesOf(adult).at(-1)).toBe('column_15');
    expect(adult.columns[1]).toMatchObject({ type: 'categorical' });
    const [missing] = await adult.engine.rows<{ n: bigint }>(
      `SELECT count(*) AS n FROM ${rowsView} WHERE ${adult.columns[1]!.sql} IS NULL`,
    );
    expect(missing).toEqual({ n: 1836n });
    expect(namesOf(clean)).toEqual(expect.arrayContaining(['education-num', 'y_no', 'y_yes']));
  });

  testShared('a comment line at the top is named', async () => {
    await expect(sharedDataset('adult.test')).rejects.toThrow(
      'adult.test has 1 cell in its first row and 15 in the rows below (line 1). Expected 15 cells in every row. Remove a comment line',
    );
  });
});
