/** How Step Functions spells the errors of the services it calls: recorded behaviour of AWS, one row per integration. */
import type { AwsError } from '../../../operation.ts';
import { TaskError } from './integration.ts';

/** Errors the service models do not know: they get the name of the service's own base exception. */
const unmodelled = new Set([
  'ValidationException',
  'ValidationError',
  'AccessDeniedException',
  'AccessDenied',
  'SerializationException',
  'ThrottlingException',
  'InvalidParameterValue',
  'MissingParameter',
]);

/** What the runtime lacks is no error of the service: no Catch must take it for one. */
const lacking = new Set(['NotImplemented', 'UnknownOperationException', 'UnknownServiceException', 'InvalidAction']);

const notThere = ({ code, message }: AwsError) =>
  new TaskError('States.Runtime', code === 'NotImplemented' ? message : `NotImplemented: ${message}`);

const exceptionName = (code: string) => (code.endsWith('Exception') ? code : `${code}Exception`);

interface Spelling {
  prefix: string;
  base: string;
  service: string;
  /** Codes of the wire that the SDK names otherwise. */
  renamed?: Readonly<Record<string, string>>;
  /** Codes the cause shows where they are not the exceptions' names. */
  shown?: Readonly<Record<string, string>>;
}

/** Optimized integrations, which use version 1 of the AWS SDK for Java. */
const optimized: Readonly<Record<string, Spelling>> = {
  lambda: { prefix: 'Lambda', base: 'AWSLambdaException', service: 'AWSLambda' },
  dynamodb: { prefix: 'DynamoDB', base: 'AmazonDynamoDBException', service: 'AmazonDynamoDBv2' },
  sns: {
    prefix: 'SNS',
    base: 'AmazonSNSException',
    service: 'AmazonSNS',
    renamed: { NotFound: 'NotFoundException', InvalidParameter: 'InvalidParameterException' },
  },
  sqs: {
    prefix: 'SQS',
    base: 'AmazonSQSException',
    service: 'AmazonSQS',
    shown: { QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue' },
  },
  states: { prefix: 'StepFunctions', base: 'AWSStepFunctionsException', service: 'AWSStepFunctions' },
  events: { prefix: 'EventBridge', base: 'AmazonEventBridgeException', service: 'AmazonEventBridge' },
  sagemaker: { prefix: 'SageMaker', base: 'AmazonSageMakerException', service: 'AmazonSageMaker' },
};

/** Error and cause of a call made by an optimized integration. */
export const optimizedError = (type: string, error: AwsError, requestId: string): TaskError => {
  const {
    prefix,
    base,
    service,
    renamed,
    shown: codes,
  } = optimized[type] ?? {
    prefix: type,
    base: `${type}Exception`,
    service: type,
  };
  if (lacking.has(error.code)) return notThere(error);
  const known = !unmodelled.has(error.code);
  const name = known ? (renamed?.[error.code] ?? exceptionName(error.code)) : base;
  const shown = codes?.[error.code] ?? ((known && name) || error.code);
  return new TaskError(
    `${prefix}.${name}`,
    `${error.message} (Service: ${service}; Status Code: ${error.status}; Error Code: ${shown}; Request ID: ${requestId}; Proxy: null)`,
  );
};

/** Prefixes of AWS SDK integrations (version 2 of the AWS SDK for Java). */
const sdkPrefixes: Readonly<Record<string, string>> = {
  apigatewayv2: 'ApiGatewayV2',
  cloudwatchlogs: 'CloudWatchLogs',
  dynamodb: 'DynamoDb',
  eventbridge: 'EventBridge',
  iam: 'Iam',
  lambda: 'Lambda',
  s3: 'S3',
  sagemaker: 'SageMaker',
  sagemakerruntime: 'SageMakerRuntime',
  sfn: 'Sfn',
  sns: 'Sns',
  sqs: 'Sqs',
  sts: 'Sts',
};

/** Error and cause of a call made by an AWS SDK integration. */
export const sdkError = (service: string, error: AwsError, requestId: string): TaskError => {
  if (lacking.has(error.code)) return notThere(error);
  const prefix = sdkPrefixes[service] ?? service;
  const extended = service === 's3' ? `, Extended Request ID: ${requestId}` : '';
  const name = unmodelled.has(error.code) ? `${prefix}Exception` : exceptionName(error.code);
  return new TaskError(
    `${prefix}.${name}`,
    `${error.message} (Service: ${prefix}, Status Code: ${error.status}, Request ID: ${requestId}${extended})`,
  );
};
