/**
 * A runtime with Step Functions in a process of its own, to be killed: started again over the same folder it goes on. Its
 * functions write down each call before they answer. Arguments: data folder, file of calls, executions to start.
 */
import { appendFileSync } from 'node:fs';
import { openRuntime } from '../../../runtime/index.ts';
import { AwsError } from '../../../runtime/operation.ts';
import { states } from '../../../runtime/services/states/index.ts';
import { lambdaStub } from '../../fixtures/lambdaStub.ts';

const [dataDir = '', calls = '', count = '0'] = process.argv.slice(2);

const lambda = lambdaStub(async ({ event }) => {
  appendFileSync(calls, `${JSON.stringify(event)}\n`);
  await new Promise((wake) => setTimeout(wake, 3));
  return { payload: event };
});

const call = (of: string, more: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: {
    FunctionName: 'f',
    Payload: {
      run: '{% $states.context.Execution.Name %}',
      of,
      item: '{% $states.input.item %}',
      drawn: '{% $uuid() %}',
    },
  },
  Output: '{% $states.result.Payload %}',
  ...more,
});

const child = { QueryLanguage: 'JSONata', StartAt: 'Child', States: { Child: call('child', { End: true }) } };
const parent = {
  QueryLanguage: 'JSONata',
  StartAt: 'First',
  States: {
    First: call('first', { Next: 'Wait' }),
    Wait: { Type: 'Wait', Timestamp: '{% $fromMillis($millis() + 60) %}', Next: 'Each' },
    Each: {
      Type: 'Map',
      Items: '{% [1..4].{ "item": $ } %}',
      MaxConcurrency: 2,
      ItemProcessor: { StartAt: 'One', States: { One: call('each', { End: true }) } },
      Next: 'Child',
    },
    Child: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: { StateMachineArn: 'arn:aws:states:eu-west-1:000000000000:stateMachine:child', Input: { item: 9 } },
      Output: '{% $states.result.Output.of %}',
      End: true,
    },
  },
};

const { world } = await openRuntime({ dataDir, services: [lambda, states] });
const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
const sfn = (name: string, input: unknown) => world.call(root, 'states', name, input);
const roleArn = 'arn:aws:iam::000000000000:role/machine';
await sfn('CreateStateMachine', { name: 'child', roleArn, definition: JSON.stringify(child) });
await sfn('CreateStateMachine', { name: 'parent', roleArn, definition: JSON.stringify(parent) });
const stateMachineArn = 'arn:aws:states:eu-west-1:000000000000:stateMachine:parent';
for (let i = 0; i < Number(count); i++) {
  try {
    await sfn('StartExecution', { stateMachineArn, name: `run-${i}`, input: '{"item":0}' });
  } catch (error) {
    // Started, and ended, before an earlier kill.
    if (!(error instanceof AwsError) || error.code !== 'ExecutionAlreadyExists') throw error;
  }
  process.stdout.write(`started ${i}\n`);
}
for (;;) {
  const { executions } = (await sfn('ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' })) as {
    executions: unknown[];
  };
  if (executions.length === 0) break;
  await new Promise((wake) => setTimeout(wake, 10));
}
const { executions } = (await sfn('ListExecutions', { stateMachineArn, maxResults: 1000 })) as {
  executions: { executionArn: string }[];
};
const runs = [];
for (const { executionArn } of executions) {
  const { status, output } = (await sfn('DescribeExecution', { executionArn })) as { status: string; output?: string };
  const { events } = (await sfn('GetExecutionHistory', { executionArn, maxResults: 1000 })) as {
    events: { id: number; type: string }[];
  };
  runs.push({ status, output, ids: events.map(({ id }) => id), types: events.map(({ type }) => type) });
}
process.stdout.write(`done ${JSON.stringify(runs)}\n`);
process.exit(0);
