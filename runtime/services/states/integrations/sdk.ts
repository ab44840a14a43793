/**
 * `aws-sdk:<service>:<operation>`: any operation a service of the runtime has. Machines write and read members in PascalCase
 * whatever the wire says, and see timestamps as ISO texts and blobs as text.
 */
import { isObject, payloadLimit, type Json, type JsonObject } from '../../../asl/json.ts';
import { attributeNames, sdkAttributeNames } from './attributeValues.ts';
import type { Integration } from './integration.ts';
import { isTimeName } from './times.ts';

/** Names of the AWS SDK where the runtime's differ. */
const services: Readonly<Record<string, string>> = {
  cloudwatch: 'monitoring',
  cloudwatchlogs: 'logs',
  eventbridge: 'events',
  sfn: 'states',
  sagemakerruntime: 'sagemaker',
  apigatewayv2: 'apigateway',
};

/** Services whose members begin with a small letter on the wire. */
const camelCased = new Set(['states', 'logs', 'apigateway']);

export const runtimeService = (service: string) => services[service] ?? service;

const recased = (value: Json, change: (letter: string) => string): Json => {
  if (Array.isArray(value)) return value.map((item) => recased(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      change(key.charAt(0)) + key.slice(1),
      // The keys of a map of tags are the user's own.
      key.toLowerCase() === 'tags' && isObject(inner) ? inner : recased(inner, change),
    ]),
  );
};

const isStream = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** As Java's Instant writes it: no fraction where there is none. */
const instant = (at: Date) => at.toISOString().replace('.000Z', 'Z');

/** The text of a body; of one above the payload quota only so much that the task fails for it. */
const textOf = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > payloadLimit) break;
  }
  return Buffer.concat(chunks).toString();
};

/** SQS has two members that begin with a small letter, and digests that the SDK spells `Md5Of…`. */
const queueInput = ({ Tags: tags, ...input }: JsonObject, operation: string): JsonObject =>
  tags === undefined ? input : operation === 'CreateQueue' ? { ...input, tags } : { ...input, Tags: tags };
const queueOutput = (output: Json): Json => {
  if (Array.isArray(output)) return output.map(queueOutput);
  if (!isObject(output)) return output;
  return Object.fromEntries(
    Object.entries(output).map(([key, value]) => [
      key === 'queueUrls' ? 'QueueUrls' : key.replace(/^MD5Of/, 'Md5Of'),
      // The names in these maps are the user's own.
      key === 'Tags' || key === 'MessageAttributes' ? value : queueOutput(value),
    ]),
  );
};

/** An answer of the runtime as JSON a machine can hold. */
const shown = async (name: string, value: unknown): Promise<Json | undefined> => {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (isStream(value)) return textOf(value);
  if (typeof value === 'number' && isTimeName(name)) return instant(new Date(value * 1000));
  if (value instanceof Date) return instant(value);
  if (Array.isArray(value)) {
    const items = await Promise.all(value.map((item) => shown(name, item)));
    return items.filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value as Json | undefined;
  const members: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    const json = await shown(key, inner);
    if (json !== undefined) members[key] = json;
  }
  return members;
};

/** Members that are blobs on the wire: machines give text, or JSON. */
const blobs: Readonly<Record<string, string>> = {
  's3 PutObject': 'Body',
  'lambda Invoke': 'Payload',
  'sagemaker InvokeEndpoint': 'Body',
};

export const sdkCall: Integration = async ({ world, principal, input, resource }) => {
  const service = runtimeService(resource.type.slice('aws-sdk:'.length));
  const operation = resource.action.charAt(0).toUpperCase() + resource.action.slice(1);
  const camel = camelCased.has(service);
  const blob = blobs[`${service} ${operation}`];
  const given: Record<string, unknown> = {
    ...((camel
      ? recased(input, (c) => c.toLowerCase())
      : service === 'dynamodb'
        ? attributeNames(input)
        : service === 'sqs'
          ? queueInput(input, operation)
          : input) as JsonObject),
  };
  if (service === 'states' && isObject(given['input'])) given['input'] = JSON.stringify(input['Input']);
  if (service === 'states' && given['input'] === null) given['input'] = '{}';
  if (blob !== undefined && given[blob] !== undefined) {
    const content = given[blob];
    given[blob] = new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
  }
  const { http: _, ...answer } = (await world.call(principal, service, operation, given)) as Record<string, unknown>;
  // Times of CloudWatch Logs are numbers in the SDK as well.
  const told = service === 'logs' ? (answer as JsonObject) : ((await shown('', answer)) ?? {});
  if (service === 'sqs') return queueOutput(told);
  if (service === 'dynamodb') return sdkAttributeNames(told);
  return camel ? recased(told, (c) => c.toUpperCase()) : told;
};
