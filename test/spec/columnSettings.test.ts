import { expect, test } from '@jest/globals';
import { textColumnsOf } from '../../spec/columnSettings.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';

const columnsOf = (lines: string) => parsePipeline(`name: p\nprepare: { columns: { ${lines} } }`, 'f').prepare.columns;

test('a column is prepared as its settings say', () => {
  expect(columnsOf('age: { impute: mean, clip: [p01, 99.5] }, city: { encode: target, smoothing: 5 }')).toEqual({
    age: { impute: 'mean', clip: ['p01', 99.5] },
    city: { encode: 'target', smoothing: 5 },
  });
  expect(parsePipeline('name: p', 'f').prepare.columns).toEqual({});
});

test('levels may be written as numbers', () => {
  expect(columnsOf('stars: { encode: ordinal, levels: [1, 2, 3] }')).toEqual({
    stars: { encode: 'ordinal', levels: ['1', '2', '3'] },
  });
});

test('columns whose texts count are read as text', () => {
  const columns = columnsOf(
    'a: { type: categorical }, b: { encode: ordinal }, c: { maxLevels: 3 }, d: { log: true }, e: { encode: date }, f: {}',
  );
  expect(textColumnsOf(columns)).toEqual(['a', 'b', 'c']);
});

test.each([
  ['age: { imput: mean }', 'prepare.columns.age.imput: unknown setting, did you mean impute?'],
  ['age: { impute: mode }', 'prepare.columns.age.impute'],
  ['age: { clip: [5, 1] }', 'prepare.columns.age.clip: the lower bound first'],
  ['age: { clip: [p99, p01] }', 'the lower bound first'],
  ['age: { clip: [p1.5, p99] }', 'a percentile such as p01 or p99'],
  ['age: { log: true, encode: target }', 'exclude each other'],
  ['age: { parts: [hour], encode: ordinal }', 'exclude each other'],
  ['city: { levels: [a, b], maxLevels: 3 }', 'levels and maxLevels exclude each other'],
  ['city: { levels: [a, a] }', 'every level once'],
  ['city: { encode: ordinal, levels: [a] }', 'an order needs two levels'],
  ['city: { smoothing: 3 }', 'smoothing is for encode: target'],
  ['city: { encode: hash }', 'prepare.columns.city.encode'],
])('%s is refused', (lines, expected) => {
  expect(() => columnsOf(lines)).toThrow(expected);
});
