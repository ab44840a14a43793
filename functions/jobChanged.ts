/** Hears SageMaker's state-change events and wakes whoever waits for the job; jobs nobody waits for are not ours. */
import * as z from 'zod';
import { define } from './lib/define.ts';
import { settle, type JobKind } from './lib/jobs.ts';

const names: readonly { member: string; kind: JobKind }[] = [
  { member: 'TrainingJobName', kind: 'training' },
  { member: 'TransformJobName', kind: 'transform' },
  { member: 'EndpointName', kind: 'endpoint' },
];

export const handler = define({
  input: z.object({ source: z.literal('aws.sagemaker'), detail: z.record(z.string(), z.unknown()) }),
  async run({ detail }) {
    // The event only says that something changed: delivery may repeat or reorder, so the state is read again.
    for (const { member, kind } of names) {
      const name = detail[member];
      if (typeof name === 'string') return { settled: await settle(kind, name) };
    }
    return { settled: false };
  },
});
