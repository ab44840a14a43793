/** Branches and iterations: threads inside the thread of a Parallel or Map state. */
import type { Thread } from './execution.ts';
import { write } from './history.ts';
import type { Json, JsonObject } from './json.ts';
import { blockAt } from './machine.ts';
import { cancelCommands, type Run } from './run.ts';

interface Child {
  index: number;
  scope: string;
  input: Json;
  /** The event its first one follows. */
  follows: number;
  item?: JsonObject;
}

/** Makes a child thread; it walks when the events before it are done with. */
export const startChild = (run: Run, parent: Thread, { index, scope, input, follows, item }: Child) => {
  const { execution } = run;
  const id = execution.nextThread++;
  execution.threads[id] = {
    id,
    parent: { thread: parent.id, index },
    scope,
    state: blockAt(run.machine, scope).startAt,
    input,
    entered: { at: run.now, event: 0, previous: follows },
    last: follows,
    variables: {},
    retries: [],
    item,
    gathering: undefined,
  };
  if (parent.gathering) parent.gathering.running[index] = id;
  run.ready.push(id);
};

const aborts = new Set(['Task', 'Wait', 'Map', 'Parallel']);

/** Ends a thread and everything inside it, without asking it. `type` names the abort event of its state, if it has one. */
export const abandon = (run: Run, thread: Thread, stateTypeOf: (thread: Thread) => string) => {
  for (const id of Object.values(thread.gathering?.running ?? {})) {
    const child = run.execution.threads[id];
    if (child) abandon(run, child, stateTypeOf);
  }
  cancelCommands(run, thread);
  delete run.execution.threads[thread.id];
  const type = stateTypeOf(thread);
  if (aborts.has(type)) write(run, thread.last, `${type}StateAborted`);
};
