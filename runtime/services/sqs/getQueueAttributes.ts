import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { sqsError } from './errors.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';
import { attributeNames, shownAttributes } from './queueAttributes.ts';

/** The attributes asked for; none where none is. */
export const getQueueAttributes = operation({
  input: z.strictObject({ QueueUrl: queueUrl, AttributeNames: z.array(z.string()).default([]) }),
  needs: onQueue('GetQueueAttributes'),
  run({ QueueUrl, AttributeNames }, call: Call<SqsState>) {
    const queue = queueOf(call, QueueUrl);
    const unknown = AttributeNames.find((name) => !attributeNames.includes(name));
    if (unknown !== undefined) throw sqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
    const all = AttributeNames.includes('All');
    const shown = Object.entries(shownAttributes(queue, call)).filter(([name]) => all || AttributeNames.includes(name));
    return shown.length > 0 ? { Attributes: Object.fromEntries(shown) } : {};
  },
});
