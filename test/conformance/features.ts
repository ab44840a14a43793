/**
 * What AWS has, and whether the registries of this runtime have it too. The lists are AWS's own: the States Language
 * (https://states-language.net/spec.html), the Step Functions Developer Guide and the API Reference of 2016-11-23.
 */
import jsonata from 'jsonata';
import { kinds, operators } from '../../runtime/asl/validate/choices.ts';
import { partFields } from '../../runtime/asl/validate/distributed.ts';
import { machineFields } from '../../runtime/asl/validate/index.ts';
import { catcherFields, retrierFields } from '../../runtime/asl/validate/retries.ts';
import { shapes, fieldsOf } from '../../runtime/asl/validate/shape.ts';
import { intrinsics } from '../../runtime/asl/intrinsics/index.ts';
import { functionsFor } from '../../runtime/asl/jsonata/functions.ts';
import { readResource } from '../../runtime/asl/resource.ts';
import { stateKinds } from '../../runtime/asl/states/index.ts';
import { canPerform } from '../../runtime/services/states/integrations/index.ts';
import { stateOperations } from './stateOperations.ts';

const words = (text: string) => text.trim().split(/\s+/);

/** Fields of each state in JSONPath and JSONata beyond Type, Comment and QueryLanguage. */
const awsFields: Readonly<Record<string, string>> = {
  Pass: 'Next End InputPath OutputPath Parameters Result ResultPath Assign Output',
  Task: 'Next End InputPath OutputPath Parameters Arguments ResultSelector ResultPath Assign Output Resource Credentials TimeoutSeconds TimeoutSecondsPath HeartbeatSeconds HeartbeatSecondsPath Retry Catch',
  Choice: 'Choices Default InputPath OutputPath Assign Output',
  Wait: 'Next End Seconds SecondsPath Timestamp TimestampPath InputPath OutputPath Assign Output',
  Succeed: 'InputPath OutputPath Output',
  Fail: 'Error ErrorPath Cause CausePath',
  Parallel:
    'Next End Branches InputPath OutputPath Parameters Arguments ResultSelector ResultPath Assign Output Retry Catch',
  Map: 'Next End ItemProcessor Iterator Items ItemsPath ItemSelector ItemReader ItemBatcher ResultWriter Label MaxConcurrency MaxConcurrencyPath ToleratedFailureCount ToleratedFailureCountPath ToleratedFailurePercentage ToleratedFailurePercentagePath InputPath OutputPath Parameters ResultSelector ResultPath Assign Output Retry Catch',
};

/** Fields of a machine and of what states hold, with the sets by which the validator takes or refuses them. */
const parts: readonly (readonly [title: string, fields: string, registry: ReadonlySet<string>])[] = [
  ['Fields of a machine', 'Comment QueryLanguage StartAt States TimeoutSeconds Version', machineFields],
  [
    'Fields of Retry',
    'Comment ErrorEquals IntervalSeconds MaxAttempts BackoffRate MaxDelaySeconds JitterStrategy',
    retrierFields,
  ],
  ['Fields of Catch', 'Comment ErrorEquals Next ResultPath Output Assign', catcherFields],
  ['Fields of ProcessorConfig', 'Mode ExecutionType', partFields.ProcessorConfig],
  ['Fields of ItemReader', 'Resource Parameters Arguments ReaderConfig', partFields.ItemReader],
  [
    'Fields of ReaderConfig',
    'InputType ManifestType CSVHeaderLocation CSVHeaders CSVDelimiter ItemsPointer MaxItems MaxItemsPath Transformation',
    partFields.ReaderConfig,
  ],
  [
    'Fields of ItemBatcher',
    'BatchInput MaxItemsPerBatch MaxItemsPerBatchPath MaxInputBytesPerBatch MaxInputBytesPerBatchPath',
    partFields.ItemBatcher,
  ],
  ['Fields of ResultWriter', 'Resource Parameters Arguments WriterConfig', partFields.ResultWriter],
  ['Fields of WriterConfig', 'OutputType Transformation', partFields.WriterConfig],
  ['Kinds of choice rules', 'And Or Not Variable Condition', new Set(kinds)],
];

const orders = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
const awsComparisons = [
  ...['String', 'Numeric', 'Timestamp'].flatMap((type) =>
    orders.flatMap((order) => [`${type}${order}`, `${type}${order}Path`]),
  ),
  ...words('BooleanEquals BooleanEqualsPath StringMatches IsNull IsPresent IsString IsNumeric IsBoolean IsTimestamp'),
];

const awsIntrinsics = words(
  'Array ArrayPartition ArrayContains ArrayRange ArrayGetItem ArrayLength ArrayUnique Base64Encode Base64Decode Hash JsonMerge StringToJson JsonToString MathRandom MathAdd StringSplit UUID Format',
);

const awsJsonata = words('partition range hash random uuid parse');

/** https://docs.jsonata.org/overview, version 2.0.6. */
const standardJsonata = words(
  `string length substring substringBefore substringAfter uppercase lowercase trim pad contains split join match replace eval
  base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl number abs floor ceil round power sqrt
  formatNumber formatBase formatInteger parseInteger sum max min average boolean not exists count append sort reverse shuffle
  distinct zip keys lookup spread merge sift each error assert type now millis fromMillis toMillis map filter single reduce`,
);

const awsIntegrations = [
  'lambda:invoke lambda:invoke.waitForTaskToken',
  'states:startExecution states:startExecution.sync states:startExecution.sync:2 states:startExecution.waitForTaskToken',
  ...['CreateEndpoint', 'CreateEndpointConfig', 'CreateModel', 'UpdateEndpoint'].map((it) => `sagemaker:${it}`),
  ...words(
    'createTrainingJob createTrainingJob.sync createTransformJob createTransformJob.sync createHyperParameterTuningJob createHyperParameterTuningJob.sync createProcessingJob createProcessingJob.sync createLabelingJob createLabelingJob.sync',
  ).map((it) => `sagemaker:${it}`),
  ...words('getItem putItem updateItem deleteItem').map((it) => `dynamodb:${it}`),
  'sns:publish sns:publish.waitForTaskToken sqs:sendMessage sqs:sendMessage.waitForTaskToken',
  'events:putEvents events:putEvents.waitForTaskToken',
  'http:invoke apigateway:invoke batch:submitJob ecs:runTask glue:startJobRun athena:startQueryExecution',
  'codebuild:startBuild eks:call bedrock:invokeModel emr-serverless:startJobRun elasticmapreduce:addStep',
  'databrew:startJobRun mediaconvert:createJob emr-containers:startJobRun',
  'aws-sdk:s3:getObject aws-sdk:s3:putObject aws-sdk:dynamodb:query aws-sdk:sagemaker:createTrainingJob aws-sdk:sfn:startExecution',
].flatMap((line) =>
  words(line).map((it) => it.replace(/^sagemaker:([A-Z])/, (_, c: string) => `sagemaker:${c.toLowerCase()}`)),
);

const awsOperations = words(
  `CreateActivity CreateStateMachine CreateStateMachineAlias DeleteActivity DeleteStateMachine DeleteStateMachineAlias
  DeleteStateMachineVersion DescribeActivity DescribeExecution DescribeMapRun DescribeStateMachine DescribeStateMachineAlias
  DescribeStateMachineForExecution GetActivityTask GetExecutionHistory ListActivities ListExecutions ListMapRuns
  ListStateMachineAliases ListStateMachineVersions ListStateMachines ListTagsForResource PublishStateMachineVersion
  RedriveExecution SendTaskFailure SendTaskHeartbeat SendTaskSuccess StartExecution StartSyncExecution StopExecution TagResource
  TestState UntagResource UpdateMapRun UpdateStateMachine UpdateStateMachineAlias ValidateStateMachineDefinition`,
);

const hasField = (type: string, field: string) =>
  fieldsOf(type, 'JSONPath').has(field) || fieldsOf(type, 'JSONata').has(field);

const performs = (resource: string) => {
  const read = readResource(`arn:aws:states:::${resource}`);
  return read !== undefined && canPerform(read);
};

interface Section {
  title: string;
  features: readonly (readonly [feature: string, supported: boolean])[];
  /** Names in the registry that AWS's list lacks: none, or the list is out of date. */
  unlisted: readonly string[];
}

const beyond = (registry: Iterable<string>, list: readonly string[]) =>
  [...registry].filter((name) => !list.includes(name));

/** Everything AWS has, section by section. */
export const featureSections = async (): Promise<Section[]> => {
  const functions = functionsFor({ now: 0, random: { seed: '', drawn: 0 } });
  const standard = await Promise.all(
    standardJsonata.map(
      async (name) => [`$${name}`, (await jsonata(`$exists($${name})`).evaluate({}, functions)) === true] as const,
    ),
  );
  const activity = readResource('arn:aws:states:eu-west-1:000000000000:activity:work');
  return [
    {
      title: 'States',
      features: Object.keys(awsFields).map((type) => [type, Object.hasOwn(stateKinds, type)]),
      unlisted: beyond(Object.keys(stateKinds), Object.keys(awsFields)),
    },
    ...Object.entries(awsFields).map(([type, fields]) => ({
      title: `Fields of ${type}`,
      features: words(fields).map((field) => [field, hasField(type, field)] as const),
      unlisted: beyond(
        [...(shapes[type]?.both ?? []), ...(shapes[type]?.JSONPath ?? []), ...(shapes[type]?.JSONata ?? [])],
        words(fields),
      ),
    })),
    ...parts.map(([title, fields, registry]) => ({
      title,
      features: words(fields).map((field) => [field, registry.has(field)] as const),
      unlisted: beyond(registry, words(fields)),
    })),
    {
      title: 'Comparisons of JSONPath choice rules',
      features: awsComparisons.map((name) => [name, operators.has(name)]),
      unlisted: beyond(operators, awsComparisons),
    },
    {
      title: 'Intrinsic functions',
      features: awsIntrinsics.map((name) => [`States.${name}`, Object.hasOwn(intrinsics, `States.${name}`)]),
      unlisted: beyond(
        Object.keys(intrinsics),
        awsIntrinsics.map((name) => `States.${name}`),
      ),
    },
    { title: 'Standard JSONata functions', features: standard, unlisted: [] },
    {
      title: 'JSONata functions that Step Functions adds',
      features: awsJsonata.map((name) => [`$${name}`, typeof functions[name] === 'function']),
      unlisted: beyond(Object.keys(functions), [...awsJsonata, 'millis', 'now', 'eval']),
    },
    {
      title: 'Integrations',
      features: [
        ['Lambda function ARN', performs('lambda:invoke')],
        ['Activity ARN', activity !== undefined && canPerform(activity)],
        ...awsIntegrations.map((resource) => [resource, performs(resource)] as const),
      ],
      unlisted: [],
    },
    {
      title: 'Operations',
      features: awsOperations.map((name) => [name, stateOperations.includes(name)]),
      unlisted: beyond(stateOperations, awsOperations),
    },
  ];
};

/** The tables of docs/featureSupport.md. */
export const featureTables = async (): Promise<string> =>
  (await featureSections())
    .map(
      ({ title, features }) =>
        `## ${title}\n\n| feature | supported |\n| --- | --- |\n${features.map(([name, yes]) => `| \`${name}\` | ${yes ? 'yes' : 'no'} |`).join('\n')}\n`,
    )
    .join('\n');
