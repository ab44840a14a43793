/** Events that nobody could take are kept: the queue holds them with what it takes to hand them on. */
import {
  DeleteFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from '@jest/globals';
import { laptop } from './sharedLaptop.ts';

let lambda: LambdaClient;
let sqs: SQSClient;
beforeAll(() => {
  const { endpoint, region, credentials } = laptop.connection;
  lambda = new LambdaClient({ endpoint, region, credentials });
  sqs = new SQSClient({ endpoint, region, credentials });
});

const refOf = (id: string) => laptop.embedded.deployed.resources[id]?.ref ?? '';

/** The next message; waits for it. */
const deadLetter = async (): Promise<Message | undefined> => {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: laptop.connection.outputs['DeadLettersUrl'],
      WaitTimeSeconds: 20,
      MessageAttributeNames: ['All'],
      VisibilityTimeout: 600,
    }),
  );
  return Messages?.[0];
};

test('a drop whose trigger fails every time', async () => {
  const { world } = laptop.embedded.runtime;
  const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
  // The trigger may not touch the ledger any more; its event is to be tried once instead of three times in as many minutes.
  const RoleName = refOf('TriggersS3Role');
  const answer = (await world.call(root, 'iam', 'GetRolePolicy', { RoleName, PolicyName: 'least' })) as {
    PolicyDocument: string;
  };
  const policy = JSON.parse(decodeURIComponent(answer.PolicyDocument)) as { Statement: { Action: string[] }[] };
  policy.Statement = policy.Statement.filter(({ Action }) => !Action.some((action) => action.startsWith('dynamodb:')));
  const PolicyDocument = JSON.stringify(policy);
  await world.call(root, 'iam', 'PutRolePolicy', { RoleName, PolicyName: 'least', PolicyDocument });
  const FunctionName = refOf('TriggersDashs3LambdaFunction');
  const { DestinationConfig } = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 0, DestinationConfig }),
  );

  await laptop.start('orphaned', 'a,y\n1,2\n');
  const { Body = '' } = (await deadLetter()) ?? {};
  expect(JSON.parse(Body)).toMatchObject({
    requestContext: { condition: 'RetriesExhausted' },
    requestPayload: { source: 'aws.s3', detail: { object: { key: 'drop/orphaned/data.csv' } } },
    responsePayload: { errorType: 'AccessDeniedException' },
  });
}, 60_000);

test('a drop whose trigger is gone', async () => {
  await lambda.send(new DeleteFunctionCommand({ FunctionName: refOf('TriggersDashs3LambdaFunction') }));
  await laptop.start('forlorn', 'a,y\n1,2\n');
  const { Body = '', MessageAttributes } = (await deadLetter()) ?? {};
  expect(JSON.parse(Body)).toMatchObject({ source: 'aws.s3', detail: { object: { key: 'drop/forlorn/data.csv' } } });
  expect(MessageAttributes?.['RULE_ARN']?.StringValue).toMatch(/:rule\/sluice-dev-/);
}, 60_000);
