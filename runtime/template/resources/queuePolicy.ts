import * as z from 'zod';
import type { Deployment, Made } from '../resource.ts';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

const setPolicy = (call: Deployment['call'], QueueUrl: string, Policy: string) =>
  call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });

const queuesOf = ({ attributes }: Made): string[] => JSON.parse(attributes['Queues'] ?? '[]') as string[];

/** AWS::SQS::QueuePolicy */
export const queuePolicy = resourceType({
  properties: z.strictObject({ Queues: z.array(z.string()).min(1), PolicyDocument: z.unknown() }),
  async apply({ Queues, PolicyDocument }, { call, previous, defaultName }) {
    for (const url of Queues) await setPolicy(call, url, JSON.stringify(PolicyDocument));
    const left = previous ? queuesOf(previous).filter((url) => !Queues.includes(url)) : [];
    for (const url of left) await unlessGone(() => setPolicy(call, url, ''));
    const id = previous?.ref ?? defaultName(80);
    return { ref: id, attributes: { Id: id, Queues: JSON.stringify(Queues) } };
  },
  async remove(made, { call }) {
    for (const url of queuesOf(made)) await unlessGone(() => setPolicy(call, url, ''));
  },
});
