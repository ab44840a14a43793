/**
 * Activities and the tasks that wait for a worker. The line of an activity is kept in memory: after a restart the engine asks
 * for its open tasks again, and so puts them back in line.
 */
import { AwsError, type World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import type { Json } from '../../asl/json.ts';
import { checkArn } from './names.ts';

export interface ActivityRecord {
  arn: string;
  name: string;
  /** Epoch milliseconds. */
  created: number;
  tags: Record<string, string>;
}

/** A task in line. */
export interface WaitingTask {
  executionArn: string;
  id: number;
  token: string;
  input: Json;
  /** Aborted when nobody waits for the task any more. */
  signal: AbortSignal;
}

/** How long (ms) a worker's question may stay open. */
const pollTime = 60_000;
/** How many workers may wait for one activity. */
const mostWorkers = 1_000;

export interface Activities {
  records: Table<ActivityRecord>;
  /** Throws InvalidArn or ActivityDoesNotExist. */
  find(arn: string): ActivityRecord;
  /** Puts a task in line, or gives it to the worker that has waited longest. */
  offer(activityArn: string, task: WaitingTask): void;
  /** The next task, or undefined when none came in 60 seconds. Throws ActivityWorkerLimitExceeded. */
  take(activityArn: string): Promise<WaitingTask | undefined>;
  /** Sends every waiting worker away. */
  close(): void;
}

interface Line {
  tasks: WaitingTask[];
  workers: ((task: WaitingTask | undefined) => void)[];
}

/** The table behind it: `states.activities` by ARN. */
export const openActivities = (world: World): Activities => {
  const records = world.store.table<ActivityRecord>('states.activities');
  const lines = new Map<string, Line>();
  const lineOf = (arn: string) => {
    const line = lines.get(arn) ?? { tasks: [], workers: [] };
    lines.set(arn, line);
    return line;
  };
  return {
    records,
    find(arn) {
      const record = records.get(checkArn(arn, 'activity'));
      if (!record) throw new AwsError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`);
      return record;
    },
    offer(activityArn, task) {
      const line = lineOf(activityArn);
      const worker = line.workers.shift();
      if (worker) worker(task);
      else line.tasks.push(task);
    },
    async take(activityArn) {
      const line = lineOf(activityArn);
      for (let task = line.tasks.shift(); task; task = line.tasks.shift()) if (!task.signal.aborted) return task;
      if (line.workers.length >= mostWorkers)
        throw new AwsError(
          'ActivityWorkerLimitExceeded',
          `At most ${mostWorkers} workers can wait for '${activityArn}'`,
        );
      return new Promise((resolve) => {
        const worker = (task: WaitingTask | undefined) => {
          cancel();
          resolve(task);
        };
        const cancel = world.clock.alarm(world.clock.now() + pollTime, () => {
          line.workers.splice(line.workers.indexOf(worker), 1);
          resolve(undefined);
        });
        line.workers.push(worker);
      });
    },
    close() {
      for (const { workers } of lines.values()) for (const worker of workers.splice(0)) worker(undefined);
    },
  };
};
