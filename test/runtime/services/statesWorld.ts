/** Step Functions under virtual time, with a Lambda of the test's own functions and CloudWatch Logs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  type CreateStateMachineCommandInput,
} from '@aws-sdk/client-sfn';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { testClock } from '../../../runtime/clock.ts';
import { openRuntime } from '../../../runtime/index.ts';
import { AwsError, type ServiceFactory } from '../../../runtime/operation.ts';
import { iam } from '../../../runtime/services/iam/index.ts';
import { logs } from '../../../runtime/services/logs/index.ts';
import { states } from '../../../runtime/services/states/index.ts';
import { lambdaStub } from '../../fixtures/lambdaStub.ts';

export const roleArn = 'arn:aws:iam::000000000000:role/machine';

/** A Task that calls a function of the test. */
export const calls = (FunctionName: string, more: object = { End: true }) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...more,
});

/** Functions may throw AwsError-like text: the task fails with that as its error. */
export const openStatesWorld = async (
  functions: Record<string, (event: unknown) => unknown> = {},
  more: readonly ServiceFactory[] = [],
) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'states-'));
  const clock = testClock(Date.now());
  const invoked: string[] = [];
  const lambda = lambdaStub(async ({ name, event }) => {
    invoked.push(name);
    const called = functions[name];
    if (!called) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    return { payload: await called(event) };
  });
  const open = async () => {
    const runtime = await openRuntime({ dataDir, clock, services: [lambda, logs, iam, states, ...more] });
    const config = () => ({
      endpoint: runtime.endpoint,
      region: runtime.region,
      credentials: runtime.credentials,
      systemClockOffset: clock.now() - Date.now(),
      maxAttempts: 1,
    });
    return { runtime, config };
  };
  let opened = await open();
  const { world } = opened.runtime;
  const root = { kind: 'root', arn: `arn:aws:iam::${world.accountId}:root` } as const;
  const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
  await world.call(root, 'iam', 'CreateRole', {
    RoleName: 'machine',
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'states.amazonaws.com' },
    }),
  });
  await world.call(root, 'iam', 'PutRolePolicy', {
    RoleName: 'machine',
    PolicyName: 'all',
    PolicyDocument: policy({ Effect: 'Allow', Action: ['states:*', 'logs:*', 's3:*'], Resource: '*' }),
  });

  /** A client of its own for every call: time may have moved by more than a signature bears. */
  const sfn = () => new SFNClient({ ...opened.config(), disableHostPrefix: true });
  return {
    clock,
    invoked,
    functions,
    sfn,
    logs: () => new CloudWatchLogsClient(opened.config()),
    get runtime() {
      return opened.runtime;
    },
    async create(name: string, definition: object, more: Partial<CreateStateMachineCommandInput> = {}) {
      const text = JSON.stringify({ QueryLanguage: 'JSONata', ...definition });
      const answer = await sfn().send(new CreateStateMachineCommand({ name, roleArn, definition: text, ...more }));
      return answer.stateMachineArn ?? '';
    },
    async start(stateMachineArn: string, input: unknown = {}, name?: string) {
      const answer = await sfn().send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
      return answer.executionArn ?? '';
    },
    describe: (executionArn: string) => sfn().send(new DescribeExecutionCommand({ executionArn })),
    async history(executionArn: string) {
      return (await sfn().send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ?? [];
    },
    /** Lets time pass until the execution has ended. */
    async ended(executionArn: string) {
      for (let tries = 0; tries < 500; tries++) {
        const run = await sfn().send(new DescribeExecutionCommand({ executionArn }));
        if (run.status !== 'RUNNING') return run;
        await clock.advance(5000);
      }
      throw new Error(`${executionArn} does not end`);
    },
    async until(holds: () => boolean | Promise<boolean>) {
      for (let tries = 0; tries < 5000; tries++) {
        if (await holds()) return;
        await new Promise((wake) => setTimeout(wake, 5));
      }
      throw new Error(`It never held: ${String(holds)}`);
    },
    /** Virtual time passes as soon as the request has arrived and waits for it. */
    async whileTimePasses<T>(asked: Promise<T>): Promise<T> {
      const state = { open: true };
      const answer = asked.finally(() => (state.open = false));
      while (state.open) {
        await Promise.race([answer, new Promise((wake) => setTimeout(wake, 50))]);
        if (state.open && clock.next() !== undefined) await clock.advance(100_000);
      }
      return answer;
    },
    async restart() {
      await opened.runtime.close();
      opened = await open();
    },
    async close() {
      await opened.runtime.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

export type StatesWorld = Awaited<ReturnType<typeof openStatesWorld>>;
