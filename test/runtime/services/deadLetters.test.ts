/** Queues at the ends of asynchronous edges: rules, topics and functions send what was asked for, or what they could not deliver. */
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { testClock, type TestClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { events } from '../../../runtime/services/events/index.ts';
import { lambda } from '../../../runtime/services/lambda/index.ts';
import { sns } from '../../../runtime/services/sns/index.ts';
import { sqs } from '../../../runtime/services/sqs/index.ts';
import { connect, create, esm, removeFolders, temporaryFolder } from './lambda/functionFixture.ts';

let clock: TestClock;
let runtime: Runtime;
let queueUrl: string;
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:000000000000:${rest}`;
const queueArn = arn('sqs', 'ends');
const ruleArn = arn('events', 'rule/orders');

beforeEach(async () => {
  clock = testClock(Date.now());
  const dataDir = await temporaryFolder();
  runtime = await openRuntime({ dataDir, clock, services: [events, lambda, sns, sqs] });
  const { QueueUrl = '' } = await new SQSClient(connect(runtime)).send(new CreateQueueCommand({ QueueName: 'ends' }));
  queueUrl = QueueUrl;
});
afterEach(() => runtime.close());
afterAll(removeFolders);

/** Lets a service of AWS send to the queue, for one resource. */
const letIn = (service: string, source: string) =>
  new SQSClient(connect(runtime)).send(
    new SetQueueAttributesCommand({
      QueueUrl: queueUrl,
      Attributes: {
        Policy: JSON.stringify({
          Statement: {
            Effect: 'Allow',
            Principal: { Service: `${service}.amazonaws.com` },
            Action: 'sqs:SendMessage',
            Resource: queueArn,
            Condition: { ArnEquals: { 'aws:SourceArn': source } },
          },
        }),
      },
    }),
  );

/** The next message of the queue, as soon as it is there. */
const next = async (): Promise<Message> => {
  const client = new SQSClient(connect(runtime));
  const ask = new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ['All'] });
  for (;;) {
    const [message] = (await client.send(ask)).Messages ?? [];
    if (message) return message;
    await clock.advance(0);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const jsonOf = ({ Body }: Message) => JSON.parse(Body ?? '') as unknown;
const textsOf = ({ MessageAttributes = {} }: Message) =>
  Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]));

const orders = async (target: Partial<Target>) => {
  const client = new EventBridgeClient(connect(runtime));
  await client.send(new PutRuleCommand({ Name: 'orders', EventPattern: '{"source":["shop"]}' }));
  await client.send(new PutTargetsCommand({ Rule: 'orders', Targets: [{ Id: 't', Arn: undefined, ...target }] }));
  await client.send(new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{"n":1}' }] }));
};

test('a rule sends events to a queue', async () => {
  await letIn('events', ruleArn);
  await orders({ Arn: queueArn });
  expect(jsonOf(await next())).toMatchObject({ source: 'shop', detail: { n: 1 } });
});

test('a rule sends what its target refuses to the dead letters, saying why', async () => {
  await letIn('events', ruleArn);
  const target = arn('lambda', 'function:gone');
  await orders({ Arn: target, DeadLetterConfig: { Arn: queueArn } });
  const message = await next();
  expect(jsonOf(message)).toMatchObject({ source: 'shop', detail: { n: 1 } });
  expect(textsOf(message)).toMatchObject({
    RULE_ARN: ruleArn,
    TARGET_ARN: target,
    ERROR_CODE: 'ResourceNotFoundException',
    RETRY_ATTEMPTS: '0',
  });
});

test('a topic sends its messages in an envelope, or bare', async () => {
  const client = new SNSClient(connect(runtime));
  const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name: 'runs' }));
  await letIn('sns', TopicArn);
  const subscribe = new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn });
  const { SubscriptionArn = '' } = await client.send(subscribe);
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'success' } };
  await client.send(new PublishCommand({ TopicArn, Message: 'done', Subject: 'Run', MessageAttributes }));
  expect(jsonOf(await next())).toMatchObject({
    Type: 'Notification',
    TopicArn,
    Subject: 'Run',
    Message: 'done',
    MessageAttributes: { kind: { Type: 'String', Value: 'success' } },
  });
  expect(SubscriptionArn).toContain(TopicArn);
  const { TopicArn: bare = '' } = await client.send(new CreateTopicCommand({ Name: 'bare' }));
  await letIn('sns', bare);
  const Attributes = { RawMessageDelivery: 'true' };
  await client.send(new SubscribeCommand({ TopicArn: bare, Protocol: 'sqs', Endpoint: queueArn, Attributes }));
  await client.send(new PublishCommand({ TopicArn: bare, Message: 'done', MessageAttributes }));
  const message = await next();
  expect([message.Body, textsOf(message)]).toEqual(['done', { kind: 'success' }]);
});

const failing = esm(`export const handler = async () => { throw new RangeError('too far'); }`);
const send = (FunctionName: string) =>
  new LambdaClient(connect(runtime)).send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: '{"n":1}' }),
  );

test('a function’s event that failed for good is in its dead-letter queue', async () => {
  const client = new LambdaClient(connect(runtime));
  await create(client, 'fails', failing, { DeadLetterConfig: { TargetArn: queueArn } });
  const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: 'fails' }));
  expect(Configuration?.DeadLetterConfig).toEqual({ TargetArn: queueArn });
  await client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'fails', MaximumRetryAttempts: 0 }));
  await send('fails');
  const message = await next();
  expect(jsonOf(message)).toEqual({ n: 1 });
  expect(textsOf(message)).toMatchObject({ ErrorCode: '200', ErrorMessage: 'too far' });
});

test('the outcome of a function’s event is told to its destinations', async () => {
  const client = new LambdaClient(connect(runtime));
  await create(client, 'fails', failing);
  const config = { FunctionName: 'fails', MaximumRetryAttempts: 0 };
  const DestinationConfig = { OnFailure: { Destination: queueArn } };
  await client.send(new PutFunctionEventInvokeConfigCommand({ ...config, DestinationConfig }));
  expect(await client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'fails' }))).toMatchObject({
    MaximumRetryAttempts: 0,
    DestinationConfig,
  });
  await send('fails');
  expect(jsonOf(await next())).toMatchObject({
    version: '1.0',
    requestContext: {
      functionArn: `${arn('lambda', 'function:fails')}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
    },
    requestPayload: { n: 1 },
    responseContext: { statusCode: 200, functionError: 'Unhandled' },
    responsePayload: { errorType: 'RangeError', errorMessage: 'too far' },
  });
  await create(client, 'works', esm(`export const handler = async ({ n }) => ({ twice: 2 * n })`));
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'works',
      DestinationConfig: { OnSuccess: { Destination: queueArn } },
    }),
  );
  await send('works');
  expect(jsonOf(await next())).toMatchObject({
    requestContext: { condition: 'Success' },
    responsePayload: { twice: 2 },
  });
  await client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: 'works' }));
  const ask = new GetFunctionEventInvokeConfigCommand({ FunctionName: 'works' });
  await expect(client.send(ask)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
