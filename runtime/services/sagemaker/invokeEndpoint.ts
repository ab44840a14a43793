import * as z from 'zod';
import { AwsError, operation, type Call, type HttpRequest, type Routed } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { chooseVariant } from './chooseVariant.ts';
import { serves } from './endpoint.ts';
import { JobFailure } from './failures.ts';
import { entityName } from './grammar.ts';
import { measureInvocation } from './invocationMetrics.ts';
import { LostInvocation, type Reply } from './modelServer.ts';
import type { SageMaker } from './sagemakerState.ts';

/** The largest body (bytes) in the API model; the guide speaks of 25 MB. */
const bodyLimit = 6_291_456;

const headers = {
  Accept: 'accept',
  ContentType: 'content-type',
  CustomAttributes: 'x-amzn-sagemaker-custom-attributes',
  EnableExplanations: 'x-amzn-sagemaker-enable-explanations',
  InferenceComponentName: 'x-amzn-sagemaker-inference-component',
  InferenceId: 'x-amzn-sagemaker-inference-id',
  SessionId: 'x-amzn-sagemaker-session-id',
  TargetContainerHostname: 'x-amzn-sagemaker-target-container-hostname',
  TargetModel: 'x-amzn-sagemaker-target-model',
  TargetVariant: 'x-amzn-sagemaker-target-variant',
} as const;

/** POST /endpoints/{EndpointName}/invocations; the body is the request of the model. */
export const routeInvocation = ({ method, path, headers: given }: HttpRequest): Routed | undefined => {
  const [, name] = /^\/endpoints\/([^/]+)\/invocations$/.exec(path) ?? [];
  if (method !== 'POST' || name === undefined) return undefined;
  const input: Record<string, unknown> = { EndpointName: decodeURIComponent(name) };
  for (const [member, header] of Object.entries(headers))
    if (given[header] !== undefined) input[member] = given[header];
  return { operation: 'InvokeEndpoint', input, payload: 'Body' };
};

const invalid = (message: string) => new AwsError('ValidationError', message);

/** A container's own error: 424, with what the container said. */
const modelError = (status: number, said: string, group: string, { world }: Call<SageMaker>): AwsError => {
  const { region, accountId } = world;
  const side = status >= 400 && status < 500 ? 'client' : 'server';
  const where = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=${group}`;
  return new AwsError(
    'ModelError',
    `Received ${side} error (${status}) from primary with message "${said}". See ${where} in account ${accountId} for more information.`,
    424,
    {
      OriginalStatusCode: status,
      OriginalMessage: said,
      LogStreamArn: `arn:aws:logs:${region}:${accountId}:log-group:${group}`,
    },
  );
};

const failed = (error: unknown, group: string, call: Call<SageMaker>): unknown => {
  if (error instanceof LostInvocation && error.timedOut)
    return modelError(
      0,
      'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.',
      group,
      call,
    );
  if (error instanceof LostInvocation)
    return new AwsError('InternalFailure', `The request was lost: ${error.message}`, 500);
  if (error instanceof JobFailure) return new AwsError('ServiceUnavailable', error.message, 503);
  return error;
};

export const invokeEndpoint = operation({
  input: z.strictObject({
    EndpointName: entityName,
    Body: z.instanceof(Uint8Array),
    ContentType: z.string().max(1024).optional(),
    Accept: z.string().max(1024).optional(),
    TargetVariant: entityName.optional(),
    InferenceId: z.string().min(1).max(64).optional(),
  }),
  needs: ({ EndpointName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:InvokeEndpoint', resource: arnOf(world, 'endpoint', EndpointName) },
  ],
  async run({ EndpointName, Body, ContentType = '', Accept = '*/*', TargetVariant }, call) {
    const { world, state } = call;
    const endpoint = state.tables.endpoints.get(EndpointName);
    if (!endpoint?.current || !serves(endpoint))
      throw invalid(`Endpoint ${EndpointName} of account ${world.accountId} not found.`);
    if (Body.length > bodyLimit) throw invalid(`The body has ${Body.length} bytes; at most ${bodyLimit} are allowed`);
    const chosen = chooseVariant(endpoint, TargetVariant, () => world.ids.random());
    if (!chosen) throw invalid(`Endpoint ${EndpointName} has no variant ${TargetVariant ?? 'with a weight above 0'}.`);
    const group = `/aws/sagemaker/Endpoints/${endpoint.EndpointName}`;
    const { variant } = chosen;
    const begun = world.clock.now();
    let handed = begun;
    const measure = (status?: number) => {
      const now = world.clock.now();
      const times = { model: now - handed, whole: now - begun };
      measureInvocation(world, endpoint.EndpointName, chosen, { ...(status !== undefined && { status }), ...times });
    };
    let reply: Reply;
    try {
      const server = await state.serving.server(endpoint, chosen);
      handed = world.clock.now();
      reply = await server.invoke({ contentType: ContentType, accept: Accept, body: Body });
    } catch (error) {
      measure();
      throw failed(error, group, call);
    }
    measure(reply.status);
    if (reply.status < 200 || reply.status > 299)
      throw modelError(reply.status, Buffer.from(reply.body).toString(), group, call);
    return {
      Body: reply.body,
      ContentType: reply.contentType,
      InvokedProductionVariant: variant.VariantName,
      http: {
        status: 200,
        headers: {
          'content-type': reply.contentType,
          'x-amzn-invoked-production-variant': variant.VariantName,
        },
        body: reply.body,
      },
    };
  },
});
