/** Prepared rows as the algorithms read them. */
import { describe, expect, jest, test } from '@jest/globals';
import { type Channel, writeChannels, type WriteOptions } from '../../data/channels.ts';
import { openDataset } from '../../data/dataset.ts';
import type { CompiledFeature } from '../../data/recipe/compiled.ts';
import { longestSpelling, spell, spellInto, spellRow } from '../../data/spell.ts';
import { split, type SplitOptions } from '../../data/split.ts';
import { describeTarget } from '../../data/target.ts';
import { datasetOf, randomFrom } from '../fixtures/dataset.ts';

describe('a feature is spelled', () => {
  test('such that every 32-bit float comes back, in no more bytes than announced', () => {
    const random = randomFrom(17);
    const bits = new DataView(new ArrayBuffer(4));
    const buffer = new Uint8Array(longestSpelling);
    const edges = [
      0x0000_0001, 0x007f_ffff, 0x0080_0000, 0x7f7f_ffff, 0xff7f_ffff, 0x3f80_0000, 0x4e6e_6b28, 0x3727_c5ac,
    ];
    // Every exponent often, near edges of the powers of ten too.
    const powers = Array.from({ length: 90 }, (_, place) => 10 ** (place - 45)).flatMap((power) => {
      bits.setFloat32(0, power);
      const at = bits.getUint32(0);
      return [at - 1, at, at + 1].filter((pattern) => pattern >= 0 && pattern < 0x7f80_0000);
    });
    const some = Array.from({ length: 200_000 }, () => Math.floor(random() * 2 ** 32));
    const faults: string[] = [];
    for (const pattern of [...edges, ...powers, ...some]) {
      bits.setUint32(0, pattern);
      const value = bits.getFloat32(0);
      if (!Number.isFinite(value)) continue;
      const length = spellInto(value, buffer, 0);
      const text = Buffer.from(buffer.subarray(0, length)).toString();
      if (Math.fround(Number(text)) !== value) faults.push(`${value} became ${text}`);
      if (length > longestSpelling) faults.push(`${text} is longer than ${longestSpelling}`);
    }
    expect(faults).toEqual([]);
  });

  test('such that doubles come back as the nearest 32-bit float', () => {
    const random = randomFrom(4);
    for (let i = 0; i < 50_000; i++) {
      const value = (random() - 0.5) * 10 ** Math.floor(random() * 24 - 12);
      expect(Math.fround(Number(spell(value)))).toBe(Math.fround(value));
    }
  });

  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-2.5, '-2.5'],
    [0.1, '0.100000001'],
    [100, '100'],
    [1234567, '1234567'],
    [999_999_999, '1000000000'],
    [1e-5, '0.00000999999975'],
    [2 ** -100, '7.88860905e-31'],
    [1e30, '1.00000002e+30'],
    [Number.NaN, ''],
  ])('%d as %s', (value, text) => {
    expect(spell(value)).toBe(text);
  });

  test('between commas, a missing one as nothing', () => {
    expect(spellRow(Float64Array.of(1, Number.NaN, -0.5, 0))).toBe('1,,-0.5,0');
  });
});

const levels = ['x', 'y', 'z'];
const features: CompiledFeature[] = [
  { kind: 'number', sql: "coalesce(c0, 'nan'::DOUBLE)" },
  {
    kind: 'levels',
    sql: "CASE c1 WHEN 'x' THEN 0 WHEN 'y' THEN 1 ELSE 2 END",
    values: [
      [1, 0],
      [0, 1],
      [0, 0.5],
    ],
  },
];
const random = randomFrom(6);
const rows = Array.from({ length: 5000 }, (_, row) => ({
  n: row % 50 === 0 ? '' : `${row / 4}`,
  t: levels[row % 3]!,
  target: random() < 0.4 ? 'no' : 'yes',
}));
type Row = (typeof rows)[number];
const textOf = (some: readonly Row[]) =>
  `n,t,target\n${some.map(({ n, t, target }) => `${n},${t},${target}\n`).join('')}`;
const featuresOf = ({ n, t }: Row) => `${n},${t === 'x' ? '1,0' : t === 'y' ? '0,1' : '0,0.5'}`;

/** The lines that a drop becomes, channel by channel. */
const written = async (
  contents: string | readonly string[],
  channels: readonly Omit<Channel, 'write'>[],
  options: Pick<WriteOptions, 'order' | 'where' | 'classes'> & { split?: Partial<SplitOptions> } = {},
) => {
  const dataset: Awaited<ReturnType<typeof openDataset>> = await datasetOf(contents);
  const { split: parts, ...how } = options;
  const target = await describeTarget(dataset);
  const counts = await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 7, target, ...parts });
  const pieces: Uint8Array[][] = channels.map(() => []);
  const counted = await writeChannels(dataset.engine, {
    features,
    channels: channels.map((channel, place) => ({
      ...channel,
      write: (bytes) => void pieces[place]!.push(Buffer.from(bytes)),
    })),
    classes: target.classes?.length,
    ...how,
  });
  const lines = pieces.map((some) => Buffer.concat(some).toString().split('\n').slice(0, -1));
  expect(lines.map(({ length }) => length)).toEqual(counted.rows);
  return { counts, lines, duplicates: counted.duplicates };
};
const labelled = (row: Row) => `${row.target === 'yes' ? 1 : 0},${featuresOf(row)}`;

describe('channels', () => {
  test('of all rows in the order of the drop, across its objects', async () => {
    const objects = [rows.slice(0, 1200), rows.slice(1200, 1201), rows.slice(1201)].map(textOf);
    const { lines } = await written(objects, [{ split: 'all', what: 'features' }], { order: 'drop' });
    expect(lines[0]).toEqual(rows.map(featuresOf));
  });

  test('keep that order where folds were wanted', async () => {
    const { lines } = await written(textOf(rows), [{ split: 'all', what: 'labelled' }], {
      order: 'drop',
      split: { folds: 5, repeats: 2 },
    });
    expect(lines[0]).toEqual(rows.map(labelled));
  });

  test('have the label first, alone, or not at all, row by row alike', async () => {
    const { lines, counts } = await written(textOf(rows), [
      { split: 'test', what: 'labelled' },
      { split: 'test', what: 'labels' },
      { split: 'test', what: 'features' },
      { split: 'train', what: 'labels' },
    ]);
    const [both = [], labels = [], alone = [], train = []] = lines;
    expect(both).toEqual(labels.map((label, place) => `${label},${alone[place]!}`));
    expect(both).toHaveLength(counts.test);
    expect(train).toHaveLength(counts.train);
    expect(train.filter((label) => label === '1')).toHaveLength(counts.trainLabels[1]!);
    const known = new Set(rows.map(labelled));
    expect(both.filter((line) => !known.has(line))).toEqual([]);
  });

  test('are the same bytes whatever the order of the drop, and not in that order', async () => {
    const channels: Pick<Channel, 'split' | 'what'>[] = [
      { split: 'train', what: 'labelled' },
      { split: 'validation', what: 'labelled' },
      { split: 'all', what: 'labelled' },
    ];
    const { lines } = await written(textOf(rows), channels);
    expect((await written(textOf(rows.toReversed()), channels)).lines).toEqual(lines);
    expect((await written([rows.slice(2000), rows.slice(0, 2000)].map(textOf), channels)).lines).toEqual(lines);
    expect(lines[2]).not.toEqual(rows.map(labelled));
    expect(lines[2]!.toSorted()).toEqual(rows.map(labelled).toSorted());
  });

  test('have the weight of its class behind the label where classes are weighed', async () => {
    const weights = [1 / 3, 2.5];
    const { lines } = await written(
      textOf(rows),
      [
        { split: 'all', what: 'labelled', weights },
        { split: 'all', what: 'labelled' },
      ],
      { order: 'drop' },
    );
    const weighed = ({ target }: Row) => (target === 'yes' ? '1,2.5' : '0,0.3333333333333333');
    expect(lines[0]).toEqual(rows.map((row) => `${weighed(row)},${featuresOf(row)}`));
    expect(lines[1]).toEqual(rows.map(labelled));
  });

  test('may be narrowed by a condition', async () => {
    const { lines } = await written(textOf(rows), [{ split: 'all', what: 'features' }], {
      where: "c1 = 'y'",
      order: 'drop',
    });
    expect(lines[0]).toEqual(rows.filter(({ t }) => t === 'y').map(featuresOf));
  });

  test('that come again are counted, wherever they lie and whatever split they fall into', async () => {
    const channels = ['train', 'validation', 'test'].map((split) => ({
      split: split as 'train',
      what: 'labelled' as const,
    }));
    const again = [...rows, ...rows.slice(100, 400), ...rows.slice(0, 250), rows[7]!];
    expect((await written(textOf(again), channels)).duplicates).toBe(
      551 + (await written(textOf(rows), channels)).duplicates,
    );
    const other = rows.map((row, place) => ({ ...row, n: String(place) }));
    expect((await written(textOf(other), channels)).duplicates).toBe(0);
  });

  test('that cannot be written are told, by a failure that is heard while the next rows are gathered', async () => {
    const dataset = await datasetOf(textOf(Array.from({ length: 40 }, () => rows).flat()));
    const target = await describeTarget(dataset);
    await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 7, target });
    let told = 0;
    let wasHeard = false;
    const write = () => {
      told++;
      const failed = Promise.reject<void>(new Error('no room'));
      const listening = jest.spyOn(failed, 'then');
      // A failure that nobody listens to at once ends the process.
      setImmediate(() => (wasHeard = listening.mock.calls.length > 0));
      return failed;
    };
    const channels = [{ split: 'all' as const, what: 'features' as const, write }];
    await expect(writeChannels(dataset.engine, { features, channels })).rejects.toThrow('no room');
    expect({ told, wasHeard }).toEqual({ told: 1, wasHeard: true });
  });

  test('of rows so wide that few of them fit into memory at once have every row, in its order', async () => {
    const wide = Array.from({ length: 300 }, (_, place): CompiledFeature =>
      place % 100 === 50 ? features[1]! : { kind: 'number', sql: `coalesce(c0, 'nan'::DOUBLE) + ${place}` },
    );
    const dataset = await datasetOf(textOf(rows));
    const target = await describeTarget(dataset);
    await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 7, target });
    const pieces: Buffer[] = [];
    const write = (bytes: Uint8Array) => void pieces.push(Buffer.from(bytes));
    const channels = [{ split: 'all' as const, what: 'features' as const, write }];
    await writeChannels(dataset.engine, { features: wide, channels, order: 'drop' });
    const expected = rows.map(({ n, t }) => {
      const number = n === '' ? Number.NaN : Number(n);
      const levelsOf = t === 'x' ? '1,0' : t === 'y' ? '0,1' : '0,0.5';
      return wide.map(({ kind }, place) => (kind === 'levels' ? levelsOf : spell(number + place))).join(',');
    });
    expect(pieces.length).toBeGreaterThan(3);
    expect(Buffer.concat(pieces).toString().trimEnd().split('\n')).toEqual(expected);
  });

  test('with weights need to know of how many classes', async () => {
    const channels = [{ split: 'all' as const, what: 'labels' as const, weights: [1, 2] }];
    await expect(written(textOf(rows), channels, { classes: undefined })).rejects.toThrow(
      'Weights are those of classes',
    );
  });

  test('of a regression have their labels with all digits', async () => {
    const values = Array.from({ length: 300 }, (_, row) => Math.sqrt(row + 2) * 1e5);
    const text = `n,t,target\n${values.map((value, row) => `${row},x,${value}\n`).join('')}`;
    const { lines } = await written(text, [{ split: 'all', what: 'labels' }], { order: 'drop' });
    expect(lines[0]).toEqual(values.map(String));
  });
});
