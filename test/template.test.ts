/** The template that would be deployed, held against AWS's own resource schemas. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { packageService } from '../cli/packageService.ts';
import { metricUnits } from '../functions/lib/metrics.ts';
import { schemaViolations, type Template } from './fixtures/resourceSchemas.ts';
import { temporaryFolder } from './fixtures/temporaryFolder.ts';

let folder: string;
let template: Template;
beforeAll(async () => {
  folder = temporaryFolder();
  template = (await packageService(folder)).template as Template;
}, 60_000);

test('has only resource types, properties and attributes that CloudFormation knows, nested ones too, and every required one', () => {
  expect(schemaViolations(template)).toEqual([]);
});

const wrongs: readonly [string, object, string][] = [
  ['an unknown type', { Type: 'AWS::S3::Buckett' }, 'It: unknown type AWS::S3::Buckett'],
  ['an unknown property', { Type: 'AWS::S3::Bucket', Properties: { Name: 'b' } }, 'It: unknown property Name'],
  [
    'a missing property',
    { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'b' } },
    'It: PolicyDocument is required',
  ],
  [
    'an unknown property within another',
    { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: { Status: 'Enabled', Since: 1 } } },
    'It.VersioningConfiguration: unknown property Since',
  ],
  [
    'a value beyond the allowed ones',
    { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 31 } },
    'It.RetentionInDays: 31 is not among 1, 3, 5,',
  ],
  [
    'a value of another type',
    { Type: 'AWS::SNS::Topic', Properties: { FifoTopic: 'yes' } },
    'It.FifoTopic: "yes" is no boolean',
  ],
  [
    'a reference to nothing',
    { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Tpoic' } } },
    'It.TopicName: there is nothing called Tpoic',
  ],
  [
    'an attribute that its resource does not have',
    { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': '${It.Arn}' } } },
    'It.TopicName: AWS::SNS::Topic has no attribute Arn',
  ],
];

test.each(wrongs)('the schemas notice %s', (_what, It, violation) => {
  expect(schemaViolations({ Resources: { It } } as Template)).toEqual([expect.stringContaining(violation)]);
});

test('encrypts, versions and closes the data bucket, and refuses whatever comes without TLS', () => {
  const { DataBucket, DataBucketPolicy } = template.Resources;
  expect(DataBucket?.Properties).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  });
  expect(JSON.stringify(DataBucket?.Properties?.['BucketEncryption'])).toContain('AES256');
  expect(JSON.stringify(DataBucketPolicy?.Properties)).toContain('aws:SecureTransport');
});

test('lets every route of the HTTP API in by signature only', () => {
  const routes = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
  expect(routes.length).toBeGreaterThan(4);
  for (const { Properties } of routes) expect(Properties?.['AuthorizationType']).toBe('AWS_IAM');
});

test('gives the layer of DuckDB, on the platform of its library, to exactly the functions whose bundles load it', () => {
  const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const isLoading = (handler: unknown) =>
    readFileSync(String(handler).replace(/\.handler$/, '.mjs'), 'utf8').includes('@duckdb/node-api');
  const loading = functions.filter(({ Properties }) => isLoading(Properties?.['Handler']));
  expect(loading.length).toBeGreaterThan(0);
  for (const { Properties } of loading)
    expect(Properties).toMatchObject({ Layers: [{ Ref: 'DuckdbLambdaLayer' }], Architectures: ['x86_64'] });
  for (const { Properties } of functions.filter((it) => !loading.includes(it)))
    expect(Properties).not.toHaveProperty('Layers');
});

interface Target {
  Arn: { 'Fn::GetAtt'?: [string, string] };
  DeadLetterConfig?: unknown;
  RetryPolicy?: unknown;
}

const deadLetters = { 'Fn::GetAtt': ['DeadLetters', 'Arn'] };
const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

/** What EventBridge and its scheduler call without waiting for more than that the event was taken. */
const targets = () => [
  ...ofType('AWS::Events::Rule').flatMap(([id, { Properties = {} }]) =>
    (Properties['Targets'] as Target[]).map((target) => [id, target] as const),
  ),
  ...ofType('AWS::Scheduler::Schedule').map(
    ([id, { Properties = {} }]) => [id, Properties['Target'] as Target] as const,
  ),
];

test('leaves no event without a place to go to when its target cannot be called', () => {
  expect(targets().length).toBeGreaterThan(4);
  for (const [id, target] of targets())
    expect([id, target]).toEqual([
      id,
      expect.objectContaining({ DeadLetterConfig: { Arn: deadLetters }, RetryPolicy: expect.any(Object) }),
    ]);
});

test('leaves no event without a place to go to when the function that took it fails', () => {
  // Schedules of pipelines are made by a function, which is told whom they call.
  const scheduled = ofType('AWS::Lambda::Function').flatMap(([, { Properties = {} }]) => {
    const { Variables } = Properties['Environment'] as { Variables: Record<string, Target['Arn'] | undefined> };
    return Variables['SCHEDULE_TARGET_ARN'] ?? [];
  });
  const called = [...targets().map(([, { Arn }]) => Arn), ...scheduled]
    .map((arn) => arn['Fn::GetAtt']?.[0] ?? '')
    .filter((id) => id.endsWith('LambdaFunction'));
  expect(called).toEqual(expect.arrayContaining(['TriggersDashscheduleLambdaFunction', 'ReapLambdaFunction']));
  const kept = ofType('AWS::Lambda::EventInvokeConfig').map(([, { Properties = {} }]) => [
    (Properties['FunctionName'] as { Ref: string }).Ref,
    Properties['DestinationConfig'],
  ]);
  expect(Object.fromEntries(kept)).toEqual(
    Object.fromEntries(called.map((id) => [id, { OnFailure: { Destination: deadLetters } }])),
  );
  // The function's own role sends.
  for (const id of called) {
    const role = template.Resources[id]?.Properties?.['Role'] as { 'Fn::GetAtt': [string, string] };
    const policies = template.Resources[role['Fn::GetAtt'][0]]?.Properties?.['Policies'];
    expect(policies).toEqual([
      expect.objectContaining({
        PolicyDocument: expect.objectContaining({
          Statement: expect.arrayContaining([{ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: deadLetters }]),
        }),
      }),
    ]);
  }
});

interface Dimension {
  Name: string;
  Value: unknown;
}

/** Namespace by namespace: what is measured there, of what, and the type of what its dimension names. */
const measured: Readonly<Record<string, { dimension: string; metrics: readonly string[]; type?: string }>> = {
  'AWS/Lambda': {
    dimension: 'FunctionName',
    metrics: ['Invocations', 'Errors', 'Throttles', 'Duration'],
    type: 'AWS::Lambda::Function',
  },
  'AWS/SQS': { dimension: 'QueueName', metrics: ['ApproximateNumberOfMessagesVisible'], type: 'AWS::SQS::Queue' },
  'AWS/States': {
    dimension: 'StateMachineArn',
    metrics: [
      'ExecutionsStarted',
      'ExecutionsSucceeded',
      'ExecutionsFailed',
      'ExecutionsAborted',
      'ExecutionsTimedOut',
    ],
    type: 'AWS::StepFunctions::StateMachine',
  },
  Sluice: { dimension: 'Stack', metrics: Object.keys(metricUnits) },
};

const expectMeasured = (namespace: string, metric: string, dimension: string, value: string) => {
  const known = measured[namespace];
  expect(known?.metrics).toContain(metric);
  expect(dimension).toBe(known?.dimension);
  if (known?.type) expect([value, template.Resources[value]?.Type]).toEqual([value, known.type]);
  else expect(value).toBe('sluice-dev');
};

/** The resource that an intrinsic function refers to, or the text. */
const referred = (value: unknown): string => {
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  return Ref ?? attribute?.[0] ?? String(value);
};

test('has alarms on nothing but what is measured, and tells the topic of each', () => {
  const alarms = ofType('AWS::CloudWatch::Alarm');
  expect(alarms.length).toBeGreaterThan(10);
  for (const [, { Properties = {} }] of alarms) {
    const { Namespace, MetricName, AlarmActions } = Properties as Record<string, string>;
    const [dimension] = Properties['Dimensions'] as Dimension[];
    expectMeasured(Namespace ?? '', MetricName ?? '', dimension?.Name ?? '', referred(dimension?.Value));
    expect(AlarmActions).toEqual([{ Ref: 'NotificationTopic' }]);
  }
});

test('has alarms on the errors and the throttles of every function that nobody waits for', () => {
  const watched = ofType('AWS::CloudWatch::Alarm').map(([, { Properties = {} }]) => {
    const [dimension] = Properties['Dimensions'] as Dimension[];
    return `${referred(dimension?.Value)} ${String(Properties['MetricName'])}`;
  });
  for (const [, { Properties = {} }] of ofType('AWS::Lambda::EventInvokeConfig'))
    for (const metric of ['Errors', 'Throttles'])
      expect(watched).toContain(`${referred(Properties['FunctionName'])} ${metric}`);
});

test('shows nothing on its dashboard but what is measured', () => {
  const [[, { Properties = {} }] = ['', {}]] = ofType('AWS::CloudWatch::Dashboard');
  const { 'Fn::Sub': body } = Properties['DashboardBody'] as { 'Fn::Sub': string };
  const { widgets } = JSON.parse(body) as { widgets: { properties: { metrics: string[][] } }[] };
  expect(widgets.length).toBeGreaterThan(5);
  for (const { properties } of widgets)
    for (const [namespace = '', metric = '', dimension = '', value = ''] of properties.metrics)
      expectMeasured(namespace, metric, dimension, /^\$\{(\w+)/.exec(value)?.[1] ?? value);
});

test('has no null anywhere, which CloudFormation refuses', () => {
  expect(JSON.stringify(template)).not.toMatch(/[:[,]null\b/);
});
