/** What can go wrong with a call, and how AWS says so. */
import { AwsError } from '../../runtime/operation.ts';

/** What a fault needs to know of the call that it meets. */
export interface Met {
  service: string;
  operation: string;
  input: Record<string, unknown>;
}

export interface FaultKind {
  /** Whether the operation has its effect before the answer is lost, or says otherwise. */
  effect: (met: Met) => boolean;
  /** `error` is what is answered; without it the connection is cut, or left silent when `silent`. */
  error?: (met: Met) => AwsError;
  silent?: boolean;
  /** The run is stopped while the request is on its way. */
  stops?: boolean;
  /**
   * Which calls of the function meet it: the first one, all until one invocation has ended (which defeats the SDK's own
   * retries), or all.
   */
  meets: 'first' | 'firstInvocation' | 'always';
}

const named =
  (names: Readonly<Record<string, [string, string, number?]>>, fallback: [string, string, number?]) =>
  ({ service, operation }: Met) => {
    const [code, message, status = 400] = names[`${service}.${operation}`] ?? names[service] ?? fallback;
    return new AwsError(code, message, status);
  };

const throttled = named(
  {
    s3: ['SlowDown', 'Please reduce your request rate.', 503],
    dynamodb: [
      'ProvisionedThroughputExceededException',
      'The level of configured provisioned throughput for the table was exceeded.',
    ],
    sns: ['Throttled', 'Rate exceeded', 429],
    lambda: ['TooManyRequestsException', 'Rate Exceeded.', 429],
  },
  ['ThrottlingException', 'Rate exceeded'],
);

const broken = named(
  {
    s3: ['InternalError', 'We encountered an internal error. Please try again.', 500],
    dynamodb: ['InternalServerError', 'Internal server error', 500],
    lambda: ['ServiceException', 'An error occurred and the request cannot be processed.', 500],
  },
  ['InternalFailure', 'The request processing has failed because of an unknown error.', 500],
);

const denied = ({ service, operation }: Met) =>
  new AwsError(
    service === 's3' || service === 'sns' ? 'AccessDenied' : 'AccessDeniedException',
    `User: the function's role is not authorized to perform: ${service}:${operation}`,
    403,
  );

const notFound = named(
  {
    's3.HeadObject': ['NotFound', 'Not Found', 404],
    s3: ['NoSuchKey', 'The specified key does not exist.', 404],
    's3.PutObject': ['NoSuchBucket', 'The specified bucket does not exist', 404],
    dynamodb: ['ResourceNotFoundException', 'Requested resource not found'],
    sns: ['NotFound', 'Topic does not exist', 404],
    logs: ['ResourceNotFoundException', 'The specified log group does not exist.'],
    states: ['TaskDoesNotExist', 'The task does not exist'],
    'states.StartExecution': ['StateMachineDoesNotExist', 'State Machine Does Not Exist'],
    'states.StopExecution': ['ExecutionDoesNotExist', 'Execution Does Not Exist'],
    'states.DescribeExecution': ['ExecutionDoesNotExist', 'Execution Does Not Exist'],
    sagemaker: ['ResourceNotFound', 'Requested resource not found.'],
    'sagemaker.InvokeEndpoint': ['ValidationError', 'Endpoint not found.'],
    'sagemaker.DescribeEndpoint': ['ValidationException', 'Could not find endpoint.'],
    'sagemaker.UpdateEndpoint': ['ValidationException', 'Could not find endpoint.'],
    'sagemaker.UpdateEndpointWeightsAndCapacities': ['ValidationException', 'Could not find endpoint.'],
    'sagemaker.DeleteEndpoint': ['ValidationException', 'Could not find endpoint.'],
  },
  ['ResourceNotFoundException', 'The resource does not exist.', 404],
);

const isConditional = ({ service, input }: Met) => service === 'dynamodb' && input['ConditionExpression'] !== undefined;

/**
 * An item of the ledger whose condition does not hold is a conflict like any other: the same write was there before, for its
 * answer was lost and the SDK has asked again. A condition that fails although it holds is none that DynamoDB knows.
 */
const conflict = (met: Met) =>
  isConditional(met)
    ? new AwsError('ConditionalCheckFailedException', 'The conditional request failed')
    : otherConflict(met);

const otherConflict = named(
  {
    s3: [
      'OperationAborted',
      'A conflicting conditional operation is currently in progress against this resource.',
      409,
    ],
    dynamodb: ['TransactionConflictException', 'Transaction is ongoing for the item'],
    sns: ['ConcurrentAccess', 'Concurrent access'],
    logs: ['OperationAbortedException', 'Multiple concurrent requests to update the same resource were in conflict.'],
    states: ['TaskTimedOut', 'The task token has expired'],
    'states.StartExecution': ['ExecutionAlreadyExists', 'Execution Already Exists'],
    'states.StopExecution': ['ConflictException', 'The execution is being changed.'],
    sagemaker: ['ResourceInUse', 'Resource being accessed is in use.'],
    'sagemaker.CreateModelPackage': [
      'ConflictException',
      'There was a conflict when you attempted to modify a SageMaker entity.',
    ],
    'sagemaker.InvokeEndpoint': ['ModelNotReadyException', 'The model is not ready.', 429],
  },
  ['ConflictException', 'The resource is being changed.', 409],
);

const always = () => true;
const never = () => false;

/** The columns of the matrix. */
export const faultKinds = {
  throttled: { effect: never, error: throttled, meets: 'firstInvocation' },
  'error 500': { effect: never, error: broken, meets: 'firstInvocation' },
  'answer lost': { effect: always, meets: 'first' },
  'time-out': { effect: always, silent: true, meets: 'first' },
  'run stopped': { effect: always, stops: true, meets: 'first' },
  denied: { effect: never, error: denied, meets: 'always' },
  'not found': { effect: never, error: notFound, meets: 'always' },
  'not found once': { effect: never, error: notFound, meets: 'first' },
  conflict: { effect: isConditional, error: conflict, meets: 'always' },
  'conflict once': { effect: isConditional, error: conflict, meets: 'first' },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof faultKinds;
export const faultNames = Object.keys(faultKinds) as FaultName[];
