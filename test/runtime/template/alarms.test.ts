/** Alarms and dashboards of a template. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { allServices } from '../../../runtime/services/index.ts';
import { deploy } from '../../../runtime/template/deploy.ts';

let folder: string;
let runtime: Runtime;
let client: CloudWatchClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alarms-'));
  runtime = await openRuntime({
    dataDir: join(folder, 'data'),
    services: allServices({ containers: () => undefined }),
  });
  client = new CloudWatchClient({
    endpoint: runtime.endpoint,
    region: runtime.region,
    credentials: runtime.credentials,
  });
});
afterEach(async () => {
  client.destroy();
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

const bring = (Resources: Record<string, unknown>, Outputs = {}) =>
  deploy({ world: runtime.world, stackName: 'ops', assets: folder, template: { Resources, Outputs } });

const alarm = {
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetters', 'QueueName'] } }],
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: [{ Ref: 'Alerts' }],
};
const resources = (properties: object) => ({
  Alerts: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alerts' } },
  DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead-letters' } },
  DeadLettersAlarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...alarm, ...properties } },
  Board: {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: 'Operations',
      DashboardBody: {
        'Fn::Sub': '{"widgets":[{"type":"metric","properties":{"region":"${AWS::Region}","title":"Runs"}}]}',
      },
    },
  },
});

test('are made, changed and removed with the template', async () => {
  const outputs = { Arn: { Value: { 'Fn::GetAtt': ['DeadLettersAlarm', 'Arn'] } }, Board: { Value: { Ref: 'Board' } } };
  const first = await bring(resources({ Tags: [{ Key: 'team', Value: 'ml' }] }), outputs);
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms).toMatchObject([
    {
      AlarmArn: first.outputs['Arn'],
      Dimensions: [{ Name: 'QueueName', Value: 'dead-letters' }],
      AlarmActions: ['arn:aws:sns:eu-west-1:000000000000:alerts'],
      Threshold: 0,
    },
  ]);
  expect(first.resources['DeadLettersAlarm']?.ref).toBe(MetricAlarms[0]?.AlarmName);
  expect(first.outputs['Board']).toBe('Operations');
  const board = await client.send(new GetDashboardCommand({ DashboardName: 'Operations' }));
  expect(board.DashboardBody).toContain('"region":"eu-west-1"');

  const second = await bring(resources({ Threshold: 3, Tags: [{ Key: 'new', Value: 'tag' }] }), outputs);
  expect((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms).toMatchObject([{ Threshold: 3 }]);
  const ResourceARN = second.outputs['Arn'];
  expect((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([
    { Key: 'new', Value: 'tag' },
  ]);

  await bring({ Alerts: resources({}).Alerts });
  expect((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
  expect((await client.send(new ListDashboardsCommand({}))).DashboardEntries).toEqual([]);
});

test('with a property that is not there are refused by name', async () => {
  await expect(bring(resources({ Metrics: [] }))).rejects.toThrow(/DeadLettersAlarm.*\n.*Metrics/);
});
