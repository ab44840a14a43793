/**
 * Hears that a run's execution ended, however it ended. Stops what still runs, gives the lock back and records the
 * outcome: names are computed, so that nothing has to be remembered for it.
 */
import { StopTrainingJobCommand, StopTransformJobCommand } from '@aws-sdk/client-sagemaker';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import {
  batchJobName,
  candidateExecutionName,
  deployExecutionName,
  keys,
  pipelineOf,
  trainingJobName,
  transformJobName,
  type CandidateId,
} from '../spec/names.ts';
import { planSchema, runId, type Outcome } from '../spec/run.ts';
import { announce } from './lib/announce.ts';
import { isAws } from './lib/awsErrors.ts';
import { readText } from './lib/bucket.ts';
import { sagemaker, sfn } from './lib/clients.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { unlock } from './lib/ledger.ts';

const outcomeOf: Readonly<Record<string, Outcome>> = { FAILED: 'FAILED', ABORTED: 'STOPPED', TIMED_OUT: 'TIMED_OUT' };

export const handler = define({
  input: z.object({
    source: z.literal('aws.states'),
    detail: z.object({
      name: runId,
      status: z.string(),
      error: z.string().nullish(),
      cause: z.string().nullish(),
    }),
  }),
  async run({ detail: { name, status, error, cause } }) {
    const outcome = outcomeOf[status];
    const pipeline = pipelineOf(name);
    if (outcome) await stopEverything(name);
    await unlock(pipeline, name);
    if (outcome) {
      const summary = [error, cause].filter(Boolean).join(': ') || `The execution ended as ${status}.`;
      await announce({ runId: name, pipeline, outcome, summary: summary.slice(0, 8192) });
    }
    return { runId: name, status };
  },
});

/** Executions first, so that none of them submits another job behind our back. */
const stopEverything = async (id: string) => {
  const contenders = await contendersOf(id);
  const prefix = environment('MACHINE_PREFIX').replace(':stateMachine:', ':execution:');
  const executions = [
    ...contenders.map((candidate) => `${prefix}candidate:${candidateExecutionName(id, candidate)}`),
    `${prefix}deployEndpoint:${deployExecutionName(id)}`,
    `${prefix}deployBatch:${deployExecutionName(id)}`,
  ];
  for (const executionArn of executions)
    await unlessGone(() =>
      sfn().send(new StopExecutionCommand({ executionArn, error: 'RunEnded', cause: `The run ${id} has ended.` })),
    );
  for (const candidate of contenders) {
    await unlessGone(() =>
      sagemaker().send(new StopTrainingJobCommand({ TrainingJobName: trainingJobName(id, candidate) })),
    );
    await unlessGone(() =>
      sagemaker().send(new StopTransformJobCommand({ TransformJobName: transformJobName(id, candidate) })),
    );
  }
  await unlessGone(() => sagemaker().send(new StopTransformJobCommand({ TransformJobName: batchJobName(id) })));
};

/** A run that ended before its plan was written has started nothing. */
const contendersOf = async (id: string): Promise<CandidateId[]> => {
  const found = await readText(keys.plan(id));
  return found ? [...planSchema.parse(JSON.parse(found.text)).candidates.map((it) => it.id), 'champion'] : [];
};

/** What never started or has ended already needs no stop. */
const unlessGone = async (stop: () => Promise<unknown>) => {
  try {
    await stop();
  } catch (error) {
    const gone =
      isAws(error, ['ExecutionDoesNotExist', 'ResourceNotFound']) ||
      isAws(error, ['ValidationException'], /not found|could not find|in status|status/i);
    if (!gone) throw error;
  }
};
