/** Follows a run through the histories of its executions: what a console would show, from the API that tools use. */
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { setTimeout as wait } from 'node:timers/promises';

export interface Step {
  /** Which execution: `train` or a child's own name. */
  of: string;
  state: string;
  /** Milliseconds in the state; for every state but those that wait for others it is the work's time. */
  took: number;
}

export interface Followed {
  status: string;
  error?: string;
  cause?: string;
  /** States entered, in all executions of the run. */
  transitions: number;
  /** Milliseconds from the start of the run to its end. */
  took: number;
}

export interface FollowOptions {
  sfn: SFNClient;
  executionArn: string;
  onStep: (step: Step) => Promise<void>;
  /** What is under way now, by execution. */
  onPulse?: (active: readonly string[]) => void;
  signal?: AbortSignal;
}

const pollMs = 250;
const ended = (status: string | undefined) =>
  status !== undefined && status !== 'RUNNING' && status !== 'PENDING_REDRIVE';

/** Reports each state as it is left, in the run and its child executions, until the run has ended. */
export const follow = async ({ sfn, executionArn, onStep, onPulse, signal }: FollowOptions): Promise<Followed> => {
  const watched = new Map<string, Watched>([[executionArn, newWatch(executionArn, 'train')]]);
  for (;;) {
    signal?.throwIfAborted();
    const run = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    for (const watch of watched.values()) {
      for (const event of await newEvents(sfn, watch)) {
        const step = read(watch, event);
        if (step) await onStep(step);
        const child = childOf(event);
        if (child && !watched.has(child)) watched.set(child, newWatch(child, nameOf(child)));
      }
    }
    if (ended(run.status)) {
      const stop = run.stopDate?.getTime() ?? 0;
      const start = run.startDate?.getTime() ?? 0;
      return {
        status: run.status ?? '',
        transitions: [...watched.values()].reduce((sum, { transitions }) => sum + transitions, 0),
        took: stop - start,
        ...(run.error !== undefined && { error: run.error }),
        ...(run.cause !== undefined && { cause: run.cause }),
      };
    }
    onPulse?.(
      [...watched.values()].filter(({ current }) => current !== '').map(({ of, current }) => `${of}: ${current}`),
    );
    await wait(pollMs, undefined, signal ? { signal } : {});
  }
};

interface Watched {
  arn: string;
  of: string;
  seen: number;
  transitions: number;
  current: string;
  /** When each state that is under way was entered, epoch ms. */
  entered: Map<string, number>;
  done: boolean;
}

const newWatch = (arn: string, of: string): Watched => ({
  arn,
  of,
  seen: 0,
  transitions: 0,
  current: '',
  entered: new Map(),
  done: false,
});

const nameOf = (arn: string) => arn.split(':').at(-1) ?? arn;

const newEvents = async (sfn: SFNClient, watch: Watched): Promise<HistoryEvent[]> => {
  if (watch.done) return [];
  const fresh: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn: watch.arn, maxResults: 1000, nextToken, reverseOrder: true }),
    );
    // Newest first: whatever lies behind what has been seen needs not be fetched again.
    const unseen = (page.events ?? []).filter(({ id = 0 }) => id > watch.seen);
    fresh.push(...unseen);
    nextToken = unseen.length === page.events?.length ? page.nextToken : undefined;
  } while (nextToken);
  watch.seen = fresh[0]?.id ?? watch.seen;
  return fresh.reverse();
};

/** Takes note of an event; the step that it ended, if it ended one. */
const read = (watch: Watched, event: HistoryEvent): Step | undefined => {
  const at = event.timestamp?.getTime() ?? 0;
  const entered = event.stateEnteredEventDetails?.name;
  if (entered) {
    watch.transitions++;
    watch.current = entered;
    watch.entered.set(entered, at);
  }
  const left = event.stateExitedEventDetails?.name;
  if (event.type?.startsWith('Execution') && event.type !== 'ExecutionStarted') {
    watch.done = true;
    watch.current = '';
  }
  return left === undefined ? undefined : { of: watch.of, state: left, took: at - (watch.entered.get(left) ?? at) };
};

/** The execution that a startExecution task has started, once it is submitted. */
const childOf = ({ taskSubmittedEventDetails: task }: HistoryEvent): string | undefined => {
  if (task?.resourceType !== 'states' || !task.output) return undefined;
  const { ExecutionArn } = JSON.parse(task.output) as { ExecutionArn?: string };
  return ExecutionArn;
};
