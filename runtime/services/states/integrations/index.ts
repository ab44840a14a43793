/** Tasks by what they call. A service the runtime lacks fails the task with that service's error, as an unreachable one would. */
import type { World as EngineWorld } from '../../../asl/engine.ts';
import type { Execution, TaskCommand } from '../../../asl/execution.ts';
import type { Outcome } from '../../../asl/engine.ts';
import { isObject, type Json } from '../../../asl/json.ts';
import { readResource, type Resource } from '../../../asl/resource.ts';
import { AwsError, type World } from '../../../operation.ts';
import { machinePrincipal } from '../principal.ts';
import type { StatesState } from '../statesState.ts';
import { item } from './dynamodb.ts';
import { TaskError, type Integration, type TaskCall } from './integration.ts';
import { invoke, invokeDirectly } from './lambda.ts';
import { publish, putEvents, sendMessage } from './messages.ts';
import { assumedPrincipal } from './credentials.ts';
import { jobSync, sagemaker, sagemakerActions, sagemakerJobs } from './sagemaker.ts';
import { sdkCall } from './sdk.ts';
import { optimizedError, sdkError } from './serviceErrors.ts';
import { startExecution, startExecutionSync } from './startExecution.ts';

const optimized: Readonly<Record<string, Integration>> = {
  'lambda:invoke': invoke,
  'states:startExecution': startExecution,
  'sns:publish': publish,
  'sqs:sendMessage': sendMessage,
  'events:putEvents': putEvents,
  'dynamodb:getItem': item,
  'dynamodb:putItem': item,
  'dynamodb:updateItem': item,
  'dynamodb:deleteItem': item,
  ...Object.fromEntries(sagemakerActions.map((action) => [`sagemaker:${action}`, sagemaker])),
};

/** `.sync`: what starts something unless it is under way already, and waits for it. */
const synced: Readonly<Record<string, (call: TaskCall) => Promise<Json | undefined>>> = {
  'states:startExecution': startExecutionSync,
  ...Object.fromEntries(sagemakerJobs.map((action) => [`sagemaker:${action}`, jobSync])),
};

/** Whether the runtime can carry out tasks with this resource. */
export const canPerform = (resource: Resource): boolean => {
  if (resource.kind !== 'service') return true;
  const sdk = resource.type.startsWith('aws-sdk:');
  const called = `${resource.type}:${resource.action}`;
  if (resource.version === 2) return called === 'states:startExecution';
  if (resource.pattern === 'sync') return Object.hasOwn(synced, called);
  return sdk || Object.hasOwn(optimized, called);
};

/** Resources it can, for messages. */
export const performable = [
  ...Object.keys(optimized),
  ...Object.keys(synced).map((called) => `${called}.sync`),
  'states:startExecution.sync:2',
  'aws-sdk:<service>:<operation>',
];

const failure = (call: Pick<TaskCall, 'world'>, resource: Resource, error: unknown): Outcome => {
  const told =
    error instanceof TaskError
      ? error
      : error instanceof AwsError
        ? resource.kind === 'service' && resource.type.startsWith('aws-sdk:')
          ? sdkError(resource.type.slice('aws-sdk:'.length), error, call.world.ids.uuid())
          : optimizedError(
              resource.kind === 'lambda' ? 'lambda' : resource.kind === 'service' ? resource.type : 'states',
              error,
              call.world.ids.uuid(),
            )
        : undefined;
  // What the service itself refused was never submitted; a function that failed, or a child that ended badly, was.
  const unsubmitted =
    error instanceof AwsError && resource.kind === 'service' && resource.pattern !== 'request-response';
  if (told) return { kind: 'failed', error: told.error, cause: told.explanation, ...(unsubmitted && { unsubmitted }) };
  call.world.log('error', 'a task met a fault of the runtime', {
    resource: resource.arn,
    error: error instanceof Error ? error.stack : String(error),
  });
  return { kind: 'failed', error: 'States.TaskFailed', cause: error instanceof Error ? error.message : String(error) };
};

const carryOut = async (call: TaskCall): Promise<Outcome | undefined> => {
  const { resource, task } = call;
  const integration = resource.type.startsWith('aws-sdk:') ? sdkCall : optimized[`${resource.type}:${resource.action}`];
  if (!integration)
    throw new TaskError('States.Runtime', `The resource ${resource.arn} is not supported by this runtime`);
  if (resource.pattern === 'sync') {
    const output = await synced[`${resource.type}:${resource.action}`]?.(call);
    return output === undefined ? undefined : { kind: 'succeeded', output };
  }
  if (resource.pattern === 'request-response') return { kind: 'succeeded', output: await integration(call) };
  // Made before a restart: what is left is to wait for the token.
  return task.submitted === undefined ? { kind: 'submitted', output: await integration(call) } : undefined;
};

/** Carries out the tasks of an engine with the services of the runtime. */
export const performer =
  (world: World, state: StatesState): EngineWorld['perform'] =>
  (task: TaskCommand, execution: Execution, tell, signal) => {
    if (task.mapRun) {
      state.mapRuns.perform(task, execution, tell, signal);
      return;
    }
    const resource = readResource(task.resource);
    if (!resource) return;
    const done = async (): Promise<Outcome | undefined> => {
      const own = machinePrincipal(world, execution.identity, execution.identity.roleArn);
      const principal =
        task.roleArn === undefined ? own : await assumedPrincipal(world, execution.identity, own, task.roleArn);
      if (resource.kind === 'lambda') {
        return { kind: 'succeeded', output: await invokeDirectly(world, principal, resource.arn, task.input) };
      }
      if (resource.kind === 'activity') {
        // A worker that took it before a restart still has its token.
        if (task.worker?.begun || task.token === undefined) return undefined;
        const { id, token, input } = task;
        state.activities.offer(resource.arn, { executionArn: execution.identity.arn, id, token, input, signal });
        return undefined;
      }
      const input = isObject(task.input) ? task.input : {};
      return carryOut({ world, state, task, execution, resource, principal, input, tell, signal });
    };
    done()
      .catch((error: unknown) => failure({ world }, resource, error))
      .then((outcome) => outcome && tell(outcome))
      .catch((error: unknown) => world.log('error', 'the answer of a task was lost', { error: String(error) }));
  };
