import { describe, expect, test } from '@jest/globals';
import type { ReadOptions } from '../../data/csv.ts';
import { type Table, textAt } from '../../data/table.ts';
import { randomFrom, shared, tableOf, testShared } from './sources.ts';

const cells = (table: Table) =>
  table.columns.map((column) => Array.from({ length: table.rows }, (_, row) => textAt(column, row)));
const names = (table: Table) => table.columns.map(({ name }) => name);
const read = async (text: string, options?: Partial<ReadOptions>) => cells(await tableOf(text, options));

describe('cells', () => {
  test('numbers become a numeric column, text a categorical one; both may miss cells', async () => {
    const table = await tableOf('age,city\n39,Bonn\n?,Kiel\n41,\n');
    expect(table).toMatchObject({ rows: 3, format: { delimiter: ',', header: true } });
    expect(table.columns[0]).toEqual({ name: 'age', type: 'numeric', values: Float64Array.of(39, Number.NaN, 41) });
    expect(table.columns[1]).toEqual({
      name: 'city',
      type: 'categorical',
      codes: Int32Array.of(0, 1, -1),
      levels: ['Bonn', 'Kiel'],
    });
  });

  test.each(['', '?', 'NA', 'N/A', 'null', 'NULL', 'NaN', 'nan', 'None', '""', '"NA"'])(
    '%j is a missing cell',
    async (token) => {
      expect(await read(`a,b\n1,x\n${token},y\n`)).toEqual([
        ['1', undefined],
        ['x', 'y'],
      ]);
    },
  );

  test.each([
    ['a comma', ','],
    ['a semicolon', ';'],
    ['a tab', '\t'],
    ['a bar', '|'],
  ])('%s may separate cells', async (_, delimiter) => {
    const table = await tableOf(['a,b,c', '1,"x,y; z|",2', '3,w,4'].join('\n').replaceAll(/,(?=[^ ;z]*)/g, delimiter));
    expect(table.format.delimiter).toBe(delimiter);
    expect(names(table)).toEqual(['a', 'b', 'c']);
  });

  test('a decimal comma does not beat the semicolon', async () => {
    expect(names(await tableOf('a;b\n1,5;2,5\n3,5;4,5\n'))).toEqual(['a', 'b']);
  });

  test('quoted cells hold separators, line breaks of any kind and doubled quotes', async () => {
    expect(await read('a,b\n1,"x, ""y""\r\nz"\n2,"p\nq"\n')).toEqual([
      ['1', '2'],
      ['x, "y"\r\nz', 'p\nq'],
    ]);
  });

  test('blanks around cells are not part of them, also around quotes', async () => {
    expect(await read('a, b ,c\n1,  x y , "u, v" \n2,\tz,w\n')).toEqual([
      ['1', '2'],
      ['x y', 'z'],
      ['u, v', 'w'],
    ]);
  });

  test.each([
    ['\n', 'LF'],
    ['\r\n', 'CRLF'],
    ['\r', 'CR'],
  ])('lines end with %j (%s), the last one also with nothing', async (end) => {
    for (const last of ['', end, end + end])
      expect(await read(`a,b${end}1,x${end}2,y${last}`)).toEqual([
        ['1', '2'],
        ['x', 'y'],
      ]);
  });

  test('a byte order mark is not part of the first name', async () => {
    expect(names(await tableOf('\ufeffa,b\n1,x\n'))).toEqual(['a', 'b']);
  });

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
    const [column] = (await tableOf(`a,b\n${spelled.map((text) => `${text},x`).join('\n')}`)).columns;
    expect(column).toEqual({
      name: 'a',
      type: 'numeric',
      values: Float64Array.from(spelled, (text) => Number(text) + 0),
    });
  });

  test('minus zero is zero, as which it hashes', async () => {
    const [column] = (await tableOf('a,b\n-0,x\n-0.0,y\n-0e3,z\n')).columns;
    expect(column).toEqual({ name: 'a', type: 'numeric', values: Float64Array.of(0, 0, 0) });
  });

  test.each(['1_000', '0x10', '1,000', '1e', '.', '-', '1.2.3', 'e5', '1 2', 'Infinit'])('%j is text', async (text) => {
    expect((await tableOf(`a,b\n"${text}",1\n"${text}",2\n`)).columns[0]!.type).toBe('categorical');
  });

  test('a column of numbers with one text is text, in the spelling of the file', async () => {
    expect(await read('zip,b\n01234,1\n007,2\nK1A,3\n?,4\n1.50,5\n')).toEqual([
      ['01234', '007', 'K1A', undefined, '1.50'],
      ['1', '2', '3', '4', '5'],
    ]);
  });

  test('columns can be declared as text', async () => {
    expect(await read('zip,b\n01234,1\n007,2\n', { textColumns: ['zip'] })).toEqual([
      ['01234', '007'],
      ['1', '2'],
    ]);
  });

  test('the result does not depend on how the bytes are cut into chunks', async () => {
    const text = '\ufeffn, t ,m\r\n1.5,"a ""ü""\r\nb",7\r\n\r\n?,c,x\r-2e3,"",8\n"4",ü€😀,9\n';
    const whole = await tableOf(text);
    expect(cells(whole)).toEqual([
      ['1.5', undefined, '-2000', '4'],
      ['a "ü"\r\nb', 'c', undefined, 'ü€😀'],
      ['7', 'x', '8', '9'],
    ]);
    for (let size = 1; size < 12; size++) expect(await tableOf(text, {}, size)).toEqual(whole);
  });

  test('random tables come back as they were written, across window boundaries', async () => {
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
    expect(await read(text)).toEqual([
      rows.map(([n]) => n),
      rows.map(([, t]) => t!.replaceAll('""', '"')),
      rows.map(([, , m]) => m || undefined),
    ]);
  });
});

describe('the header', () => {
  test.each([
    ['a text over numbers is a name', 'x,y\n1,2\n3,4\n', ['x', 'y']],
    ['a number in the first row makes it data', '1,red\n2,blue\n', ['column_1', 'column_2']],
    ['names that come again below are data', 'red,big\nblue,small\nred,big\n', ['column_1', 'column_2']],
    ['names that do not come again are names', 'colour,size\nblue,small\nred,big\n', ['colour', 'size']],
    ['an empty name is numbered', ',x\n0,5\n1,6\n', ['column_1', 'x']],
  ])('%s', async (_, text, expected) => {
    expect(names(await tableOf(text))).toEqual(expected);
  });

  test('can be declared', async () => {
    expect(names(await tableOf('2019,2020\n1,2\n3,4\n', { header: true }))).toEqual(['2019', '2020']);
    expect((await tableOf('x,y\n1,2\n', { header: false })).rows).toBe(2);
  });

  test('a file without header takes the names it is given, the target may be left out', async () => {
    const options = { columns: ['a', 'b', 'y'], mayLack: 'y' };
    expect(names(await tableOf('1,2,3\n', options))).toEqual(['a', 'b', 'y']);
    expect(names(await tableOf('1,2\n', options))).toEqual(['a', 'b']);
    expect(names(await tableOf('b,a\n2,1\n', options))).toEqual(['b', 'a']);
    await expect(tableOf('1\n', options)).rejects.toThrow('Expected the 3 columns a, b, y');
  });

  testShared('the real files are seen as they are', async () => {
    const [boston, adult, clean] = await Promise.all(
      ['boston-housing.csv', 'adult.data', 'adult_census_clean.csv'].map(shared),
    );
    expect([boston!.format.header, adult!.format.header, clean!.format.header]).toEqual([false, false, true]);
    expect([boston!.rows, adult!.rows, clean!.rows]).toEqual([506, 32_561, 32_561]);
    expect(names(adult!).at(-1)).toBe('column_15');
    expect(adult!.columns[1]).toMatchObject({ type: 'categorical' });
    expect(
      adult!.columns[1]!.type === 'categorical' && adult!.columns[1]!.codes.filter((code) => code < 0).length,
    ).toBe(1836);
    expect(names(clean!)).toEqual(expect.arrayContaining(['education-num', 'y_no', 'y_yes']));
  });

  testShared('a comment line at the top is named', async () => {
    await expect(shared('adult.test')).rejects.toThrow(
      'adult.test has 1 cell in its first row and 15 in the rows below (line 1). Expected 15 cells in every row. Remove a comment line',
    );
  });
});
