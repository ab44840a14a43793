/** Branches and iterations: threads inside the thread of a Parallel or Map state. */
import type { Thread } from './execution.ts';
import { write } from './history.ts';
import type { Json, JsonObject } from './json.ts';
import { blockAt, stateAt } from './machine.ts';
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

/** Ends a thread and everything inside it, without asking it; the events of it follow the one that was the reason. */
export const abandon = (run: Run, thread: Thread, reason: number) => {
  const { execution, machine } = run;
  const outer = thread.parent && execution.threads[thread.parent.thread];
  delete execution.threads[thread.id];
  cancelCommands(run, thread);
  if (outer && thread.parent && stateAt(machine, outer)?.Type === 'Map' && outer.gathering)
    write(run, reason, 'MapIterationAborted', { name: outer.state, index: thread.parent.index });
  abandonChildren(run, thread, reason);
  const type = stateAt(machine, thread)?.Type ?? '';
  if (aborts.has(type)) write(run, reason, `${type}StateAborted`);
};

/** Ends what a state still has running inside it. */
export const abandonChildren = (run: Run, { gathering }: Thread, reason: number) => {
  for (const [index, id] of Object.entries(gathering?.running ?? {})) {
    const child = run.execution.threads[id];
    if (child) abandon(run, child, reason);
    delete gathering?.running[Number(index)];
  }
};
