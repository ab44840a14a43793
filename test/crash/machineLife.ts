/** One life of a runtime with Step Functions and stand-ins for all it calls. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readToken } from '../../runtime/asl/token.ts';
import { systemClock, type Clock } from '../../runtime/clock.ts';
import { openRuntime } from '../../runtime/index.ts';
import { AwsError } from '../../runtime/operation.ts';
import { states } from '../../runtime/services/states/index.ts';
import { definitions, machineArn, roleArn } from './machines.ts';
import type { Order, Report } from './order.ts';
import { caller, executionsOf, historyOf, reported, type Caller } from './reporting.ts';
import { bus, tokensOf, worker } from './stubs.ts';

/** A clock that runs fast from when the folder's first life began, so that nobody waits for retries. */
const fastClock = (dataDir: string): Clock => {
  const file = join(dataDir, 'began');
  if (!existsSync(file)) writeFileSync(file, String(systemClock.now()));
  const began = Number(readFileSync(file, 'utf8'));
  const speed = 20;
  return {
    now: () => Math.floor(began + (systemClock.now() - began) * speed),
    alarm: (at, wake) => systemClock.alarm(Math.ceil(began + (at - began) / speed), wake),
  };
};

const pause = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms));

/** Whoever holds a token waits until its task is known to be submitted, as a worker elsewhere would take its time. */
const answerTokens = async (call: Caller, dataDir: string, open: ReadonlySet<string>, answered: Set<string>) => {
  for (const taskToken of tokensOf(dataDir)) {
    if (answered.has(taskToken)) continue;
    const { arn, id } = readToken(taskToken) ?? { arn: '', id: 0 };
    if (!open.has(arn)) continue;
    const history = await historyOf(call, arn);
    // Scheduled and Started come before: TaskSubmitted follows the event after the one that names the task.
    if (!history.some(({ type, previousEventId }) => type === 'TaskSubmitted' && previousEventId === id + 1)) continue;
    try {
      await call('states', 'SendTaskSuccess', { taskToken, output: '{"done":true}' });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'TaskTimedOut') throw error;
    }
    answered.add(taskToken);
  }
};

/** Runs until every execution has ended. */
export const liveMachine = async ({ dataDir, begin }: Order, arm: () => void): Promise<Report> => {
  arm();
  const runtime = await openRuntime({
    dataDir,
    clock: fastClock(dataDir),
    services: [states, worker(dataDir), bus(dataDir)],
  });
  const call = caller(runtime.world);
  for (const name of ['child', 'parent'] as const)
    await call('states', 'CreateStateMachine', { name, definition: definitions[name], roleArn });
  for (const name of begin) {
    await call('states', 'StartExecution', { stateMachineArn: machineArn('parent'), name, input: '{}' }).catch(
      (error: unknown) => {
        if (!(error instanceof AwsError) || error.code !== 'ExecutionAlreadyExists') throw error;
      },
    );
  }
  const arns = [machineArn('parent'), machineArn('child')];
  const answered = new Set<string>();
  for (;;) {
    const all = (await Promise.all(arns.map((arn) => executionsOf(call, arn)))).flat();
    const open = new Set(all.filter(({ status }) => status === 'RUNNING').map(({ executionArn }) => executionArn));
    if (open.size === 0) break;
    await answerTokens(call, dataDir, open, answered);
    await pause(10);
  }
  const executions = await reported(call, arns);
  await runtime.close();
  return { executions, products: {} };
};
