import * as z from 'zod';
import { requestContext } from '../../iam/requestContext.ts';
import { servicePrincipal } from '../../iam/trust.ts';
import { AwsError, operation, type HttpAnswer, type Principal, type World } from '../../operation.ts';
import type { Invoked } from './environmentPool.ts';
import { arnOf, functionName, latestQualifier, type FunctionRecord } from './functionRecord.ts';
import { findFunction, type LambdaState } from './lambdaState.ts';
import { serviceMay } from './resourcePolicy.ts';

const input = z.strictObject({
  FunctionName: functionName,
  InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).optional(),
  LogType: z.enum(['None', 'Tail']).optional(),
  /** Base64 of JSON. */
  ClientContext: z.base64().max(3583).optional(),
  Payload: z.instanceof(Uint8Array).optional(),
  Qualifier: latestQualifier,
});

/** Quotas of the Lambda developer guide, bytes. */
const largestPayload = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 };
const largestResponse = 6_291_556;

type ServicePrincipal = Extract<Principal, { kind: 'service' }>;

interface InvokeOutput extends Partial<HttpAnswer> {
  StatusCode: number;
  FunctionError?: 'Unhandled';
  /** Base64 of the last 4 KB of log. */
  LogResult?: string;
  ExecutedVersion?: '$LATEST';
  Payload: Uint8Array;
}

/** Invoke: waits for the function's answer, or keeps the event for later (`Event`), or only checks (`DryRun`). */
export const invoke = operation<LambdaState, z.output<typeof input>, InvokeOutput>({
  input,
  needs: ({ FunctionName }, { world }) => [{ action: 'lambda:InvokeFunction', resource: arnOf(world, FunctionName) }],
  async run({ FunctionName, InvocationType = 'RequestResponse', LogType, ClientContext, Payload }, call) {
    const { world, state, principal, requestId } = call;
    const fn = findFunction(state, world, FunctionName);
    if (principal.kind === 'service') checkResourcePolicy(fn, principal, world);
    const payload = checkedPayload(Payload, largestPayload[InvocationType]);
    const event = {
      requestId,
      payload,
      ...(ClientContext !== undefined && { clientContext: checkedContext(ClientContext) }),
    };
    if (InvocationType === 'DryRun') return answer({ StatusCode: 204, Payload: new Uint8Array() });
    if (InvocationType === 'Event') {
      await state.events.accept({ ...event, functionName: fn.name });
      return answer({ StatusCode: 202, Payload: new Uint8Array() });
    }
    const invoked = await state.pool.run(fn, event);
    const { fault, text } = limited(invoked);
    return answer({
      StatusCode: 200,
      ...(fault && { FunctionError: 'Unhandled' as const }),
      ...(LogType === 'Tail' && { LogResult: Buffer.from(invoked.logTail).toString('base64') }),
      ExecutedVersion: '$LATEST',
      Payload: new TextEncoder().encode(text),
    });
  },
});

/** The services of AWS hold no role: the function itself must let them in, for the resource they call on behalf of. */
const checkResourcePolicy = (fn: FunctionRecord, principal: ServicePrincipal, world: World) => {
  const service = servicePrincipal(principal.service);
  const need = { action: 'lambda:InvokeFunction', resource: fn.arn };
  if (!serviceMay(fn.policy, need, service, requestContext(world, principal)))
    throw new AwsError(
      'AccessDeniedException',
      `User: ${service} is not authorized to perform: lambda:InvokeFunction on resource: ${fn.arn} because no resource-based policy allows the lambda:InvokeFunction action (source ${principal.arn})`,
      403,
    );
};

const parsed = (text: string, refusal: (reason: string) => string): string => {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', refusal(String(error)), 400, { Type: 'User' });
  }
};

/** JSON text; no payload at all is the empty object. */
const checkedPayload = (payload: Uint8Array | undefined, limit: number): string => {
  if (!payload || payload.byteLength === 0) return '{}';
  if (payload.byteLength > limit)
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
      413,
      { Type: 'User' },
    );
  return parsed(new TextDecoder().decode(payload), (reason) => `Could not parse request body into json: ${reason}`);
};

const checkedContext = (base64: string) =>
  parsed(
    Buffer.from(base64, 'base64').toString(),
    (reason) => `Client context must be a valid Base64-encoded JSON object: ${reason}`,
  );

const limited = ({ payload = 'null', fault }: Invoked) => {
  const tooLarge = !fault && Buffer.byteLength(payload) > largestResponse;
  const reported = tooLarge
    ? {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: `Response payload size exceeded maximum allowed payload size (${largestResponse} bytes).`,
      }
    : fault;
  return { fault: reported, text: reported ? JSON.stringify(reported) : payload };
};

/** On the wire the payload is the body and the rest are headers. */
const answer = (output: InvokeOutput): InvokeOutput => ({
  ...output,
  http: {
    status: output.StatusCode,
    headers: {
      'content-type': 'application/json',
      ...(output.ExecutedVersion && { 'x-amz-executed-version': output.ExecutedVersion }),
      ...(output.FunctionError && { 'x-amz-function-error': output.FunctionError }),
      ...(output.LogResult !== undefined && { 'x-amz-log-result': output.LogResult }),
    },
    body: output.Payload,
  },
});
