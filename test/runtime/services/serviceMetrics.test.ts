/** What the services of the runtime report of themselves, and functions in their logs, as CloudWatch has it. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, PutFunctionConcurrencyCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { cloudwatch } from '../../../runtime/services/cloudwatch/index.ts';
import { lambda } from '../../../runtime/services/lambda/index.ts';
import { logs } from '../../../runtime/services/logs/index.ts';
import { sqs } from '../../../runtime/services/sqs/index.ts';
import { states } from '../../../runtime/services/states/index.ts';
import { eventually } from '../../fixtures/sagemakerWorld.ts';
import { clientOf, create, esm, invoke, removeFolders, temporaryFolder } from './lambda/functionFixture.ts';

const clock = testClock(Math.floor(Date.now() / 60_000) * 60_000);
const StartTime = new Date(clock.now());
let runtime: Runtime;
let functions: LambdaClient;
let monitoring: CloudWatchClient;

const settings = () => {
  const { endpoint, region, credentials } = runtime;
  return { endpoint, region, credentials, maxAttempts: 1, systemClockOffset: clock.now() - Date.now() };
};

beforeAll(async () => {
  runtime = await openRuntime({
    dataDir: await temporaryFolder(),
    clock,
    services: [cloudwatch, logs, lambda, sqs, states],
  });
  functions = clientOf(runtime);
  monitoring = new CloudWatchClient(settings());
});
afterAll(async () => {
  await runtime.close();
  await removeFolders();
});

/** The sum of a metric since the test began, or another statistic of it; undefined where it was never reported. */
const measured = async (
  Namespace: string,
  MetricName: string,
  dimensions: Record<string, string>,
  statistic: 'Sum' | 'Maximum' | 'SampleCount' = 'Sum',
) => {
  const { Datapoints } = await monitoring.send(
    new GetMetricStatisticsCommand({
      Namespace,
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime,
      EndTime: new Date(clock.now() + 60_000),
      Period: 86_400,
      Statistics: [statistic],
    }),
  );
  return Datapoints?.[0]?.[statistic];
};

test('functions: invocations, errors, durations and throttles', async () => {
  await create(
    functions,
    'moody',
    esm(`export const handler = async ({ bad }) => { if (bad) throw new Error('bad'); }`),
  );
  await invoke(functions, 'moody');
  await invoke(functions, 'moody', { bad: true });
  await functions.send(new PutFunctionConcurrencyCommand({ FunctionName: 'moody', ReservedConcurrentExecutions: 0 }));
  await expect(functions.send(new InvokeCommand({ FunctionName: 'moody' }))).rejects.toMatchObject({
    name: 'TooManyRequestsException',
  });
  const of = (metric: string, statistic?: 'SampleCount') =>
    measured('AWS/Lambda', metric, { FunctionName: 'moody' }, statistic);
  expect(await of('Invocations')).toBe(2);
  expect(await of('Errors')).toBe(1);
  expect(await of('Throttles')).toBe(1);
  expect(await of('Duration', 'SampleCount')).toBe(2);
});

test('a function whose dead letters are refused', async () => {
  const DeadLetterConfig = { TargetArn: 'arn:aws:sqs:eu-west-1:000000000000:nowhere' };
  await create(functions, 'failing', esm(`export const handler = async () => { throw new Error('always'); }`), {
    DeadLetterConfig,
  });
  await functions.send(new InvokeCommand({ FunctionName: 'failing', InvocationType: 'Event' }));
  const FunctionName = 'failing';
  for (const attempt of [1, 2, 3]) {
    await eventually(
      () => measured('AWS/Lambda', 'Errors', { FunctionName }),
      (errors) => errors === attempt,
    );
    await clock.advance(attempt * 60_000);
  }
  await eventually(
    () => measured('AWS/Lambda', 'DeadLetterErrors', { FunctionName }),
    (errors) => errors === 1,
  );
  expect(await measured('AWS/Lambda', 'AsyncEventsDropped', { FunctionName })).toBe(1);
});

test('metrics that functions and others embed in their logs', async () => {
  const line = {
    _aws: {
      Timestamp: clock.now(),
      CloudWatchMetrics: [
        {
          Namespace: 'Sluice',
          Dimensions: [['pipeline'], ['pipeline', 'algorithm'], ['absent']],
          Metrics: [{ Name: 'seconds', Unit: 'Seconds' }, { Name: 'rows' }, { Name: 'words' }],
        },
      ],
    },
    pipeline: 'houses',
    algorithm: 'xgboost',
    seconds: 12,
    rows: [3, 4],
    words: 'no number',
  };
  await create(
    functions,
    'embedding',
    esm(
      `export const handler = async (event) => { console.log(JSON.stringify(event)); process.stdout.write(JSON.stringify(event) + '\\n'); }`,
    ),
  );
  await invoke(functions, 'embedding', line);
  const of = (metric: string, dimensions: Record<string, string>) => measured('Sluice', metric, dimensions);
  await eventually(
    () => of('seconds', { pipeline: 'houses' }),
    (seconds) => seconds === 24,
  );
  expect(await of('rows', { pipeline: 'houses', algorithm: 'xgboost' })).toBe(14);
  expect(await of('words', { pipeline: 'houses' })).toBeUndefined();

  const logging = new CloudWatchLogsClient(settings());
  const stream = { logGroupName: '/any/group', logStreamName: 'stream' };
  await logging.send(new CreateLogGroupCommand(stream));
  await logging.send(new CreateLogStreamCommand(stream));
  const messages = ['{"_aws":', '{"_aws":{}}', JSON.stringify(line)];
  const logEvents = messages.map((message) => ({ timestamp: clock.now(), message }));
  await logging.send(new PutLogEventsCommand({ ...stream, logEvents }));
  expect(await of('seconds', { pipeline: 'houses' })).toBe(36);
});

test('executions by how they end', async () => {
  const sfn = new SFNClient(settings());
  const machine = async (name: string, state: object, type: 'STANDARD' | 'EXPRESS' = 'STANDARD') => {
    const definition = JSON.stringify({ StartAt: 'Only', States: { Only: state } });
    const roleArn = 'arn:aws:iam::000000000000:role/machine';
    return (await sfn.send(new CreateStateMachineCommand({ name, definition, roleArn, type }))).stateMachineArn ?? '';
  };
  const start = (stateMachineArn: string) => sfn.send(new StartExecutionCommand({ stateMachineArn }));
  const succeeds = await machine('succeeds', { Type: 'Succeed' });
  const fails = await machine('fails', { Type: 'Fail' }, 'EXPRESS');
  const waits = await machine('waits', { Type: 'Wait', Seconds: 60, End: true });
  await start(succeeds);
  await start(succeeds);
  await start(fails);
  const { executionArn } = await start(waits);
  await sfn.send(new StopExecutionCommand({ executionArn }));
  const reaches = (StateMachineArn: string, metric: string, count: number) =>
    eventually(
      () => measured('AWS/States', metric, { StateMachineArn }),
      (sum) => sum === count,
    );
  await reaches(succeeds, 'ExecutionsStarted', 2);
  await reaches(succeeds, 'ExecutionsSucceeded', 2);
  await reaches(fails, 'ExecutionsStarted', 1);
  await reaches(fails, 'ExecutionsFailed', 1);
  await reaches(waits, 'ExecutionsAborted', 1);
  expect(await measured('AWS/States', 'ExecutionsFailed', { StateMachineArn: waits })).toBeUndefined();
});

test('queues, which an alarm on dead letters watches until they are empty', async () => {
  const client = new SQSClient(settings());
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'dead-letters' }));
  const watching = new CloudWatchClient(settings());
  await watching.send(
    new PutMetricAlarmCommand({
      AlarmName: 'dead-letters',
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'dead-letters' }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    }),
  );
  const state = async () => (await watching.send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0]?.StateValue;
  await clock.advance(60_000);
  expect(await state()).toBe('OK');
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'lost' }));
  await clock.advance(60_000);
  expect(await state()).toBe('ALARM');
  // Nothing happens to the queue, but what it holds is still there.
  await clock.advance(10 * 60_000);
  expect(await state()).toBe('ALARM');
  const later = new SQSClient(settings());
  await later.send(new PurgeQueueCommand({ QueueUrl }));
  await clock.advance(2 * 60_000);
  const last = new CloudWatchClient(settings());
  expect((await last.send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0]?.StateValue).toBe('OK');
});
