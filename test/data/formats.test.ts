/** Formats beside CSV, told from the bytes: JSON lines, Parquet, UTF-16, gzip around any of them. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../spec/errors.ts';
import { quoted } from '../../data/engine.ts';
import { cellsOf, datasetOf, namesOf, testEngine } from '../fixtures/dataset.ts';

/** What DuckDB itself writes of a query. */
const parquetOf = async (query: string) => {
  const engine = await testEngine();
  await engine.run(`COPY (${query}) TO ${quoted(engine.path('made.parquet'))} (FORMAT parquet)`);
  return readFileSync(engine.path('made.parquet'));
};

const refused = async (content: string | Uint8Array, message: string | RegExp) => {
  const opened = datasetOf(content);
  await expect(opened).rejects.toThrow(InputError);
  await expect(opened).rejects.toThrow(message);
};

describe('JSON lines', () => {
  test('keys are columns in order of appearance, what a line lacks is missing', async () => {
    const lines = [
      '{"age": 39, "city": " Köln "}',
      '',
      '{"city": "a, \\"b\\"\\nc", "new": true, "age": null}',
      '{"age": "1e2"}',
    ];
    for (const text of [lines.join('\n'), `\ufeff${lines.join('\r\n')}\r\n`]) {
      const dataset = await datasetOf(text);
      expect(namesOf(dataset)).toEqual(['age', 'city', 'new']);
      expect(dataset.rows).toBe(3);
      expect(await cellsOf(dataset)).toEqual([
        [39, null, 100],
        ['Köln', 'a, "b"\nc', null],
        [null, 'true', null],
      ]);
    }
  });

  test('are cut into chunks anywhere', async () => {
    const text = '{"a":"ü€😀\u2028x","b":1}\n{"a":"","b":2.5}\n';
    for (let size = 1; size < 9; size++)
      expect(await cellsOf(await datasetOf(text, {}, size))).toEqual([
        ['ü€😀\u2028x', null],
        [1, 2.5],
      ]);
  });

  test.each([
    [
      '{"a":1,"b":2}\n{"a":[1],"b":2}\n',
      'file.csv holds an array in "a" (line 2). Expected texts, numbers, true, false or null',
    ],
    ['{"a":{"x":1},"b":2}\n', 'file.csv holds an object in "a" (line 1)'],
    ['{"a":1}\nnonsense\n', 'file.csv holds something that is not JSON (line 2)'],
    ['{"a":1}\n[1]\n', 'holds an array instead of an object (line 2)'],
    ['[\n{"a":1},\n{"a":2}]\n', 'file.csv holds something that is not JSON (line 1). Expected JSON lines'],
    ['{"a":1,"b":1}\n{"a":1e999,"b":2}\n', 'an infinite number in column a (data row 2)'],
    [`{"a":"${'x'.repeat(2 ** 21)}"}\n`, 'has a line of more than 1048576 bytes (line 1)'],
  ])('%.40s is refused', async (text, message) => {
    await refused(text, message);
  });

  test('of empty objects hold no column', async () => {
    await refused('{}\n{}\n', 'no');
  });
});

describe('Parquet', () => {
  test('numbers, texts, booleans, dates and times', async () => {
    const content = await parquetOf(`SELECT * FROM (VALUES
      (1::TINYINT, 2.50::DECIMAL(9,2), 'nan'::DOUBLE, ' Köln ', true, DATE '2026-03-31', TIMESTAMP '2026-03-31 17:30:00', TIMESTAMPTZ '2026-03-31 17:30:00+02'),
      (NULL, 3.25, -0.0, 'NA', false, NULL, NULL, NULL)) AS t(small, dec, dbl, txt, yes, day, moment, zoned)`);
    const dataset = await datasetOf(content);
    expect(namesOf(dataset)).toEqual(['small', 'dec', 'dbl', 'txt', 'yes', 'day', 'moment', 'zoned']);
    expect(await cellsOf(dataset)).toEqual([
      [1, null],
      [2.5, 3.25],
      [null, 0],
      ['Köln', null],
      ['true', 'false'],
      ['2026-03-31', null],
      ['2026-03-31 17:30:00', null],
      ['2026-03-31 15:30:00', null],
    ]);
  });

  test.each([
    [`SELECT 1 AS a, [1, 2] AS l`, 'file.csv has a column "l" of type INTEGER[]. Expected columns of numbers, texts'],
    [`SELECT 1 AS a, {'x': 1} AS s`, 'file.csv has a column "s" of type STRUCT(x INTEGER)'],
    [`SELECT 1 AS a, 'x'::BLOB AS b`, 'file.csv has a column "b" of type BLOB'],
    [`SELECT 1 AS a, 'inf'::DOUBLE AS b`, 'file.csv holds an infinite number in column b'],
    [`SELECT 1 AS a, 2 AS b WHERE false`, 'file.csv has no rows'],
  ])('%s is refused', async (query, message) => {
    await refused(await parquetOf(query), message);
  });

  test('damaged or cut files are refused', async () => {
    const content = await parquetOf(`SELECT range AS a, range * 2 AS b FROM range(5000)`);
    await refused(content.subarray(0, content.length - 30), /^file\.csv is a damaged Parquet file, or one of a kind/);
    await refused(Buffer.from('PAR1 and nothing else'), 'damaged Parquet');
    const spoilt = Buffer.from(content);
    spoilt.fill(0xff, 4, 3000);
    await refused(spoilt, 'damaged Parquet');
  });

  test('lies beside CSV in one drop', async () => {
    const dataset = await datasetOf([await parquetOf(`SELECT 1 AS a, 'x' AS b`), 'b,a\ny,2\n']);
    expect(await cellsOf(dataset)).toEqual([
      [1, 2],
      ['x', 'y'],
    ]);
  });
});

describe('UTF-16 with its mark', () => {
  const text = 'a,b\n1,Köln 😀\n2,"x, y"\n';
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');

  test.each([
    ['low byte first', little],
    ['high byte first', Buffer.from(little).swap16()],
    ['in gzip', gzipSync(little)],
  ])('%s, cut anywhere', async (_, bytes) => {
    for (const size of [1, 3, 1000])
      expect(await cellsOf(await datasetOf(bytes, {}, size))).toEqual([
        [1, 2],
        ['Köln 😀', 'x, y'],
      ]);
  });

  test('with half a character is refused', async () => {
    await refused(little.subarray(0, little.length - 1), 'file.csv is damaged UTF-16 text');
  });
});

describe('gzip', () => {
  const packed = gzipSync(`a,b\n${Array.from({ length: 5000 }, (_, row) => `${row},${Math.sin(row)}`).join('\n')}\n`);

  test('is undone', async () => {
    expect((await datasetOf(packed)).rows).toBe(5000);
    expect((await datasetOf(gzipSync('{"a":1,"b":2}\n'))).rows).toBe(1);
  });

  test('that was cut or spoilt is refused', async () => {
    await refused(packed.subarray(0, packed.length / 2), 'file.csv is damaged gzip');
    const spoilt = Buffer.from(packed);
    spoilt.fill(0, 100, 400);
    await refused(spoilt, 'file.csv is damaged gzip');
  });
});
