import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  InvokeCommand,
  ListLayerVersionsCommand,
} from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListTagsForResourceCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { allServices } from '../../../runtime/services/index.ts';
import { deploy } from '../../../runtime/template/deploy.ts';

let folder: string;
let runtime: Runtime;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'template-'));
  runtime = await openRuntime({
    dataDir: join(folder, 'data'),
    services: allServices({ containers: () => undefined }),
  });
});
afterEach(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

const bring = (Resources: Record<string, unknown>, more: object = {}) =>
  deploy({ world: runtime.world, stackName: 'test', assets: folder, template: { Resources, ...more } });

const client = <C>(
  Client: new (settings: {
    endpoint: string;
    region: string;
    credentials: Runtime['credentials'];
    forcePathStyle?: boolean;
  }) => C,
) =>
  new Client({
    endpoint: runtime.endpoint,
    region: runtime.region,
    credentials: runtime.credentials,
    forcePathStyle: true,
  });

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const withFunction = (answer: string) => {
  const source = `export const handler = async () => ({ answer: ${JSON.stringify(answer)}, bucket: process.env.BUCKET });`;
  writeFileSync(join(folder, 'says.zip'), zipSync({ 'says.mjs': strToU8(source) }));
  return {
    Says: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: { Ref: 'Bucket' }, S3Key: `some/time/${Date.now()}/says.zip` },
        Handler: 'says.handler',
        Runtime: 'nodejs22.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: { Variables: { BUCKET: { Ref: 'Bucket' } } },
      },
    },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
  };
};

test('a template comes about in the order of its references, and changes in place', async () => {
  const { resources, outputs } = await bring(withFunction('one'), {
    Outputs: { Name: { Value: { 'Fn::Sub': '${AWS::StackName}/${Bucket}' } } },
  });
  expect(outputs['Name']).toBe(`test/${resources['Bucket']?.ref}`);
  const ask = async () => {
    const { Payload } = await client(LambdaClient).send(new InvokeCommand({ FunctionName: resources['Says']!.ref }));
    return JSON.parse(new TextDecoder().decode(Payload)) as unknown;
  };
  expect(await ask()).toEqual({ answer: 'one', bucket: resources['Bucket']!.ref });
  await bring(withFunction('two'));
  expect(await ask()).toEqual({ answer: 'two', bucket: resources['Bucket']!.ref });
});

test('what the template no longer has is deleted, unless it is to be retained', async () => {
  const bucket = (DeletionPolicy?: string) => ({ Type: 'AWS::S3::Bucket', Properties: {}, DeletionPolicy });
  await bring({ Gone: bucket(), Kept: bucket('Retain'), Stays: bucket() });
  await bring({ Stays: bucket() });
  const { Buckets = [] } = await client(S3Client).send(new ListBucketsCommand({}));
  expect(new Set(Buckets.map(({ Name }) => Name?.split('-')[1]))).toEqual(new Set(['kept', 'stays']));
});

test('what gets another name does not go on under the old one', async () => {
  const named = (BucketName: string) => ({ Data: { Type: 'AWS::S3::Bucket', Properties: { BucketName } } });
  await bring(named('first-name'));
  await bring(named('second-name'));
  const { Buckets = [] } = await client(S3Client).send(new ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name)).toEqual(['second-name']);
});

test('a type or a property that is not known fails, naming the resource and what is known', async () => {
  await expect(bring({ Flow: { Type: 'AWS::AppFlow::Flow' } })).rejects.toThrow(
    /Resource Flow \(AWS::AppFlow::Flow\): this runtime does not know the type; it knows: AWS::ApiGatewayV2::Api/,
  );
  await expect(bring({ B: { Type: 'AWS::S3::Bucket', Properties: { WebsiteConfiguration: {} } } })).rejects.toThrow(
    /Resource B \(AWS::S3::Bucket\).*WebsiteConfiguration/s,
  );
  await expect(
    bring({ B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Nothing' } } } }),
  ).rejects.toThrow(/it refers to Nothing/);
});

test('a queue with its dead letters and its policy keeps its messages through changes and another port', async () => {
  const queues = (Tries: number, policy = true) => ({
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead', MessageRetentionPeriod: 1_209_600 } },
    Jobs: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        FifoQueue: true,
        ContentBasedDeduplication: true,
        Tags: [{ Key: 'tries', Value: String(Tries) }],
        RedriveAllowPolicy: { redrivePermission: 'denyAll' },
      },
    },
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'work',
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: Tries },
      },
    },
    ...(policy && {
      Policy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Dead' }],
          PolicyDocument: {
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Dead', 'Arn'] },
            },
          },
        },
      },
    }),
  });
  const attributesOf = async (QueueUrl: string) => {
    const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return (await client(SQSClient).send(ask)).Attributes ?? {};
  };
  const { resources } = await bring(queues(3));
  expect(resources['Jobs']?.ref).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/000000000000\/test-Jobs-\w{8}\.fifo$/);
  expect(resources['Work']?.attributes).toMatchObject({ QueueName: 'work' });
  const dead = resources['Dead']!.ref;
  expect(JSON.parse((await attributesOf(dead))['Policy'] ?? '')).toHaveProperty('Statement.Effect', 'Allow');
  await client(SQSClient).send(new SendMessageCommand({ QueueUrl: dead, MessageBody: 'kept' }));
  await runtime.close();
  runtime = await openRuntime({
    dataDir: join(folder, 'data'),
    services: allServices({ containers: () => undefined }),
  });
  const again = await bring(queues(5, false));
  expect(again.resources['Work']?.ref).toBe(`${runtime.endpoint}/000000000000/work`);
  expect(await attributesOf(again.resources['Work']!.ref)).toMatchObject({
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:000000000000:dead',
      maxReceiveCount: 5,
    }),
  });
  const left = await attributesOf(dead);
  expect(left).toMatchObject({ ApproximateNumberOfMessages: '1' });
  expect(left).not.toHaveProperty('Policy');
});

test('asynchronous edges of a function, a topic and a rule end in queues', async () => {
  const { Says, ...rest } = withFunction('one');
  const dead = { 'Fn::GetAtt': ['Dead', 'Arn'] };
  const edges = (more: object) => ({
    ...rest,
    Dead: { Type: 'AWS::SQS::Queue' },
    Topic: { Type: 'AWS::SNS::Topic' },
    Heard: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: dead, RawMessageDelivery: true },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['shop'] },
        Targets: [{ Id: 'says', Arn: { 'Fn::GetAtt': ['Says', 'Arn'] }, DeadLetterConfig: { Arn: dead } }],
      },
    },
    Says: { ...Says, Properties: { ...Says.Properties, ...more } },
    Outcome: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Says' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: dead } },
      },
    },
  });
  const { resources } = await bring(edges({ DeadLetterConfig: { TargetArn: dead } }));
  const FunctionName = resources['Says']!.ref;
  const Arn = resources['Dead']!.attributes['Arn'];
  const settings = async () =>
    (await client(LambdaClient).send(new GetFunctionCommand({ FunctionName }))).Configuration;
  expect((await settings())?.DeadLetterConfig).toEqual({ TargetArn: Arn });
  expect(await client(LambdaClient).send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))).toMatchObject({
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: Arn } },
  });
  await bring(edges({}));
  expect(await settings()).not.toHaveProperty('DeadLetterConfig');
});

test('a layer is published again when its content changes, and its functions get the new version', async () => {
  const template = (word: string) => {
    const path = 'nodejs/node_modules/word/index.js';
    // The same bytes whenever it is written: an archive holds the time, to two seconds.
    const mtime = new Date(2026, 0, 1);
    writeFileSync(join(folder, 'words.zip'), zipSync({ [path]: strToU8(`module.exports = '${word}';`) }, { mtime }));
    const source = `exports.handler = async () => require('word');`;
    const { Says, ...rest } = withFunction('');
    writeFileSync(join(folder, 'says.zip'), zipSync({ 'says.js': strToU8(source) }));
    return {
      ...rest,
      Words: {
        Type: 'AWS::Lambda::LayerVersion',
        Properties: {
          Content: { S3Bucket: { Ref: 'Bucket' }, S3Key: `some/time/${Date.now()}/words.zip` },
          LayerName: 'words',
          CompatibleArchitectures: ['x86_64'],
        },
      },
      Says: { ...Says, Properties: { ...Says.Properties, Layers: [{ Ref: 'Words' }] } },
    };
  };
  const to = client(LambdaClient);
  const versions = async () =>
    (await to.send(new ListLayerVersionsCommand({ LayerName: 'words' }))).LayerVersions?.map((it) => it.Version);
  const say = async (FunctionName = '') => {
    const { Payload } = await to.send(new InvokeCommand({ FunctionName }));
    return JSON.parse(Payload?.transformToString() ?? '') as unknown;
  };
  const { resources } = await bring(template('first'));
  expect(resources['Words']?.ref).toBe('arn:aws:lambda:eu-west-1:000000000000:layer:words:1');
  expect(await say(resources['Says']?.ref)).toBe('first');
  await bring(template('first'));
  expect(await versions()).toEqual([1]);
  await bring(template('second'));
  expect(await versions()).toEqual([2]);
  expect(await say(resources['Says']?.ref)).toBe('second');
});

test('schedules come about in their group, change in place and go with it', async () => {
  const AssumeRolePolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const withSchedule = (ScheduleExpression: string, more: object = {}) => ({
    Caller: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'caller', AssumeRolePolicyDocument } },
    Inbox: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
    Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'ours', ...more } },
    Weekly: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        GroupName: { Ref: 'Group' },
        Name: 'weekly',
        ScheduleExpression,
        ScheduleExpressionTimezone: 'Europe/Berlin',
        EndDate: '2099-01-01T00:00:00Z',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: { 'Fn::GetAtt': ['Inbox', 'Arn'] }, RoleArn: { 'Fn::GetAtt': ['Caller', 'Arn'] } },
      },
    },
  });
  const scheduler = client(SchedulerClient);
  const found = () => scheduler.send(new GetScheduleCommand({ GroupName: 'ours', Name: 'weekly' }));
  const { resources } = await bring(withSchedule('cron(0 6 ? * MON *)'));
  const arn = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/ours/weekly';
  expect(resources['Weekly']).toMatchObject({ ref: 'weekly', attributes: { Arn: arn } });
  expect(await found()).toMatchObject({ ScheduleExpression: 'cron(0 6 ? * MON *)', EndDate: new Date('2099-01-01') });
  const group = resources['Group']?.attributes['Arn'];
  await bring(withSchedule('cron(0 7 ? * MON *)', { Tags: [{ Key: 'a', Value: '1' }] }));
  expect(await found()).toMatchObject({ ScheduleExpression: 'cron(0 7 ? * MON *)' });
  expect((await scheduler.send(new ListTagsForResourceCommand({ ResourceArn: group }))).Tags).toHaveLength(1);
  await bring({ Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'ours' } } });
  await expect(found()).rejects.toThrow('Schedule weekly does not exist.');
  await bring({});
  await expect(scheduler.send(new GetScheduleGroupCommand({ Name: 'ours' }))).rejects.toThrow('does not exist');
});
