/**
 * Events of S3 against the real handlers, a real ledger and real executions; in place of the train machine stands one that
 * only waits. The ends of its executions come as on AWS, over EventBridge, and are heard when the test says so.
 */
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateStateMachineCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Started } from '../../spec/run.ts';
import { executionArn, keys, pipelineOf, runIdOf } from '../../spec/names.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import { bucket, context, openFunctionWorld, openLedger } from './functionWorld.ts';

export type Policy = Pipeline['trigger']['policy'];

/** One version of an object as S3 tells of it. */
export interface Made {
  key: string;
  versionId: string;
  /** Place in the order of all changes. */
  number: number;
}

const began = Date.UTC(2026, 10, 21);

/** The event of a version: a hundred changes a second. */
export const eventOf = ({ key, versionId, number }: Made) => ({
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: `${new Date(began + number * 10).toISOString().slice(0, 19)}Z`,
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: { key, size: 5, etag: 'x', 'version-id': versionId, sequencer: number.toString(16).toUpperCase() },
    reason: 'PutObject',
  },
});

export const runOf = ({ key, versionId }: Made) => runIdOf(key.split('/')[1] ?? '', bucket, key, versionId, '');

interface EndEvent {
  detail: { name: string; status: string };
}

/** Runs of pipelines named `lasting…` go on until somebody stops them; all others end at once. */
export const openEventWorld = async () => {
  const world = await openFunctionWorld();
  const { settings } = world;
  const sfn = new SFNClient(settings);
  const sqs = new SQSClient(settings);
  const bus = new EventBridgeClient(settings);
  const arn = (service: string, name: string) => `arn:aws:${service}:${settings.region}:000000000000:${name}`;
  const machine = arn('states', 'stateMachine:sluice-dev-train');
  await sfn.send(
    new CreateStateMachineCommand({
      name: 'sluice-dev-train',
      roleArn: 'arn:aws:iam::000000000000:role/machine',
      definition: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Kind',
        States: {
          Kind: {
            Type: 'Choice',
            Choices: [{ Condition: '{% $contains($states.input.pipeline, "lasting") %}', Next: 'Lasting' }],
            Default: 'Short',
          },
          Lasting: { Type: 'Wait', Seconds: 3600, End: true },
          Short: { Type: 'Succeed' },
        },
      }),
    }),
  );
  await new SNSClient(settings).send(new CreateTopicCommand({ Name: 'told' }));
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'ends',
      Attributes: {
        Policy: JSON.stringify({
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arn('sqs', 'ends'),
          },
        }),
      },
    }),
  );
  await bus.send(
    new PutRuleCommand({
      Name: 'ends',
      EventPattern: JSON.stringify({
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine], status: ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'] },
      }),
    }),
  );
  await bus.send(new PutTargetsCommand({ Rule: 'ends', Targets: [{ Id: 'ends', Arn: arn('sqs', 'ends') }] }));

  const s3Trigger = (await import('../../functions/triggers/s3.ts')).handler;
  const runEnded = (await import('../../functions/runEnded.ts')).handler;
  const notify = (await import('../../functions/notify.ts')).handler;
  const { startNext } = await import('../../functions/lib/startNext.ts');
  const ledger = await openLedger();
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(settings));

  return {
    ...world,
    ledger,
    sfn,
    startNext,
    clients: await import('../../functions/lib/clients.ts'),
    apply: (name: string, text: string) => world.put(keys.pipeline(name), `name: ${name}\n${text}`),
    deliver: async (event: unknown): Promise<Partial<Started> & { ignored?: string }> => s3Trigger(event, context),
    /** Ends of executions that nobody has heard of yet. */
    async ends(): Promise<EndEvent[]> {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length > 0)
        await sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl,
            Entries: Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle })),
          }),
        );
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as EndEvent);
    },
    /** What the machine's last step and the rule of runEnded do. */
    async hear(event: EndEvent) {
      const { name, status } = event.detail;
      if (status === 'SUCCEEDED')
        await notify({ runId: name, outcome: 'REGISTERED', summary: 'Passed.', attempt: name }, context);
      await runEnded({ source: 'aws.states', ...event }, context);
      return pipelineOf(name);
    },
    stop: (runId: string) => sfn.send(new StopExecutionCommand({ executionArn: executionArn(machine, runId) })),
    /** Every item of the ledger. */
    async items() {
      const items: Record<string, unknown>[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await table.send(new ScanCommand({ TableName: 'ledger', ExclusiveStartKey }));
        items.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return items;
    },
  };
};

export type EventWorld = Awaited<ReturnType<typeof openEventWorld>>;
