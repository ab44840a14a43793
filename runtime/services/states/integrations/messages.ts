import { isObject, type Json, type JsonObject } from '../../../asl/json.ts';
import { TaskError, withMetadata, type Integration } from './integration.ts';

const text = (value: Json | undefined) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** `sns:publish`: a Message that is no text is sent as JSON. */
export const publish: Integration = async ({ world, principal, input }) => {
  const message = input['Message'] === undefined ? {} : { Message: text(input['Message']) };
  const answer = (await world.call(principal, 'sns', 'Publish', { ...input, ...message })) as { MessageId: string };
  return withMetadata(world, { MessageId: answer.MessageId });
};

/** `sqs:sendMessage`: a MessageBody that is no text is sent as JSON. */
export const sendMessage: Integration = async ({ world, principal, input }) => {
  const body = input['MessageBody'] === undefined ? {} : { MessageBody: text(input['MessageBody']) };
  return withMetadata(world, (await world.call(principal, 'sqs', 'SendMessage', { ...input, ...body })) as JsonObject);
};

/** `events:putEvents`: details may be JSON; the execution and its machine are added to the resources of each entry. */
export const putEvents: Integration = async ({ world, principal, input, execution: { identity } }) => {
  const entries = Array.isArray(input['Entries']) ? input['Entries'].filter(isObject) : [];
  const Entries = entries.map((entry) => ({
    ...entry,
    ...(entry['Detail'] !== undefined && { Detail: text(entry['Detail']) }),
    Resources: [...(Array.isArray(entry['Resources']) ? entry['Resources'] : []), identity.machineArn, identity.arn],
  }));
  const answer = (await world.call(principal, 'events', 'PutEvents', { ...input, Entries })) as {
    Entries: Json[];
    FailedEntryCount: number;
  };
  const told = { Entries: answer.Entries, FailedEntryCount: answer.FailedEntryCount };
  if (answer.FailedEntryCount > 0) throw new TaskError('EventBridge.FailedEntry', JSON.stringify(told));
  return told;
};
