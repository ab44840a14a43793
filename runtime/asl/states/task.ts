/**
 * A task is scheduled by the core and carried out by the world: Scheduled and Started are written at once, the command follows
 * when both are safe, and its answer resumes the state.
 */
import { contextOf } from '../context.ts';
import { queryError, runtimeError, StatesError, tooLarge } from '../errors.ts';
import { effectiveInput, exitWith, fill, pathField, rootsOf, selectPath, usesJsonata } from '../fields.ts';
import { fillPaths } from '../template.ts';
import { record } from '../history.ts';
import { isObject, shown, withinPayloadLimit, type Json, type JsonObject } from '../json.ts';
import { checkType } from '../jsonata/evaluate.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import { readResource, type Resource } from '../resource.ts';
import { issue, type Run, type StateKind } from '../run.ts';
import type { Thread } from '../execution.ts';
import { tokenFor } from '../token.ts';

const longestSeconds = 99_999_999;

/** TimeoutSeconds or HeartbeatSeconds. */
function* secondsOf(
  run: Run,
  thread: Thread,
  state: StateDefinition,
  field: 'TimeoutSeconds' | 'HeartbeatSeconds',
): Later<number | undefined> {
  const path = state[`${field}Path`];
  if (typeof path === 'string') {
    const roots = rootsOf(run, thread, selectPath(state['InputPath'], rootsOf(run, thread, thread.input)));
    const value = pathField(path, roots);
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= longestSeconds) return value;
    throw runtimeError(
      `The ${field}Path parameter does not reference a positive integer value: ${path} == ${JSON.stringify(value)}`,
    );
  }
  const written = state[field];
  if (written === undefined) return undefined;
  if (!usesJsonata(run, state)) return typeof written === 'number' ? written : undefined;
  const value = yield* fill(run, thread, written, field);
  checkType(written, field, value, 'number');
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw queryError(`The ${field} field cannot be parsed as an integer: ${JSON.stringify(value)}`, field);
  if (value < 0 || value > longestSeconds)
    throw queryError(`${field} must be between 0 and ${longestSeconds} but was: ${value}`, field);
  return value;
}

/** Credentials.RoleArn: whom the call is made as, when not the machine's own role. */
function* credentialsOf(run: Run, thread: Thread, state: StateDefinition): Later<string | undefined> {
  if (state['Credentials'] === undefined) return undefined;
  const values = usesJsonata(run, state)
    ? yield* fill(run, thread, state['Credentials'], 'Credentials')
    : fillPaths(state['Credentials'], rootsOf(run, thread, thread.input), run.execution.random);
  return isObject(values) && typeof values['RoleArn'] === 'string' ? values['RoleArn'] : undefined;
}

/** Events of a task are named after what kind of resource it has. */
const eventNames = (resource: Resource) =>
  resource.kind === 'lambda' ? 'LambdaFunction' : resource.kind === 'activity' ? 'Activity' : 'Task';

const about = (resource: Resource): JsonObject =>
  resource.kind === 'service' ? { resourceType: resource.type, resource: resource.name } : {};

const resourceOf = (state: StateDefinition): Resource => {
  const resource = readResource(shown(state['Resource']));
  if (!resource) throw runtimeError(`The resource '${shown(state['Resource'])}' is not one a Task state can call.`);
  return resource;
};

/** Evaluates the input, writes Scheduled and issues the call. */
function* schedule(run: Run, thread: Thread, state: StateDefinition, resource: Resource): Later<undefined> {
  const { execution } = run;
  const waits =
    resource.kind === 'activity' || (resource.kind === 'service' && resource.pattern !== 'request-response');
  const id = execution.events + 1;
  const token = waits ? tokenFor(execution, id) : undefined;
  const seesToken = resource.kind === 'service' && resource.pattern === 'waitForTaskToken';
  const context = contextOf(run, thread, seesToken ? token : undefined);
  const input = usesJsonata(run, state)
    ? state['Arguments'] === undefined
      ? thread.input
      : yield* fill(run, thread, state['Arguments'], 'Arguments', { context })
    : effectiveInput(run, thread, state, context);
  if (!withinPayloadLimit(input)) throw tooLarge(thread.state);
  const timeoutSeconds = yield* secondsOf(run, thread, state, 'TimeoutSeconds');
  const heartbeatSeconds = yield* secondsOf(run, thread, state, 'HeartbeatSeconds');
  const roleArn = yield* credentialsOf(run, thread, state);
  const limits = {
    ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
    ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
    ...(roleArn !== undefined && { taskCredentials: { roleArn } }),
  };
  const call =
    resource.kind === 'service'
      ? { region: execution.identity.region, parameters: input }
      : { resource: resource.arn, input };
  record(run, thread, `${eventNames(resource)}Scheduled`, { ...about(resource), ...call, ...limits });
  if (resource.kind !== 'activity')
    record(run, thread, `${eventNames(resource)}Started`, resource.kind === 'service' ? about(resource) : undefined);
  issue(run, {
    kind: 'task',
    id,
    thread: thread.id,
    state: thread.state,
    resource: resource.arn,
    input,
    token,
    ...(resource.kind === 'activity'
      ? { deadline: undefined, worker: { begun: false, timeoutSeconds } }
      : { deadline: timeoutSeconds === undefined ? undefined : run.now + timeoutSeconds * 1000 }),
    heartbeatSeconds,
    roleArn,
  });
  return undefined;
}

export const task: StateKind = {
  *begin(run, thread, state) {
    const resource = resourceOf(state);
    if (resource.kind !== 'activity') return yield* schedule(run, thread, state, resource);
    issue(run, { kind: 'look', id: -(thread.id + 1), thread: thread.id, resource: resource.arn });
    return undefined;
  },

  *resume(run, thread, state, answer) {
    const resource = resourceOf(state);
    const name = eventNames(resource);
    const failed = (kind: 'Failed' | 'SubmitFailed' | 'TimedOut', error: StatesError): never => {
      record(run, thread, `${name}${kind}`, {
        ...about(resource),
        ...(error.error !== undefined && { error: error.error }),
        ...(error.explanation !== undefined && { cause: error.explanation }),
      });
      throw error;
    };
    if (answer.kind === 'found') {
      if (!answer.exists) throw runtimeError(`The activity ${resource.arn} does not exist.`);
      return yield* schedule(run, thread, state, resource);
    }
    if (answer.kind === 'begun') {
      record(run, thread, 'ActivityStarted', answer.workerName === undefined ? {} : { workerName: answer.workerName });
      return undefined;
    }
    if (answer.kind === 'timedOut')
      return failed('TimedOut', new StatesError('States.Timeout', undefined, { alias: answer.alias }));
    if (answer.kind === 'failed')
      return failed(answer.unsubmitted ? 'SubmitFailed' : 'Failed', new StatesError(answer.error, answer.cause));
    if (answer.kind !== 'succeeded' && answer.kind !== 'submitted')
      throw new Error(`A task is not answered by '${answer.kind}'`);
    const output: Json = answer.output;
    if (!withinPayloadLimit(output))
      return failed('Failed', tooLarge(resource.kind === 'service' ? resource.type : resource.arn));
    if (answer.kind === 'submitted') {
      record(run, thread, 'TaskSubmitted', { ...about(resource), output });
      return undefined;
    }
    record(run, thread, `${name}Succeeded`, { ...about(resource), output });
    return yield* exitWith(run, thread, state, output);
  },
};
