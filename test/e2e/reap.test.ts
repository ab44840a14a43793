/** The reaper in the packaged service: called by its schedule, with no more than its own permissions. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Principal } from '../../runtime/operation.ts';
import { executionArn, trainingJobName } from '../../spec/names.ts';
import { movableClock, type MovableClock } from '../fixtures/movableClock.ts';
import { patient } from '../fixtures/patientContainer.ts';
import { eventually } from '../fixtures/sagemakerWorld.ts';
import { openLaptop, type Laptop } from './laptop.ts';

const minute = 60_000;

let clock: MovableClock;
let laptop: Laptop;

beforeAll(async () => {
  clock = movableClock();
  // What happens now is long ago for functions, which have the time of the machine.
  clock.jump(-60 * minute);
  laptop = await openLaptop(mkdtempSync(join(tmpdir(), 'sluice-')), {
    clock,
    services: (own) => own.map(patient),
  });
}, 120_000);
afterAll(() => laptop.close());

const root: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
const ask = <Output>(service: string, operation: string, input: object) =>
  laptop.embedded.runtime.world.call(root, service, operation, input) as Promise<Output>;

test('a job whose run was aborted while nobody heard of it is stopped within a quarter of an hour', async () => {
  const rule = Object.entries(laptop.embedded.deployed.resources).find(
    ([id]) => /runended.*rule/i.test(id) && !/permission/i.test(id),
  );
  const Rule = rule?.[1].ref;
  const { Targets } = await ask<{ Targets: { Id: string }[] }>('events', 'ListTargetsByRule', { Rule });
  await ask('events', 'RemoveTargets', { Rule, Ids: Targets.map(({ Id }) => Id) });
  await laptop.apply(
    'forgotten',
    'name: forgotten\ntrain: { candidates: [{ algorithm: xgboost, hyperparameters: { num_round: 999 } }] }\n',
  );
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 13},${(i % 13) * 2 + (i % 5)}`);
  const runId = await laptop.start('forgotten', `x,y\n${rows.join('\n')}\n`);
  const status = async () => {
    const look = new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName(runId, 0) });
    const { TrainingJobStatus } = await laptop.clients.sagemaker
      .send(look)
      .catch(() => ({ TrainingJobStatus: undefined }));
    return TrainingJobStatus;
  };
  await eventually(status, (it) => it === 'InProgress');
  const arn = executionArn(laptop.connection.outputs['TrainMachineArn'] ?? '', runId);
  await laptop.clients.sfn.send(new StopExecutionCommand({ executionArn: arn }));
  expect(await status()).toBe('InProgress');
  // The client's next call only tells it the time.
  clock.jump(16 * minute);
  await eventually(status, (it) => it === 'Stopped');
}, 90_000);
