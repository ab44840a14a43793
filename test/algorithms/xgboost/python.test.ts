/** Round trips through XGBoost itself, where Debian's python3-xgboost is installed; recorded answers are in realXgboost.test.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { marginsOf, transformMargins } from '../../../algorithms/xgboost/forest.ts';
import type { Matrix } from '../../../algorithms/xgboost/matrix.ts';
import { readModel } from '../../../algorithms/xgboost/modelJson.ts';
import { objectiveNamed } from '../../../algorithms/xgboost/objectives.ts';
import { readAdult } from '../../../bench/adult.ts';
import { boston, csvOf, matrixOf } from './boston.ts';
import { runJob } from './job.ts';

const python = '/usr/bin/python3';
const installed =
  spawnSync(python, ['-c', 'import importlib.util as u, sys; sys.exit(u.find_spec("xgboost") is None)']).status === 0;
const describeWithPython = installed ? describe : describe.skip;
const why = installed ? '' : ' (skipped: python3-xgboost is not installed)';

/** Answers every question in one process, because importing XGBoost takes longer than all the rest. */
const script = `
import json, sys, numpy as np, xgboost as xgb
for model, rows, features, values, out in json.load(sys.stdin):
    matrix = np.fromfile(values, dtype=np.float32).reshape(rows, features)
    booster = xgb.Booster()
    booster.load_model(model)
    booster.predict(xgb.DMatrix(matrix), validate_features=False).astype(np.float32).tofile(out)
`;
import { temporaryFolder } from '../../fixtures/temporaryFolder.ts';

interface Question {
  /** The model file. */
  file: string;
  matrix: Matrix;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** What XGBoost predicts for every row of each question, flat. */
const askXgboost = (questions: readonly Question[]): Float32Array[] => {
  const folder = temporaryFolder();
  const asked = questions.map(({ file, matrix }, at) => {
    const values = join(folder, `values-${at}`);
    writeFileSync(values, bytesOf(matrix.values));
    return [file, matrix.rows, matrix.features, values, join(folder, `out-${at}`)] as const;
  });
  const { status, stderr } = spawnSync(python, ['-c', script], { encoding: 'utf8', input: JSON.stringify(asked) });
  if (status !== 0) throw new Error(stderr);
  return asked.map(([, , , , out]) => new Float32Array(new Uint8Array(readFileSync(out)).buffer));
};

/** What our own reader of the same file predicts; for multi:softmax the class, as XGBoost answers it. */
const answersOf = ({ file, matrix }: Question): Float32Array => {
  const model = readModel(readFileSync(file, 'utf8'));
  const objective = objectiveNamed(model.objective);
  const predictions = transformMargins(marginsOf(model, matrix), objective);
  if (!objective.answersClass) return predictions;
  return Float32Array.from({ length: matrix.rows }, (_, row) => {
    const ofRow = predictions.subarray(model.groups * row, model.groups * (row + 1));
    return ofRow.indexOf(Math.max(...ofRow));
  });
};

const trained = async (objective: string, { train, test: matrix }: { train: Matrix; test: Matrix }, more = {}) => {
  const hyperparameters = { num_round: '15', objective, ...more };
  const { file } = await runJob({ hyperparameters, train: csvOf(train) });
  return { file, matrix };
};

const adult = readAdult('ordinal');
const saved = new URL('../../../../shared/facts/xgboost-models/', import.meta.url).pathname;
const savedModels = existsSync(saved) ? readdirSync(saved).filter((name) => name.endsWith('.json')) : [];

/** Rows of every magnitude, a tenth of the cells missing. */
const anyRows = (features: number) =>
  matrixOf(
    Array.from({ length: 500 }, (_, row) =>
      Array.from({ length: features }, (_, column) => {
        const draw = Math.abs(Math.sin(row * 131 + column * 17));
        return draw < 0.1 ? Number.NaN : draw * 10 ** (row % 5);
      }),
    ),
    [],
  );

const questions: Readonly<Record<string, () => Promise<Question>>> = {
  'reg:squarederror': () => trained('reg:squarederror', boston('regression', true)),
  'reg:logistic': () => trained('reg:logistic', boston('binary'), { base_score: '0.3' }),
  'binary:logistic with sampling': () =>
    trained('binary:logistic', boston('binary', true), { subsample: '0.7', colsample_bytree: '0.6', alpha: '0.1' }),
  'binary:logitraw': () => trained('binary:logitraw', boston('binary', true), { base_score: '0.3' }),
  'binary:hinge': () => trained('binary:hinge', boston('binary')),
  'multi:softprob': () => trained('multi:softprob', boston('multiclass', true), { num_class: '3' }),
  'multi:softmax': () => trained('multi:softmax', boston('multiclass'), { num_class: '3' }),
  [`Adult${adult.real ? '' : '-shaped data'}, 16,281 held-out rows`]: () => trained('binary:logistic', adult),
  ...Object.fromEntries(
    savedModels.map((name) => [
      `${name}, saved by XGBoost elsewhere`,
      async () => {
        const file = join(saved, name);
        return { file, matrix: anyRows(readModel(readFileSync(file, 'utf8')).features) };
      },
    ]),
  ),
};

describeWithPython(`XGBoost loads the same model file and predicts the same on every row${why}`, () => {
  let asked: Question[] = [];
  let answers: Float32Array[] = [];
  beforeAll(async () => {
    asked = await Promise.all(Object.values(questions).map((ask) => ask()));
    answers = askXgboost(asked);
  });

  test.each(Object.keys(questions).map((name, at) => [name, at] as const))('%s', (_name, at) => {
    const ours = answersOf(asked[at]!);
    const theirs = answers[at]!;
    expect(ours).toHaveLength(theirs.length);
    const largest = ours.reduce((sofar, value, row) => Math.max(sofar, Math.abs(value - theirs[row]!)), 0);
    expect(largest).toBeLessThan(1e-5);
  });
});
