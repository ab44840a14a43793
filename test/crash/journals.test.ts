/** What a release has written, every later one reads: its executions, their histories, and those that wait go on. */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { collecting } from '../../runtime/asl/history.ts';
import { newExecution, step } from '../../runtime/asl/step.ts';
import type { Service } from '../../runtime/operation.ts';
import type { StatesState } from '../../runtime/services/states/statesState.ts';
import { journals, openAt, passTime, readKept } from './journalFixture.ts';
import { caller, historyOf } from './reporting.ts';
import { temporaryFolder } from '../fixtures/temporaryFolder.ts';

const dataDir = temporaryFolder();

test.each(readdirSync(journals))('the journal of release %s', async (version) => {
  const kept = readKept(join(journals, version));
  const folder = join(dataDir, version);
  cpSync(join(journals, version), folder, { recursive: true });
  const { runtime, clock } = await openAt(folder, kept.at);
  const call = caller(runtime.world);
  const service = runtime.services.get('states') as Service<StatesState>;
  const { executions, machines } = service.state;
  expect(executions.summaries.size).toBeGreaterThanOrEqual(Object.keys(kept.executions).length);

  // Replayed event by event, the engine writes what it wrote then.
  for (const { identity, definition } of executions.summaries.values()) {
    const execution = newExecution(identity);
    for await (const { event, history } of executions.entries(identity.arn)) {
      const { events, ...chronicle } = collecting(event.at);
      await step(machines.machineOf(definition), execution, event, chronicle);
      expect(events).toEqual(history);
    }
  }
  const described = (executionArn: string) =>
    call<{ status: string; output?: string; error?: string }>('states', 'DescribeExecution', { executionArn });
  for (const { arn, types, ...expected } of Object.values(kept.executions)) {
    expect(await described(arn)).toMatchObject(expected);
    expect((await historyOf(call, arn)).map(({ type }) => type)).toEqual(types);
  }

  const { waiting, sleeping, ended } = kept.executions;
  await call('states', 'SendTaskSuccess', { taskToken: kept.taskToken, output: '"by token"' });
  const over = async () => (await described(waiting?.arn ?? '')).status !== 'RUNNING';
  await passTime(clock, over);
  expect((await described(waiting?.arn ?? '')).status).toBe('SUCCEEDED');
  const sorted = (types: readonly string[]) => types.toSorted((a, b) => a.localeCompare(b));
  const types = (await historyOf(call, waiting?.arn ?? '')).map(({ type }) => type);
  expect(sorted(types)).toEqual(sorted(ended?.types ?? []));
  await clock.advance(86_400_000);
  await passTime(clock, async () => (await described(sleeping?.arn ?? '')).status === 'SUCCEEDED');
  await runtime.close();
});
