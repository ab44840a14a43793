/** Topics, subscriptions and messages, and how operations find them. */
import * as z from 'zod';
import { AwsError, type Call, type Need } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import type { Delivery } from './delivery.ts';

export interface Topic {
  TopicArn: string;
  Attributes: Record<string, string>;
  Tags: Record<string, string>;
}

export interface Subscription {
  SubscriptionArn: string;
  TopicArn: string;
  Protocol: 'lambda' | 'email' | 'sqs';
  Endpoint: string;
  /** A queue gets the message alone, without the envelope. */
  Raw?: boolean;
  /** An address nobody confirmed: nobody can here, so its messages go to the runtime's log. */
  Pending: boolean;
}

export interface MessageAttribute {
  DataType: string;
  StringValue?: string | undefined;
  /** Base64. */
  BinaryValue?: string | undefined;
}

/** How far the delivery of a message to one subscription has come. */
export interface Receipt {
  SubscriptionArn: string;
  Protocol: Subscription['Protocol'];
  Endpoint: string;
  Raw?: boolean | undefined;
  Status: 'waiting' | 'delivered' | 'logged' | 'failed';
  /** Why it failed. */
  Reason?: string;
}

/** A published message; the last 1,000 are kept. */
export interface Message {
  MessageId: string;
  TopicArn: string;
  Subject?: string | undefined;
  /** By protocol; `default` is what protocols without one of their own get. */
  Messages: Record<string, string>;
  MessageAttributes: Record<string, MessageAttribute>;
  /** ISO 8601 */
  Timestamp: string;
  Receipts: Receipt[];
}

export interface SnsState {
  topics: Table<Topic>;
  subscriptions: Table<Subscription>;
  messages: Table<Message>;
  delivery: Delivery;
}

export const tagsMember = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));

/** One permission on the topic an ARN names. */
export const onTopic =
  (action: string) =>
  ({ TopicArn }: { TopicArn: string }): Need[] => [{ action: `sns:${action}`, resource: TopicArn }];

/** One permission on the topic or subscription an ARN names. */
export const onResource =
  (action: string) =>
  ({ ResourceArn }: { ResourceArn: string }): Need[] => [{ action: `sns:${action}`, resource: ResourceArn }];

export const invalidParameter = (what: string): AwsError =>
  new AwsError('InvalidParameter', `Invalid parameter: ${what}`);

/** Throws NotFound. */
export const topicOf = ({ state }: Call<SnsState>, topicArn: string): Topic => {
  const topic = state.topics.get(topicArn);
  if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
  return topic;
};

/** The attributes of a topic that can be set. The policy is kept and not evaluated: callers need the permission in their role. */
export const topicAttributes = z.strictObject({
  DisplayName: z.string().max(100).optional(),
  Policy: z.string().optional(),
});

const pageSize = 100;

/** A page of up to 100, and the token of the next one. Throws InvalidParameter. */
export const pageOf = <Item>(
  items: readonly Item[],
  token: string | undefined,
): { page: Item[]; next: { NextToken?: string } } => {
  const from = token === undefined || token === '' ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw invalidParameter('NextToken');
  const end = from + pageSize;
  return { page: items.slice(from, end), next: end < items.length ? { NextToken: String(end) } : {} };
};

/** A subscription as the list operations show it. */
export const listedSubscription = (accountId: string) => (it: Subscription) => ({
  SubscriptionArn: it.Pending ? 'PendingConfirmation' : it.SubscriptionArn,
  Owner: accountId,
  Protocol: it.Protocol,
  Endpoint: it.Endpoint,
  TopicArn: it.TopicArn,
});
