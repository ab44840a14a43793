/**
 * `npm run bench:train [-- --json]`: training time and AUC of the local XGBoost trainer beside XGBoost itself, in one run on
 * one thread each, 100 rounds of depth 6 and eta 0.3 on Adult. Timed is training from a float32 matrix in memory: binning
 * and boosting, without reading CSV here and without building the DMatrix there. XGBoost caches its bins in the DMatrix, so
 * every repetition has a new one. The two take turns, so that a busy machine slows both.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boost } from '../algorithms/xgboost/boost.ts';
import { evalMetricNamed } from '../algorithms/xgboost/evalMetrics.ts';
import { marginsOf } from '../algorithms/xgboost/forest.ts';
import type { Matrix } from '../algorithms/xgboost/matrix.ts';
import { readSettings } from '../algorithms/xgboost/settings.ts';
import { readAdult } from './adult.ts';
import type { Encoding } from './adult.ts';

const python = '/usr/bin/python3';
const turns = 3;
const repetitions = 3;
const targets = { ratio: 1.5, auc: 0.002 };
const settings = readSettings({ num_round: '100', max_depth: '6', eta: '0.3', objective: 'binary:logistic' });

const script = `
import json, sys, time
import numpy as np, xgboost as xgb
folder, rows, features, test_rows, repetitions = sys.argv[1], *map(int, sys.argv[2:])
read = lambda name, *shape: np.fromfile(f'{folder}/{name}', dtype=np.float32).reshape(shape)
values, labels = read('train.values', rows, features), read('train.labels', rows)
parameters = {'objective': 'binary:logistic', 'tree_method': 'hist', 'max_depth': 6, 'eta': 0.3, 'nthread': 1}
times = []
for _ in range(repetitions):
    matrix = xgb.DMatrix(values, labels, nthread=1)
    start = time.perf_counter()
    model = xgb.train(parameters, matrix, 100)
    times.append(1000 * (time.perf_counter() - start))
model.predict(xgb.DMatrix(read('test.values', test_rows, features), nthread=1)).tofile(f'{folder}/predictions')
print(json.dumps({'version': xgb.__version__, 'times': times}))
`;

interface PythonAnswer {
  version: string;
  times: number[];
}

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

const aucOf = ({ labels }: Matrix, predictions: Float32Array) =>
  evalMetricNamed('auc').measure({ labels, weights: undefined, predictions, groups: 1 });

const train = (matrix: Matrix) => {
  const start = performance.now();
  const model = boost({ settings, train: matrix, evaluate: false });
  return { model, time: performance.now() - start };
};

const askPython = (
  folder: string,
  { train: matrix, test }: { train: Matrix; test: Matrix },
): PythonAnswer | undefined => {
  const sizes = [matrix.rows, matrix.features, test.rows, repetitions].map(String);
  const { status, stdout } = spawnSync(python, ['-c', script, folder, ...sizes], { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : undefined;
};

/** A first training in a process that has compiled nothing yet, as in a job's worker thread. */
const trainCold = (encoding: Encoding): number => {
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--cold', encoding], {
    encoding: 'utf8',
  });
  return Number(stdout);
};

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

const measure = (encoding: Encoding) => {
  const data = readAdult(encoding);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  writeFileSync(join(folder, 'train.values'), bytesOf(data.train.values));
  writeFileSync(join(folder, 'train.labels'), bytesOf(data.train.labels));
  writeFileSync(join(folder, 'test.values'), bytesOf(data.test.values));
  const cold = [trainCold(encoding), trainCold(encoding), trainCold(encoding)];
  const ours: number[] = [];
  const theirs: number[] = [];
  let { model } = train(data.train);
  let version: string | undefined;
  for (let turn = 0; turn < turns; turn++) {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const trained = train(data.train);
      model = trained.model;
      ours.push(trained.time);
    }
    const answer = askPython(folder, data);
    version = answer?.version;
    theirs.push(...(answer?.times ?? []));
  }
  const auc = aucOf(data.test, marginsOf(model, data.test)[0]!);
  const predictions = version === undefined ? undefined : new Uint8Array(readFileSync(join(folder, 'predictions')));
  rmSync(folder, { recursive: true });
  const figures = { cold: median(cold), median: median(ours), min: Math.min(...ours), auc };
  const base = { encoding, real: data.real, rows: data.train.rows, features: data.train.features, sluice: figures };
  if (!predictions) return base;
  const real = {
    version,
    median: median(theirs),
    min: Math.min(...theirs),
    auc: aucOf(data.test, new Float32Array(predictions.buffer)),
  };
  const ratio = {
    median: figures.median / real.median,
    min: figures.min / real.min,
    cold: figures.cold / real.median,
    aucDifference: auc - real.auc,
  };
  const met = ratio.median <= targets.ratio && ratio.aucDifference >= -targets.auc;
  return { ...base, xgboost: real, ratio, met };
};

type Figures = ReturnType<typeof measure>;

const milliseconds = (time: number) => `${time.toFixed(0)} ms`;

const describe = (figures: Figures): string => {
  const { encoding, rows, features, real, sluice } = figures;
  const lines = [
    `${encoding}: ${rows} rows x ${features} columns${real ? '' : ' (drawn, not the UCI data)'}`,
    `  sluice   median ${milliseconds(sluice.median)}, min ${milliseconds(sluice.min)}, ` +
      `first in a fresh process ${milliseconds(sluice.cold)}, AUC ${sluice.auc.toFixed(5)}`,
  ];
  if (!('xgboost' in figures))
    return [...lines, '  xgboost  not installed (apt-get install python3-xgboost)'].join('\n');
  const { xgboost, ratio, met } = figures;
  return [
    ...lines,
    `  xgboost  median ${milliseconds(xgboost.median)}, min ${milliseconds(xgboost.min)}, AUC ${xgboost.auc.toFixed(5)} (${xgboost.version})`,
    `  ratio    median ${ratio.median.toFixed(2)}, min ${ratio.min.toFixed(2)}, fresh process ${ratio.cold.toFixed(2)}, ` +
      `AUC ${ratio.aucDifference >= 0 ? '+' : ''}${ratio.aucDifference.toFixed(5)}: target ${met ? 'met' : 'missed'}`,
  ].join('\n');
};

const isEncoding = (text: string | undefined): text is Encoding => text === 'ordinal' || text === 'oneHot';

const coldEncoding = process.argv[process.argv.indexOf('--cold') + 1];
if (process.argv.includes('--cold') && isEncoding(coldEncoding)) {
  process.stdout.write(`${train(readAdult(coldEncoding).train).time}\n`);
} else {
  const figures = [measure('ordinal'), measure('oneHot')];
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg()[0] };
  process.stdout.write(
    process.argv.includes('--json')
      ? `${JSON.stringify({ machine, targets, figures }, null, 2)}\n`
      : `${figures.map(describe).join('\n')}\n${machine.cpu}, ${machine.cores} cores, load ${machine.load?.toFixed(1)}, Node ${machine.node}; one thread each, binning included on both sides\n`,
  );
}
