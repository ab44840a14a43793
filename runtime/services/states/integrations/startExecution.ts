/**
 * `states:startExecution`, also `.sync` and `.sync:2`. A task that is asked for again after a crash finds the execution it had
 * started: the child remembers which task it belongs to, so that only a stranger's execution of that name is a conflict.
 */
import { createHash } from 'node:crypto';
import { isObject, shown, type Json, type JsonObject } from '../../../asl/json.ts';
import { reached } from '../../../crashPoints.ts';
import { AwsError } from '../../../operation.ts';
import { describedExecution } from '../describedExecution.ts';
import { executionArn } from '../names.ts';
import { redrivableOf } from '../redrives.ts';
import { optimizedError } from './serviceErrors.ts';
import { TaskError, withMetadata, type Integration, type TaskCall } from './integration.ts';

/** The same for the same task of the same execution. */
const ownName = ({ execution, task }: TaskCall) => {
  const hex = createHash('sha256').update(`${execution.random.seed} child ${task.id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** Who started a child: written in its journal. */
const claimOf = ({ execution, task }: TaskCall) => `${execution.identity.arn} ${task.id}`;

const inputText = (input: Json | undefined) =>
  input === undefined || input === null ? '{}' : typeof input === 'string' ? input : JSON.stringify(input);

const machineNameOf = (arn: string) => arn.split(':')[6] ?? '';

interface Started {
  executionArn: string;
  startDate: number;
}

const start = async (call: TaskCall): Promise<Started> => {
  const { world, state, principal, input } = call;
  const { StateMachineArn, Name, Input, TraceHeader } = input;
  const name = typeof Name === 'string' ? Name : ownName(call);
  const arn = executionArn(world, machineNameOf(shown(StateMachineArn)), name);
  const claim = claimOf(call);
  state.claims.set(arn, claim);
  try {
    return (await world.call(principal, 'states', 'StartExecution', {
      ...(StateMachineArn !== undefined && { stateMachineArn: StateMachineArn }),
      name,
      input: inputText(Input),
      ...(TraceHeader !== undefined && { traceHeader: TraceHeader }),
    })) as Started;
  } catch (error) {
    const child = state.executions.summaries.get(arn);
    const ours = error instanceof AwsError && error.code === 'ExecutionAlreadyExists' && child?.startedBy === claim;
    if (!ours) throw error;
    return { executionArn: arn, startDate: child.startedAt / 1000 };
  } finally {
    state.claims.delete(arn);
  }
};

export const startExecution: Integration = async (call) => {
  const { executionArn: arn, startDate } = await start(call);
  reached('child.started');
  return withMetadata(call.world, { ExecutionArn: arn, StartDate: Math.round(startDate * 1000) });
};

const parsed = (text: string | undefined): Json | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as Json);

/** What a `.sync` task sees of the child that ended. Throws TaskError when it did not succeed. */
const outcomeOf = async ({ world, state, principal, resource }: TaskCall, arn: string): Promise<Json> => {
  // As on AWS the machine's role must be allowed to look at the execution it waits for.
  await world.call(principal, 'states', 'DescribeExecution', { executionArn: arn });
  const summary = state.executions.summaries.get(arn);
  if (!summary) throw new TaskError('States.TaskFailed', `The execution ${arn} does not exist`);
  const { input, output, error, cause } = await describedExecution(state.executions, summary);
  const json = resource.version === 2;
  const { redriveStatus, redriveStatusReason } = redrivableOf(summary, world.clock.now());
  const told: JsonObject = {
    ExecutionArn: arn,
    Input: json ? (parsed(input) ?? null) : input,
    InputDetails: { Included: true },
    Name: summary.identity.name,
    ...(output !== undefined && {
      Output: json ? (parsed(output) ?? null) : output,
      OutputDetails: { Included: true },
    }),
    RedriveCount: summary.redrives.length,
    RedriveStatus: redriveStatus,
    ...(redriveStatusReason !== undefined && { RedriveStatusReason: redriveStatusReason }),
    StartDate: summary.startedAt,
    StateMachineArn: summary.identity.machineArn,
    Status: summary.status,
    StopDate: summary.stoppedAt ?? 0,
    ...(error !== undefined && { Error: error }),
    ...(cause !== undefined && { Cause: cause }),
  };
  if (summary.status === 'SUCCEEDED') return told;
  throw new TaskError('States.TaskFailed', JSON.stringify(told));
};

/** Waits for the child to end; gives up, and stops it, when nobody waits for the task any more. */
const ended = ({ world, state, principal, signal }: TaskCall, arn: string) =>
  new Promise<boolean>((resolve) => {
    const forget = state.onClosed(arn, () => resolve(true));
    const stop = () => {
      forget();
      resolve(false);
      world
        .call(principal, 'states', 'StopExecution', { executionArn: arn })
        .catch((error: unknown) =>
          world.log('warn', 'a child execution could not be stopped', { arn, error: String(error) }),
        );
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/** Starts the child unless that was done before a restart, then waits for it. */
export const startExecutionSync = async (call: TaskCall): Promise<Json | undefined> => {
  const { task } = call;
  let submitted = task.submitted;
  if (submitted === undefined) {
    submitted = await startExecution(call);
    call.tell({ kind: 'submitted', output: submitted });
  }
  const arn = isObject(submitted) ? shown(submitted['ExecutionArn']) : '';
  if (!(await ended(call, arn))) return undefined;
  try {
    return await outcomeOf(call, arn);
  } catch (error) {
    throw error instanceof AwsError ? optimizedError('states', error, call.world.ids.uuid()) : error;
  }
};
