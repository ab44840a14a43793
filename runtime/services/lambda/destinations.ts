/**
 * Where the outcome of an asynchronous event goes: the record of it to OnSuccess or OnFailure, and the event itself to the
 * dead-letter queue (Lambda developer guide, "Capturing records of Lambda asynchronous invocations"). The function's role sends.
 */
import { AwsError, type Principal, type World } from '../../operation.ts';
import { queueUrlOf } from '../../queueUrl.ts';
import { measureFunction } from './functionMetrics.ts';
import type { FunctionRecord } from './functionRecord.ts';

/** How an asynchronous event ended. */
export interface Ending {
  requestId: string;
  payload: string;
  condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  /** How often the function ran. */
  invocations: number;
  /** JSON text of the last answer or error; absent where the function never ran. */
  response?: string;
  /** Message of the last error. */
  errorMessage?: string;
}

type Attributes = Record<string, { DataType: string; StringValue: string }>;

const asFunction = (world: World, { name, role }: FunctionRecord): Principal => ({
  kind: 'role',
  roleArn: role,
  sessionName: name,
  arn: `arn:${world.partition}:sts::${world.accountId}:assumed-role/${role.split('/').at(-1)}/${name}`,
});

type Send = (world: World, principal: Principal, arn: string, text: string, attributes: Attributes) => Promise<unknown>;

const services: Readonly<Record<string, Send>> = {
  sqs: (world, principal, arn, MessageBody, MessageAttributes) =>
    world.call(principal, 'sqs', 'SendMessage', { QueueUrl: queueUrlOf(world, arn), MessageBody, MessageAttributes }),
  sns: (world, principal, TopicArn, Message, MessageAttributes) =>
    world.call(principal, 'sns', 'Publish', { TopicArn, Message, MessageAttributes }),
  lambda: (world, principal, FunctionName, text) =>
    world.call(principal, 'lambda', 'Invoke', {
      FunctionName,
      InvocationType: 'Event',
      Payload: new TextEncoder().encode(text),
    }),
};

const recordOf = (world: World, fn: FunctionRecord, ending: Ending) => ({
  version: '1.0',
  timestamp: new Date(world.clock.now()).toISOString(),
  requestContext: {
    requestId: ending.requestId,
    functionArn: `${fn.arn}:$LATEST`,
    condition: ending.condition,
    approximateInvokeCount: ending.invocations,
  },
  requestPayload: JSON.parse(ending.payload) as unknown,
  ...(ending.response !== undefined && {
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(ending.condition !== 'Success' && { functionError: 'Unhandled' }),
    },
    responsePayload: JSON.parse(ending.response) as unknown,
  }),
});

const longestMessage = 1_024;

const deadLetterAttributes = ({ requestId, errorMessage = '' }: Ending): Attributes => ({
  RequestID: { DataType: 'String', StringValue: requestId },
  ErrorCode: { DataType: 'Number', StringValue: '200' },
  ...(errorMessage !== '' && {
    ErrorMessage: { DataType: 'String', StringValue: errorMessage.slice(0, longestMessage) },
  }),
});

/** Sends what the function's settings ask for. Rejects when a destination may take it later; one that refuses is logged. */
export const tellDestinations = async (world: World, fn: FunctionRecord, ending: Ending): Promise<void> => {
  const principal = asFunction(world, fn);
  const send = async (arn: string | undefined, text: () => string, attributes: Attributes = {}) => {
    if (arn === undefined) return;
    try {
      await services[arn.split(':')[2] ?? '']?.(world, principal, arn, text(), attributes);
    } catch (error) {
      if (!(error instanceof AwsError) || error.status >= 500 || error.status === 429) throw error;
      measureFunction(world, fn.name, {
        [arn === fn.deadLetterTarget ? 'DeadLetterErrors' : 'DestinationDeliveryFailures']: 1,
      });
      const fields = { functionName: fn.name, requestId: ending.requestId, destination: arn };
      world.log('error', `A destination refused the outcome of an asynchronous event: ${error.message}`, fields);
    }
  };
  const record = () => JSON.stringify(recordOf(world, fn, ending));
  if (ending.condition === 'Success') return send(fn.eventInvokeConfig?.onSuccess, record);
  await send(fn.deadLetterTarget, () => ending.payload, deadLetterAttributes(ending));
  await send(fn.eventInvokeConfig?.onFailure, record);
};
