/** A run that was stopped amid its training is run again: the same versions, one registered model, nothing left running. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { trainingJobName } from '../../spec/names.ts';
import { patient } from '../fixtures/patientContainer.ts';
import { eventually } from '../fixtures/sagemakerWorld.ts';
import { openLaptop, type Laptop } from './laptop.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await openLaptop(mkdtempSync(join(tmpdir(), 'sluice-')), { services: (own) => own.map(patient) });
}, 120_000);
afterAll(() => laptop.close());

const pipelineOf = (rounds: number) =>
  `name: again
train: { candidates: [{ algorithm: xgboost, hyperparameters: { num_round: ${rounds} } }] }
gate: { rules: [{ metric: rmse, max: 500 }], champion: { minDelta: -1 } }
deploy: { target: none }
`;

const statusOf = async (TrainingJobName: string) => {
  const look = new DescribeTrainingJobCommand({ TrainingJobName });
  const { TrainingJobStatus } = await laptop.clients.sagemaker
    .send(look)
    .catch(() => ({ TrainingJobStatus: undefined }));
  return TrainingJobStatus;
};

test('stopped while it trained, then retried', async () => {
  await laptop.apply('again', pipelineOf(999));
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 13},${(i % 13) * 2 + (i % 5)}`);
  const stopped = await laptop.start('again', `x,y\n${rows.join('\n')}\n`);
  const job = trainingJobName(stopped, 0);
  await eventually(
    () => statusOf(job),
    (it) => it === 'InProgress',
  );
  await expect(laptop.api.retryRun(stopped)).rejects.toMatchObject({ status: 409 });
  await laptop.api.stopRun(stopped);
  expect(await laptop.ended(stopped)).toMatchObject({ outcome: 'STOPPED' });
  await eventually(
    () => statusOf(job),
    (it) => it === 'Stopped',
  );

  await laptop.apply('again', pipelineOf(2));
  const { runId } = await laptop.api.retryRun(stopped);
  const run = await laptop.ended(runId);
  const { source } = await laptop.api.getRun(stopped);
  expect(run).toMatchObject({ outcome: 'REGISTERED', source });
  // Asked for again, it is the same run; and what ended well is not retried.
  expect(await laptop.api.retryRun(stopped)).toMatchObject({ runId, started: false });
  await expect(laptop.api.retryRun(runId)).rejects.toMatchObject({ status: 409 });
  const { models } = await laptop.api.listModels('again', 10);
  expect(models).toHaveLength(1);
}, 90_000);
