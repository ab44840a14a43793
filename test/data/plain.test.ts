import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { hashedView, openDataset, rowsView, type DatasetOptions } from '../../data/dataset.ts';
import { rowHash } from '../../data/dataset/columns.ts';
import { ingestCsv } from '../../data/dataset/ingestCsv.ts';
import { readPlain } from '../../data/dataset/plain/readPlain.ts';
import { openEngine, quoted, type Engine } from '../../data/engine.ts';
import { randomFrom, streamOf } from '../fixtures/dataset.ts';
import { temporaryFolder } from '../fixtures/temporaryFolder.ts';

const withEngine = async <T>(work: (engine: Engine) => Promise<T>) => {
  const engine = await openEngine({ folder: temporaryFolder(), memoryBytes: 2 ** 29 });
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
};

/** Reads the text as drops are read; `openings` tells how often it was read. */
const opened = async (
  engine: Engine,
  text: string,
  { chunk, ...options }: DatasetOptions & { chunk?: number } = {},
) => {
  let openings = 0;
  const open = () => {
    openings++;
    return Promise.resolve(streamOf(text, chunk));
  };
  const dataset = await openDataset(engine, [{ name: 'file.csv', open }], options);
  return { dataset, openings };
};

const cellsIn = async (engine: Engine, view = rowsView) =>
  (await engine.rows(`SELECT * FROM ${view}`)).map((row) => Object.values(row));

/** What the plain way alone makes of it. */
const plainly = (engine: Engine, text: string, { pairs = false, chunk = text.length } = {}) =>
  readPlain(streamOf(text, chunk), engine.path('plain'), {
    layout: { name: 'file.csv', delimiter: ',', header: true, mark: 0, names: text.split(/\r?\n/, 1)[0]!.split(',') },
    pairs,
    isText: text
      .split(/\r?\n/, 1)[0]!
      .split(',')
      .map(() => false),
    allText: false,
    hashes: true,
  });

const letters = 'abcdefghijklmnopqrstuvwxyzäöü漢 -_.';
const textOf = (random: () => number, longest: number) =>
  Array.from({ length: Math.floor(random() * longest) }, () => letters[Math.floor(random() * letters.length)]).join('');

/** Columns of every kind: of few values and of many, of both types, with cells missing and blanks around them. */
const oddRow = (random: () => number) => {
  const maybe = (cell: string) => (random() < 0.05 ? ['', 'NA', '?', ' null '][Math.floor(4 * random())]! : cell);
  return [
    maybe(['0', '-0', '1', '1.0', ' 1', '2e3', '+5'][Math.floor(7 * random())]!),
    maybe(String(random() * 10 ** Math.floor(20 * random() - 10))),
    maybe(textOf(random, 6).slice(0, 2)),
    maybe(textOf(random, 14)),
    maybe(textOf(random, 60)),
    maybe(`${random() < 0.5 ? ' ' : ''}level ${Math.floor(300 * random())}${random() < 0.5 ? '\t' : ''}`),
    String(Math.floor(random() * 1e6)),
  ];
};
const oddText = (rows: number, seed: number, lineBreak = '\n') => {
  const random = randomFrom(seed);
  const lines = Array.from({ length: rows }, () => oddRow(random).join(','));
  return ['few,many,short,middle,long,levels,whole', ...lines, ''].join(lineBreak);
};

test('cells and hashes are those that our scanner and DuckDB find', () =>
  withEngine(async (engine) => {
    const text = oddText(30_000, 1);
    const { dataset, openings } = await opened(engine, text, { chunk: 50_000 });
    expect(openings).toBe(1);
    await writeFile(engine.path('text'), text);
    const exact = await ingestCsv(engine, 'text', 'exact', { name: 'file.csv', hashes: true });
    expect(dataset.columns.map(({ type }) => type)).toEqual(exact.types);
    expect(exact.types).toEqual(['numeric', 'numeric', ...Array(4).fill('categorical'), 'numeric']);
    const numbered = (source: string) => `(SELECT row_number() OVER () AS place, * FROM ${source})`;
    const expected = numbered(`read_parquet(${quoted(engine.path('exact'))})`);
    const [difference] = await engine.rows(
      `SELECT count(*) AS n FROM (FROM ${numbered(hashedView)} EXCEPT FROM ${expected})`,
    );
    expect(difference).toEqual({ n: 0n });
    const [wrong] = await engine.rows(`SELECT count(*) AS n FROM ${hashedView} WHERE h <> ${rowHash(dataset.columns)}`);
    expect(wrong).toEqual({ n: 0n });
    expect(dataset.rows).toBe(30_000);
  }));

test.each([1, 2, 3, 7, 16, 100])('pieces of %d bytes make no difference', (chunk) =>
  withEngine(async (engine) => {
    for (const pairs of [false, true]) {
      const text = oddText(60, 2, pairs ? '\r\n' : '\n');
      const rows = text.split(/\r?\n/).slice(1, -1);
      expect(await plainly(engine, text, { pairs, chunk })).toMatchObject({ rows: 60 });
      const whole = await readFile(engine.path('plain'));
      expect(await plainly(engine, text.trimEnd(), { pairs, chunk: text.length })).toMatchObject({ rows: rows.length });
      expect((await readFile(engine.path('plain'))).equals(whole)).toBe(true);
    }
  }),
);

test('numbers are read as JavaScript reads them, of any number of digits', () =>
  withEngine(async (engine) => {
    const random = randomFrom(3);
    const bits = new DataView(new ArrayBuffer(8));
    const double = () => {
      for (const at of [0, 4]) bits.setUint32(at, Math.floor(random() * 2 ** 32));
      const value = bits.getFloat64(0);
      return Number.isFinite(value) ? value : random();
    };
    const digits = (count: number) => Array.from({ length: count }, () => Math.floor(10 * random())).join('');
    const halfway = () => `${BigInt(Math.floor(2 ** 52 * (1 + random()))) * 2n + 1n}`;
    const kinds = [
      () => String(double()),
      () => double().toExponential(Math.floor(20 * random())),
      () => String(random()),
      () => (1000 * random()).toFixed(Math.floor(12 * random())),
      () => `${digits(1 + Math.floor(25 * random()))}.${digits(Math.floor(25 * random()))}`,
      () => `${digits(20)}e${Math.floor(600 * random()) - 330}`,
      () => `-${halfway()}`,
      () => `+${halfway()}e-${Math.floor(5 * random())}`,
      () => `.${digits(5)}E+0${Math.floor(10 * random())}`,
      () => `1_000.${digits(3)}`,
    ];
    const texts = Array.from({ length: 40_000 }, (_, row) => kinds[row % kinds.length]!()).map((text) =>
      Number.isFinite(Number(text.replaceAll('_', ''))) ? text : '1e-400',
    );
    const { openings } = await opened(engine, `x,y\n${texts.map((text, row) => `${text},${row}`).join('\n')}`);
    expect(openings).toBe(1);
    const found = (await engine.rows<{ c0: number }>(`SELECT c0 FROM ${rowsView}`)).map(({ c0 }) => c0);
    expect(found).toEqual(texts.map((text) => Number(text.replaceAll('_', '')) + 0));
  }));

describe('a column', () => {
  test('of numbers becomes text when one shows late', () =>
    withEngine(async (engine) => {
      const rows = Array.from({ length: 150_000 }, (_, row) => `${row % 9},${row === 140_000 ? 'x' : row / 8},${row}`);
      const { dataset, openings } = await opened(engine, `a,b,c\n${rows.join('\n')}\n`, { chunk: 2 ** 20 });
      expect(dataset.columns.map(({ type }) => type)).toEqual(['numeric', 'categorical', 'numeric']);
      expect(openings).toBe(2);
      const [found] = await engine.rows(
        `SELECT count(*) AS rows, count(DISTINCT c1) AS texts, min(c1) AS first, sum(c2) AS sum FROM ${rowsView}`,
      );
      expect(found).toEqual({ rows: 150_000n, texts: 150_000n, first: '0', sum: (150_000 * 149_999) / 2 });
    }));

  test('has more texts than have numbers, or long ones', () =>
    withEngine(async (engine) => {
      const rows = Array.from(
        { length: 150_000 },
        (_, row) => `t${row % 70_000},x${String(row % 1000).repeat(30)},${row % 2}`,
      );
      const { dataset, openings } = await opened(engine, `a,b,c\n${rows.join('\n')}\n`, { chunk: 2 ** 20 });
      expect(openings).toBe(1);
      expect(dataset.rows).toBe(150_000);
      const [found] = await engine.rows(
        `SELECT count(DISTINCT c0) AS texts, count(DISTINCT c1) AS long, max(length(c1)) AS longest, count(*) FILTER (h <> ${rowHash(dataset.columns)}) AS wrong FROM ${hashedView}`,
      );
      expect(found).toEqual({ texts: 70_000n, long: 1000n, longest: 91n, wrong: 0n });
    }));

  test('of long texts that come again has room in its row group, or goes another way', () =>
    withEngine(async (engine) => {
      const long = (row: number, place: number) => `${place} ${row % 16_000} `.padEnd(300, 'x');
      const rows = Array.from({ length: 40_000 }, (_, row) => [0, 1, 2].map((place) => long(row, place)).join(','));
      await opened(engine, `a,b,c\n${rows.join('\n')}\n`, { chunk: 2 ** 20 });
      const [found] = await engine.rows(
        `SELECT count(*) AS rows, count(DISTINCT c0) AS a, count(DISTINCT c1) AS b, count(DISTINCT c2) AS c, max(length(c2)) AS longest FROM ${rowsView}`,
      );
      expect(found).toEqual({ rows: 40_000n, a: 16_000n, b: 16_000n, c: 16_000n, longest: 300n });
    }));

  test('may be missing throughout, or in whole row groups', () =>
    withEngine(async (engine) => {
      const rows = Array.from(
        { length: 130_000 },
        (_, row) => `,${row < 125_000 ? 'NA' : 'x'},${row < 125_000 ? '' : row}`,
      );
      const { dataset } = await opened(engine, `a,b,c\n${rows.join('\n')}\n`);
      expect(dataset.columns.map(({ type }) => type)).toEqual(['numeric', 'categorical', 'numeric']);
      const [found] = await engine.rows(
        `SELECT count(c0) AS a, count(c1) AS b, count(c2) AS c, min(c2) AS least FROM ${rowsView}`,
      );
      expect(found).toEqual({ a: 0n, b: 5000n, c: 5000n, least: 125_000 });
    }));
});

test('as text cells come back as they are spelled, without blanks around them', () =>
  withEngine(async (engine) => {
    const { openings } = await opened(engine, 'a,b\n 1.0 ,NA\n,x y\n007,\t?\n', { allText: true, hashes: false });
    expect(openings).toBe(1);
    expect(await cellsIn(engine)).toEqual([
      ['1.0', 'NA'],
      [null, 'x y'],
      ['007', '?'],
    ]);
  }));

test('an object is let go of, whatever stops the reading', () =>
  withEngine(async (engine) => {
    const texts = [
      'a,a\n1,2\n',
      'a,b\n1,2\n'.padEnd(2 ** 21, '3,4\n'),
      `a,b\n${'1,2\n'.repeat(400_000)}"x",2\n${'1,2\n'.repeat(400_000)}`,
    ];
    for (const text of texts) {
      let open = 0;
      const source = async function* () {
        open++;
        try {
          yield* streamOf(text);
        } finally {
          open--;
        }
      };
      const read = openDataset(engine, [{ name: 'file.csv', open: () => Promise.resolve(source()) }]);
      await read.catch((error: Error) => expect(error.name).toBe('InputError'));
      expect(open).toBe(0);
    }
  }));

describe('text that is not plain is left to the scanner', () => {
  test.each([
    ['a quote', 'a,b\n1,"x"\n2,y\n', false],
    ['a zero byte', 'a,b\n1,\0\n', false],
    ['a row too short', 'a,b\n1,2\n3\n', false],
    ['a row too long', 'a,b\n1,2\n3,4,5\n', false],
    ['a carriage return', 'a,b\n1,x\ry\n', false],
    ['a line feed alone among pairs', 'a,b\r\n1,2\n3,4\r\n', true],
    ['a carriage return among pairs', 'a,b\r\n1,2\r3\r\n', true],
    ['an infinite number', 'a,b\n1,2\ninf,3\n', false],
    ['a header without rows', 'a,b\n', false],
    ['a carriage return in the header', 'a,b\rc\n1,2\n', false],
    ['a zero byte in the header', 'a,b\0\n1,2\n', false],
    ['a cell of blanks as a line', 'a,b\n1,2\n  \n3,4\n', false],
  ])('%s', (_, text, pairs) =>
    withEngine(async (engine) => expect(await plainly(engine, text, { pairs })).toMatchObject({ refusal: 'strange' })),
  );

  test('damaged characters, wherever they are cut', () =>
    withEngine(async (engine) => {
      for (const damaged of [Buffer.from([0xc3, 0x28]), Buffer.from([0xe2, 0x82])])
        for (const [chunk, before] of [1, 3, 100].flatMap((size) => [
          [size, 'a,b\n1,'] as const,
          [size, 'a,'] as const,
        ])) {
          const bytes = Buffer.concat([Buffer.from(before), damaged, Buffer.from('\n1,2\n')]);
          const layout = { name: 'file.csv', delimiter: ',', header: true, mark: 0, names: ['a', 'b'] };
          const options = { layout, pairs: false, isText: [false, false], allText: false, hashes: true };
          expect(await readPlain(streamOf(bytes, chunk), engine.path('plain'), options)).toMatchObject({
            refusal: 'strange',
          });
        }
    }));

  test('empty lines are none', () =>
    withEngine(async (engine) => {
      const text = 'a,b\n\n\n1,x\n\n2,y\n\n';
      for (const chunk of [1, 5, 100]) expect(await plainly(engine, text, { chunk })).toMatchObject({ rows: 2 });
      const pairs = text.replaceAll('\n', '\r\n');
      for (const chunk of [1, 5, 100])
        expect(await plainly(engine, pairs, { chunk, pairs: true })).toMatchObject({ rows: 2 });
    }));
});
