/** Machines and queues: messages sent, waited for, and what becomes of a queue that is not there. */
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { testClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { sqs } from '../../../runtime/services/sqs/index.ts';
import { states } from '../../../runtime/services/states/index.ts';
import { connect, removeFolders, temporaryFolder } from './lambda/functionFixture.ts';

let runtime: Runtime;
let client: SFNClient;
let QueueUrl: string;

beforeEach(async () => {
  const clock = testClock(Date.now());
  runtime = await openRuntime({ dataDir: await temporaryFolder(), clock, services: [sqs, states] });
  client = new SFNClient(connect(runtime));
  QueueUrl = (await new SQSClient(connect(runtime)).send(new CreateQueueCommand({ QueueName: 'work' }))).QueueUrl ?? '';
});
afterEach(() => runtime.close());
afterAll(removeFolders);

const start = async (States: Record<string, object>) => {
  const { stateMachineArn } = await client.send(
    new CreateStateMachineCommand({
      name: `m${Object.keys(States).join('')}`,
      roleArn: 'arn:aws:iam::000000000000:role/machine',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(States)[0], States }),
    }),
  );
  return (await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"n":1}' }))).executionArn;
};
const ended = async (executionArn: string | undefined) => {
  for (;;) {
    const told = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (told.status !== 'RUNNING') return told;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const run = async (States: Record<string, object>) => ended(await start(States));
const received = async () => {
  const ask = new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] });
  for (;;) {
    const [message] = (await new SQSClient(connect(runtime)).send(ask)).Messages ?? [];
    if (message) return message;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const task = (resource: string, Arguments: object, more: object = { End: true }) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${resource}`,
  Arguments,
  ...more,
});

test('a body that is no text is sent as JSON, and the answer is the service’s', async () => {
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'order' } };
  const { output } = await run({
    Send: task('sqs:sendMessage', { QueueUrl, MessageBody: '{% $states.input %}', MessageAttributes }),
  });
  const { Body, MessageId, MD5OfBody, MessageAttributes: sent } = await received();
  expect([Body, sent?.['kind']?.StringValue]).toEqual(['{"n":1}', 'order']);
  expect(JSON.parse(output ?? '')).toMatchObject({
    MessageId,
    MD5OfMessageBody: MD5OfBody,
    SdkHttpMetadata: { HttpStatusCode: 200 },
  });
});

test('a machine waits for the one who took its token out of the queue', async () => {
  const execution = await start({
    Ask: task('sqs:sendMessage.waitForTaskToken', {
      QueueUrl,
      MessageBody: { token: '{% $states.context.Task.Token %}' },
    }),
  });
  const { token } = JSON.parse((await received()).Body ?? '') as { token: string };
  await client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{"approved":true}' }));
  expect(await ended(execution)).toMatchObject({ status: 'SUCCEEDED', output: '{"approved":true}' });
});

test('any operation may be called, with members as the AWS SDK for Java spells them', async () => {
  const { output } = await run({
    Make: task(
      'aws-sdk:sqs:createQueue',
      { QueueName: 'made', Tags: { team: 'data' } },
      { Next: 'Tags', Assign: { url: '{% $states.result.QueueUrl %}' } },
    ),
    Tags: task(
      'aws-sdk:sqs:listQueueTags',
      { QueueUrl: '{% $url %}' },
      { Next: 'Send', Assign: { tags: '{% $states.result.Tags %}' } },
    ),
    Send: task(
      'aws-sdk:sqs:sendMessage',
      { QueueUrl: '{% $url %}', MessageBody: 'x' },
      { End: true, Output: { tags: '{% $tags %}', digest: '{% $states.result.Md5OfMessageBody %}' } },
    ),
  });
  expect(JSON.parse(output ?? '')).toEqual({ tags: { team: 'data' }, digest: '9dd4e461268c8034f5c8564e155c67a6' });
});

test('a queue that is not there has the error that machines catch', async () => {
  const missing = QueueUrl.replace('work', 'gone');
  expect(await run({ Send: task('sqs:sendMessage', { QueueUrl: missing, MessageBody: 'x' }) })).toMatchObject({
    status: 'FAILED',
    error: 'SQS.QueueDoesNotExistException',
    cause: expect.stringContaining('Error Code: AWS.SimpleQueueService.NonExistentQueue'),
  });
  expect(await run({ Call: task('aws-sdk:sqs:purgeQueue', { QueueUrl: missing }) })).toMatchObject({
    status: 'FAILED',
    error: 'Sqs.QueueDoesNotExistException',
  });
});
