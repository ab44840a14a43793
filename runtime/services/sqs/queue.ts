/** Queues: what is kept of them and how operations find them. */
import * as z from 'zod';
import type { Table } from '../../journal/store.ts';
import { parsePolicy, type Statement } from '../../iam/policy.ts';
import type { Call, Need, World } from '../../operation.ts';
import type { Backlog } from './backlog.ts';
import type { Deduplication } from './deduplication.ts';
import { sqsError } from './errors.ts';

export interface Queue {
  /** Tells a queue from an earlier one of its name. */
  id: string;
  name: string;
  /** Those that were given, as texts; the rest are defaults. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
  /** Epoch seconds. */
  created: number;
  modified: number;
  /** Epoch ms of the last purge. */
  purged?: number;
}

export interface SqsState {
  /** By name. */
  queues: Table<Queue>;
  backlog: Backlog;
  deduplication: Deduplication;
}

export const queueUrl = z.string().min(1);

const ending = /\/(\d{12})\/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)$/;

/** The name at the end of a URL of this account, whatever port the runtime listened on when it was made. */
const nameIn = (world: World, url: string): string | undefined => {
  const [, account, name] = ending.exec(url) ?? [];
  return account === world.accountId ? name : undefined;
};

export const arnOf = ({ partition, region, accountId }: World, name: string): string =>
  `arn:${partition}:sqs:${region}:${accountId}:${name}`;

export const urlOf = ({ endpoint, accountId }: World, name: string): string => `${endpoint}/${accountId}/${name}`;

export const noSuchQueue = () => sqsError('QueueDoesNotExist', 'The specified queue does not exist.');

/** Throws QueueDoesNotExist. */
export const queueOf = ({ state, world }: Call<SqsState>, url: string): Queue => {
  const queue = state.queues.get(nameIn(world, url) ?? '');
  if (!queue) throw noSuchQueue();
  return queue;
};

/** Keeps a changed queue; resolves when it is durable. */
export const changeQueue = async ({ state, world }: Call<SqsState>, queue: Queue): Promise<void> => {
  state.queues.set(queue.name, { ...queue, modified: Math.floor(world.clock.now() / 1000) });
  await world.store.flushed();
};

const parsed = new WeakMap<Queue, readonly Statement[]>();

/** The statements of the queue's policy, parsed once per version of its record. */
const policyOf = (queue: Queue | undefined): readonly Statement[] => {
  if (!queue) return [];
  let statements = parsed.get(queue);
  if (!statements) {
    const text = queue.attributes['Policy'];
    parsed.set(queue, (statements = text === undefined ? [] : parsePolicy(text, 'resource')));
  }
  return statements;
};

/** One permission on the queue a URL names, which its own policy may give too. */
export const onQueue =
  (action: string) =>
  ({ QueueUrl }: { QueueUrl: string }, { world, state }: Call<SqsState>): Need[] => {
    const name = nameIn(world, QueueUrl);
    const resource = name === undefined ? QueueUrl : arnOf(world, name);
    return [{ action: `sqs:${action}`, resource, resourcePolicy: policyOf(state.queues.get(name ?? '')) }];
  };

export const isFifo = ({ name }: Pick<Queue, 'name'>): boolean => name.endsWith('.fifo');
