/**
 * What the core keeps of an execution, what it is told and what it asks for. All of it is plain JSON: an execution can be
 * rebuilt from its events anywhere, at any time.
 */
import type { Json, JsonObject } from './json.ts';
import type { MapRunOrder } from './mapRun/order.ts';
import type { RandomState } from './random.ts';

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** Who and what an execution is; fixed when it starts. */
export interface Identity {
  arn: string;
  name: string;
  machineArn: string;
  machineName: string;
  roleArn: string;
  accountId: string;
  region: string;
  type: 'STANDARD' | 'EXPRESS';
}

/** One line of states being walked: the execution itself (0), a branch of a Parallel state, an item of a Map state. */
export interface Thread {
  id: number;
  parent: { thread: number; index: number } | undefined;
  /** Where its states stand in the definition; see machine.ts. */
  scope: string;
  state: string;
  input: Json;
  /** When and as which event the state was entered, and what its event followed. */
  entered: { at: number; event: number; previous: number };
  /** The event the next one follows. */
  last: number;
  variables: JsonObject;
  /** How often each retrier of the state has retried. */
  retries: number[];
  /** Context object: Map.Item. */
  item: JsonObject | undefined;
  /** What a Parallel or Map state keeps until its children are done. */
  gathering: Gathering | undefined;
  /** The run of a distributed Map state that has not ended well: what a redrive goes on with. */
  mapRun?: MapRunOrder | undefined;
}

/** A Parallel or Map state under way. */
export interface Gathering {
  /** MapStateStarted or ParallelStateStarted, which the first events of the children follow. */
  started: number;
  results: (Json | undefined)[];
  /** Children that are walking, by index. */
  running: Record<number, number>;
  next: number;
  done: number;
  failed: number;
  /** Of a Map state; branches have none. */
  items: Json[] | undefined;
  atOnce: number;
  /** Undefined: the first failure fails the state. */
  tolerated: { count: number | undefined; percentage: number | undefined } | undefined;
}

/** What the world is asked to do; answered by an event with the same id. */
export type Command = { kind: 'alarm'; id: number; thread: number; at: number } | LookCommand | TaskCommand;

/** Whether an activity exists: AWS looks when the task is due, and writes no Scheduled event of one that does not. */
export interface LookCommand {
  kind: 'look';
  id: number;
  thread: number;
  resource: string;
}

/** A task to be carried out. `id` is that of its Scheduled event, so that it is the same again after a crash. */
export interface TaskCommand {
  kind: 'task';
  id: number;
  thread: number;
  state: string;
  /** As in the definition: `arn:aws:states:::lambda:invoke`. */
  resource: string;
  input: Json;
  /** Set for `.waitForTaskToken`, `.sync` and activities: who holds it may end the task. */
  token: string | undefined;
  /** Epoch milliseconds after which the task has failed with States.Timeout. */
  deadline: number | undefined;
  heartbeatSeconds: number | undefined;
  /** Of an activity: its time begins when a worker takes it. */
  worker?: { begun: boolean; timeoutSeconds: number | undefined };
  /** What the first call of a task that goes on afterwards answered; it has been made and must not be made again. */
  submitted?: Json;
  /** The role of the task's Credentials. */
  roleArn: string | undefined;
  /** Set when the task is the run of a distributed Map state. */
  mapRun?: MapRunOrder;
}

/** What happens to an execution, in the order it is journalled. `at` is epoch milliseconds: the core knows no other clock. */
export type EngineEvent = { at: number } & (
  | { kind: 'started'; seed: string; input: Json }
  | { kind: 'found'; id: number; exists: boolean }
  | { kind: 'begun'; id: number; workerName?: string | undefined }
  | { kind: 'submitted'; id: number; output: Json }
  | { kind: 'succeeded'; id: number; output: Json }
  | {
      kind: 'failed';
      id: number;
      error?: string | undefined;
      cause?: string | undefined;
      unsubmitted?: boolean | undefined;
    }
  | { kind: 'timedOut'; id: number; alias?: string | undefined }
  | { kind: 'rang'; id: number }
  | { kind: 'stopped'; error?: string | undefined; cause?: string | undefined }
  /** `token` is the client's, by which it is known again. */
  | { kind: 'redriven'; token?: string | undefined }
);

export interface Execution {
  identity: Identity;
  status: Status;
  input: Json;
  startedAt: number;
  stoppedAt: number | undefined;
  output: Json | undefined;
  error: string | undefined;
  cause: string | undefined;
  events: number;
  threads: Record<number, Thread>;
  nextThread: number;
  /** Commands without an answer; what has to be issued again after a crash. */
  pending: Record<number, Command>;
  random: RandomState;
  /** How often it was redriven, and when last (epoch ms). */
  redriven?: { count: number; at: number } | undefined;
  /** The threads as they were when it failed; kept only while it is rebuilt to be redriven. */
  remains?: Record<number, Thread> | undefined;
}

/** What one event brought about, besides its history. */
export interface Turn {
  /** New since the event; also in `pending`. */
  commands: Command[];
  /** Commands nobody waits for any more. */
  cancelled: number[];
}
