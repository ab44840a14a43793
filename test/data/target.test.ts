import { describe, expect, test } from '@jest/globals';
import type { Problem } from '../../algorithms/algorithm.ts';
import { rowsView } from '../../data/dataset.ts';
import { describeTarget, labelSql } from '../../data/target.ts';
import { inferTarget } from '../../data/targetColumn.ts';
import { datasetOf, sharedDataset, testShared } from '../fixtures/dataset.ts';

/** What the values of a target say. */
const inferProblem = async (cells: readonly (string | number)[], problem?: Problem) => {
  const dataset = await datasetOf(`x,y\n${cells.map((cell, row) => `${row},${cell}\n`).join('')}`, { header: true });
  return describeTarget(dataset, problem ? { problem } : {});
};
const times = <T>(count: number, ...items: T[]) => Array.from({ length: count }, () => items).flat();

describe('the target', () => {
  test.each([
    [['a', 'Target', 'b'], 'Target'],
    [['a', 'LABEL', 'b'], 'LABEL'],
    [['class', 'y', 'b'], 'class'],
    [['y', 'x1', 'x2'], 'y'],
    [['label', 'target', 'b'], 'target'],
    [['crim', 'zn', 'medv'], 'medv'],
  ])('of %j is %s', (names, expected) => {
    expect(inferTarget(names)).toBe(expected);
  });

  test('is the one that is given', () => {
    expect(inferTarget(['a', 'target'], 'a')).toBe('a');
  });
});

describe('the problem', () => {
  test.each<[string, (string | number)[], string, string[] | undefined]>([
    ['two texts', times(5, 'no', 'yes'), 'binary', ['no', 'yes']],
    ['two numbers', times(5, 1, 0), 'binary', ['0', '1']],
    ['two other numbers', times(5, 7.5, -2), 'binary', ['-2', '7.5']],
    ['three texts', times(5, 'red', 'green', 'blue'), 'multiclass', ['blue', 'green', 'red']],
    ['whole numbers from 0', times(6, 2, 1, 0, 3), 'multiclass', ['0', '1', '2', '3']],
    [
      'whole numbers from 1, ten of them in order',
      times(6, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1),
      'multiclass',
      ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
    ],
    ['whole numbers with gaps', times(6, 0, 10, 20), 'regression', undefined],
    ['few rows of whole numbers', [0, 1, 2, 3, 0, 1, 2, 3], 'regression', undefined],
    ['broken numbers', times(6, 0.5, 1.5, 2.5), 'regression', undefined],
    ['more than ten whole numbers', times(6, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 'regression', undefined],
  ])('of %s', async (_, cells, problem, classes) => {
    const found = await inferProblem(cells);
    expect(found.problem).toBe(problem);
    expect(found.classes).toEqual(classes);
  });

  test('given wins where it fits', async () => {
    expect((await inferProblem(times(5, 0, 1), 'regression')).classes).toBeUndefined();
    expect((await inferProblem(times(3, 0, 5, 10), 'multiclass')).classes).toEqual(['0', '5', '10']);
  });

  test.each([
    ['<=50K', '>50K'],
    ['no', 'yes'],
    ['False', 'True'],
    ['N', 'Y'],
    ['negative', 'positive'],
    // By their letters these two would come the other way round.
    ['zero risk', 'yes'],
    ['no', 'maybe'],
  ])('of the two classes %j and %j the second is the positive one', async (first, second) => {
    for (const order of [
      [first, second],
      [second, first],
    ])
      expect((await inferProblem(times(3, ...order))).classes).toEqual([first, second]);
  });
});

test('the class names of a file do not depend on the order of its rows', async () => {
  const rows = ['1,b', '2,a', '3,c', '4,a', '5,b', '6,c'];
  const of = async (lines: string[]) => describeTarget(await datasetOf(`x,class\n${lines.join('\n')}\n`));
  expect(await of(rows)).toEqual(await of(rows.toReversed()));
});

testShared('the real files pose their problems', async () => {
  const target = async (name: string) => describeTarget(await sharedDataset(name));
  expect(await target('boston-housing.csv')).toMatchObject({ name: 'column_14', problem: 'regression', numeric: true });
  expect(await target('adult.data')).toMatchObject({
    name: 'column_15',
    problem: 'binary',
    classes: ['<=50K', '>50K'],
  });
  expect(await target('adult_census_clean.csv')).toMatchObject({
    name: 'y_yes',
    problem: 'binary',
    classes: ['0', '1'],
    numeric: true,
  });
});

test('a target of numbers written for people is refused with how to write them', async () => {
  for (const cell of ['"1,200.5%"', '€3.5%', '"12,5%"']) {
    const rows = Array.from({ length: 30 }, (_, row) => `${row},${cell.replace('%', String(row))}`);
    const described = datasetOf(`x,price\n${rows.join('\n')}\n`).then((dataset) => describeTarget(dataset));
    await expect(described).rejects.toThrow(/as plain numbers with a decimal point/);
  }
});

test('labels are the places of the classes, or the numbers themselves', async () => {
  const labels = async (text: string, problem?: Problem) => {
    const dataset = await datasetOf(text, { header: true });
    const target = await describeTarget(dataset, problem ? { problem } : {});
    const rows = await dataset.engine.rows<{ y: number }>(`SELECT ${labelSql(target, 'c1')} AS y FROM ${rowsView}`);
    return rows.map(({ y }) => y);
  };
  expect(await labels("x,y\n1,it's\n2,b\n3,it's\n4,b\n")).toEqual([1, 0, 1, 0]);
  expect(await labels('x,y\n1,-2\n2,7.5\n3,-2\n4,7.5\n')).toEqual([0, 1, 0, 1]);
  expect(await labels('x,y\n1,-2\n2,7.5\n3,1\n')).toEqual([-2, 7.5, 1]);
});

test('a number that no model can learn is refused with its row; as a class it does no harm', async () => {
  await expect(inferProblem([...times(3, 1.5, 2.5), '-3.5e38', '1e300', 7])).rejects.toThrow(
    'The target "y" is -3.5e+38, which is too large to be learned (file.csv, data row 7)',
  );
  expect((await inferProblem([...times(3, 1.5, 2.5), '3.4028234663852886e38', 7])).problem).toBe('regression');
  expect((await inferProblem(times(5, 0, 1e300))).classes).toEqual(['0', '1e+300']);
});
