/** Round trips through XGBoost itself, where Debian's python3-xgboost is installed; recorded answers are in realXgboost.test.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { marginsOf, transformMargins } from '../../../algorithms/xgboost/forest.ts';
import type { Matrix } from '../../../algorithms/xgboost/matrix.ts';
import { readModel } from '../../../algorithms/xgboost/modelJson.ts';
import { objectiveNamed } from '../../../algorithms/xgboost/objectives.ts';
import { readAdult } from '../../../bench/adult.ts';
import { boston, csvOf, matrixOf } from './boston.ts';
import { runJob } from './job.ts';

const python = '/usr/bin/python3';
const installed = spawnSync(python, ['-c', 'import xgboost']).status === 0;
const describeWithPython = installed ? describe : describe.skip;
const why = installed ? '' : ' (skipped: python3-xgboost is not installed)';

const script = `
import sys, numpy as np, xgboost as xgb
model, rows, features, values, out = sys.argv[1:]
matrix = np.fromfile(values, dtype=np.float32).reshape(int(rows), int(features))
booster = xgb.Booster()
booster.load_model(model)
booster.predict(xgb.DMatrix(matrix), validate_features=False).astype(np.float32).tofile(out)
`;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** What XGBoost answers for every row, flat. */
const askXgboost = (model: string, folder: string, matrix: Matrix): Float32Array => {
  const [values, out] = [join(folder, 'values'), join(folder, 'out')];
  writeFileSync(values, bytesOf(matrix.values));
  const given = [model, String(matrix.rows), String(matrix.features), values, out];
  const { status, stderr } = spawnSync(python, ['-c', script, ...given], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return new Float32Array(new Uint8Array(readFileSync(out)).buffer);
};

const answersOf = (file: string, matrix: Matrix): Float32Array => {
  const model = readModel(readFileSync(file, 'utf8'));
  return transformMargins(marginsOf(model, matrix), objectiveNamed(model.objective));
};

const largestDifference = (a: Float32Array, b: Float32Array) => {
  expect(a).toHaveLength(b.length);
  return a.reduce((largest, value, at) => Math.max(largest, Math.abs(value - b[at]!)), 0);
};

describeWithPython(`XGBoost loads our model file and predicts the same on every row${why}`, () => {
  test.each([
    ['reg:squarederror', boston('regression', true), {}],
    ['reg:logistic', boston('binary'), { base_score: '0.3' }],
    ['binary:logistic', boston('binary', true), { subsample: '0.7', colsample_bytree: '0.6', alpha: '0.1' }],
    ['binary:logitraw', boston('binary', true), { base_score: '0.3' }],
    ['binary:hinge', boston('binary'), {}],
    ['multi:softprob', boston('multiclass', true), { num_class: '3' }],
  ])('%s on Boston', async (objective, { train, test: heldOut }, more) => {
    const { file, folder } = await runJob({
      hyperparameters: { num_round: '20', objective, ...more },
      train: csvOf(train),
    });
    expect(largestDifference(answersOf(file, heldOut), askXgboost(file, folder, heldOut))).toBeLessThan(1e-5);
  });

  test('multi:softmax answers the same classes', async () => {
    const { train, test: heldOut } = boston('multiclass');
    const hyperparameters = { num_round: '10', objective: 'multi:softmax', num_class: '3' };
    const { file, folder } = await runJob({ hyperparameters, train: csvOf(train) });
    const probabilities = answersOf(file, heldOut);
    const classes = Float32Array.from({ length: heldOut.rows }, (_, row) => {
      const ofRow = probabilities.subarray(3 * row, 3 * row + 3);
      return ofRow.indexOf(Math.max(...ofRow));
    });
    expect(askXgboost(file, folder, heldOut)).toEqual(classes);
  });
});

const adult = installed ? readAdult('ordinal') : undefined;
const describeAdult = adult?.real ? describe : describe.skip;

describeAdult(
  `Adult, 16,281 held-out rows with missing values${adult?.real ? '' : ' (skipped: no Adult data)'}`,
  () => {
    test('XGBoost loads our model file and predicts the same on every row', async () => {
      const { train, test: heldOut } = adult!;
      const { file, folder } = await runJob({
        hyperparameters: { num_round: '10', objective: 'binary:logistic' },
        train: csvOf(train),
      });
      expect(largestDifference(answersOf(file, heldOut), askXgboost(file, folder, heldOut))).toBeLessThan(1e-5);
    });
  },
);

const models = new URL('../../../../shared/facts/xgboost-models/', import.meta.url).pathname;
const saved = existsSync(models) ? readdirSync(models).filter((name) => name.endsWith('.json')) : [];
const describeSaved = installed && saved.length > 0 ? describe : describe.skip;

describeSaved(`models that XGBoost saved elsewhere${saved.length > 0 ? '' : ' (skipped: none at hand)'}`, () => {
  test.each(saved.length > 0 ? saved : ['none'])('%s', async (name) => {
    const file = join(models, name);
    const { features } = readModel(readFileSync(file, 'utf8'));
    const rows = Array.from({ length: 500 }, (_, row) =>
      Array.from({ length: features }, (_, column) => {
        const draw = Math.abs(Math.sin(row * 131 + column * 17));
        return draw < 0.1 ? Number.NaN : draw * 10 ** (row % 5);
      }),
    );
    const matrix = matrixOf(rows, []);
    const { folder } = await runJob({ hyperparameters: { num_round: '1' }, train: '0,1\n1,2\n' });
    expect(largestDifference(answersOf(file, matrix), askXgboost(file, folder, matrix))).toBeLessThan(1e-5);
  });
});
