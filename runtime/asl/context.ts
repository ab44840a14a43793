/** The Context Object: `$$` in JSONPath, `$states.context` in JSONata. */
import type { Execution, TaskCommand, Thread } from './execution.ts';
import type { JsonObject } from './json.ts';

const iso = (at: number) => new Date(at).toISOString();

/** As of now in a thread; `task` only while the arguments of a task with a token are worked out. */
export const contextOf = (execution: Execution, thread: Thread, task?: Pick<TaskCommand, 'token'>): JsonObject => {
  const { identity } = execution;
  return {
    Execution: {
      Id: identity.arn,
      Input: execution.input,
      StartTime: iso(execution.startedAt),
      Name: identity.name,
      RoleArn: identity.roleArn,
      RedriveCount: 0,
    },
    StateMachine: { Id: identity.machineArn, Name: identity.machineName },
    State: {
      Name: thread.state,
      EnteredTime: iso(thread.entered.at),
      ...(thread.retries.length > 0 && { RetryCount: thread.retries.reduce((a, b) => a + b, 0) }),
    },
    ...itemOf(execution, thread),
    ...(task?.token !== undefined && { Task: { Token: task.token } }),
  };
};

/** The innermost item around a thread. */
const itemOf = (execution: Execution, thread: Thread): JsonObject => {
  for (let at: Thread | undefined = thread; at; at = at.parent && execution.threads[at.parent.thread]) {
    if (at.item) return { Map: { Item: at.item } };
  }
  return {};
};
