import * as z from 'zod';
import { isObject, type Json, type JsonObject } from '../../../asl/json.ts';
import type { Principal, World } from '../../../operation.ts';
import { TaskError, withMetadata, type Integration } from './integration.ts';

const answer = z.object({
  StatusCode: z.number(),
  FunctionError: z.string().optional(),
  ExecutedVersion: z.string().optional(),
  LogResult: z.string().optional(),
  Payload: z.instanceof(Uint8Array).optional(),
});

/** JSON where it is JSON, else the text itself. */
const payloadOf = (bytes: Uint8Array | undefined): Json => {
  const text = new TextDecoder().decode(bytes ?? new Uint8Array());
  if (text === '') return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
};

/** Error and cause of a function that failed: its errorType, and all it said as text. */
const functionFailed = (bytes: Uint8Array | undefined): TaskError => {
  const payload = payloadOf(bytes);
  const type = isObject(payload) ? payload['errorType'] : undefined;
  return new TaskError(typeof type === 'string' ? type : 'Exception', JSON.stringify(payload));
};

const call = async (world: World, principal: Principal, input: JsonObject) => {
  const given = answer.parse(await world.call(principal, 'lambda', 'Invoke', input));
  if (given.FunctionError !== undefined) throw functionFailed(given.Payload);
  return given;
};

const bytesOf = (payload: Json | undefined) => new TextEncoder().encode(JSON.stringify(payload ?? {}));

/** Lambda wants base64 of JSON; a machine may give the JSON itself. */
const contextText = (value: Json) =>
  typeof value === 'string' ? value : Buffer.from(JSON.stringify(value)).toString('base64');

/** `lambda:invoke`: Payload travels as JSON, not as text. */
export const invoke: Integration = async ({ world, principal, input }) => {
  const { Payload, ClientContext, ...rest } = input;
  const given = await call(world, principal, {
    ...rest,
    ...(ClientContext !== undefined && { ClientContext: contextText(ClientContext) }),
    Payload: bytesOf(Payload) as never,
  });
  return withMetadata(world, {
    ...(given.ExecutedVersion !== undefined && { ExecutedVersion: given.ExecutedVersion }),
    ...(given.LogResult !== undefined && { LogResult: given.LogResult }),
    Payload: payloadOf(given.Payload),
    StatusCode: given.StatusCode,
  });
};

/** A Resource that is a function's ARN: the whole input is the payload, the payload the result. */
export const invokeDirectly = async (world: World, principal: Principal, arn: string, input: Json): Promise<Json> =>
  payloadOf((await call(world, principal, { FunctionName: arn, Payload: bytesOf(input) as never })).Payload);
