import {
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { StartSyncExecutionCommand, type LogLevel } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { calls, openStatesWorld, type StatesWorld } from './statesWorld.ts';

let world: StatesWorld;
const logGroupName = '/aws/vendedlogs/states/machine';
beforeEach(async () => {
  world = await openStatesWorld({ double: (event) => (event as number) * 2 });
  await world.logs().send(new CreateLogGroupCommand({ logGroupName }));
});
afterEach(() => world.close());

const logging = (level: LogLevel, includeExecutionData = true) => ({
  loggingConfiguration: {
    level,
    includeExecutionData,
    destinations: [
      {
        cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:eu-west-1:000000000000:log-group:${logGroupName}:*` },
      },
    ],
  },
});

const lines = async () => {
  const { events = [] } = await world.logs().send(new FilterLogEventsCommand({ logGroupName }));
  return events.map(({ message = '' }) => JSON.parse(message) as { type: string; details: object });
};
const logged = async (last: string) => {
  await world.until(async () => (await lines()).some(({ type }) => type === last));
  return lines();
};

const doubles = { StartAt: 'Double', States: { Double: calls('double') } };
const fails = {
  StartAt: 'Double',
  States: { Double: calls('double', { Next: 'No' }), No: { Type: 'Fail', Error: 'Refused' } },
};

test("what happens is written to the machine's log group as AWS writes it", async () => {
  const run = await world.start(await world.create('machine', doubles, logging('ALL')), 4);
  const [first, ...more] = await logged('ExecutionSucceeded');
  expect(first).toEqual({
    id: '1',
    type: 'ExecutionStarted',
    details: { input: '4', inputDetails: { truncated: false }, roleArn: 'arn:aws:iam::000000000000:role/machine' },
    previous_event_id: '0',
    event_timestamp: String(world.clock.now()),
    execution_arn: run,
    redrive_count: '0',
  });
  expect(more.map(({ type }) => type)).toEqual((await world.history(run)).slice(1).map(({ type }) => type));
  expect(more.at(-1)).toMatchObject({ details: { output: '8', outputDetails: { truncated: false } } });
  const { logStreams = [] } = await world.logs().send(new DescribeLogStreamsCommand({ logGroupName }));
  expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual([
    expect.stringMatching(/^states\/machine\/\d{4}(?:-\d\d){4}\/[0-9a-f]{8}$/),
  ]);
});

test('the log is all there is of an Express execution', async () => {
  const machine = await world.create('machine', doubles, { type: 'EXPRESS', ...logging('ALL') });
  const answer = await world.sfn().send(new StartSyncExecutionCommand({ stateMachineArn: machine, input: '4' }));
  const all = await logged('ExecutionSucceeded');
  expect(all.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(all).toMatchObject(all.map(() => ({ execution_arn: answer.executionArn })));
});

test.each([
  ['ERROR', ['FailStateEntered', 'ExecutionFailed']],
  ['FATAL', ['ExecutionFailed']],
] as const)('level %s keeps what went wrong', async (level, types) => {
  await world.start(await world.create('machine', fails, logging(level)), 1);
  expect((await logged('ExecutionFailed')).map(({ type }) => type)).toEqual(types);
});

test('data is left out unless it is asked for', async () => {
  await world.start(await world.create('machine', doubles, logging('ALL', false)), 4);
  const all = await logged('ExecutionSucceeded');
  expect(all.some(({ details }) => 'input' in details || 'output' in details || 'parameters' in details)).toBe(false);
});
