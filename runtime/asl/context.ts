/** The Context Object: `$$` in JSONPath, `$states.context` in JSONata. */
import type { Execution, Thread } from './execution.ts';
import type { JsonObject } from './json.ts';
import { stateAt } from './machine.ts';
import type { Run } from './run.ts';

const iso = (at: number) => new Date(at).toISOString();

/** As of now in a thread; `token` is seen only while the arguments of a task that waits for it are worked out. */
export const contextOf = (
  { execution, machine, trial }: Pick<Run, 'execution' | 'machine' | 'trial'>,
  thread: Thread,
  token?: string,
): JsonObject => {
  if (trial) return trial.context;
  const { identity } = execution;
  const retries = stateAt(machine, thread)?.['Retry'] !== undefined;
  return {
    Execution: {
      Id: identity.arn,
      Input: execution.input,
      StartTime: iso(execution.startedAt),
      Name: identity.name,
      RoleArn: identity.roleArn,
      RedriveCount: execution.redriven?.count ?? 0,
      ...(execution.redriven && { RedriveTime: iso(execution.redriven.at) }),
    },
    StateMachine: { Id: identity.machineArn, Name: identity.machineName },
    State: {
      Name: thread.state,
      EnteredTime: iso(thread.entered.at),
      ...(retries && { RetryCount: thread.retries.reduce((a, b) => a + b, 0) }),
    },
    ...itemOf(execution, thread),
    ...(token !== undefined && { Task: { Token: token } }),
  };
};

/** The innermost item around a thread. */
const itemOf = (execution: Execution, thread: Thread): JsonObject => {
  for (let at: Thread | undefined = thread; at; at = at.parent && execution.threads[at.parent.thread]) {
    if (at.item) return { Map: { Item: at.item } };
  }
  return {};
};
