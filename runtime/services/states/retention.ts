/**
 * Closed executions are kept for 90 days (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html), then nothing is known of them and
 * their names can be used again. Who may still be asked for one keeps it: a running execution its nested ones, since it asks again after a
 * crash; an execution the children of its map runs, which go with it.
 */
import type { Clock } from '../../clock.ts';
import type { ExecutionLog, Summary } from './executionLog.ts';

/** Milliseconds. */
export const retentionPeriod = 90 * 86_400_000;

/** How long (ms) until it is looked again whether those that are kept beyond their time are still needed. */
const lookAgain = 86_400_000;

/** So many are forgotten in one go. */
const atOnce = 10_000;

export interface Owned {
  /** The execution whose map run this is. */
  ownerOf(mapRunArn: string): string | undefined;
  /** Called for executions that were forgotten. */
  forgotten(arns: ReadonlySet<string>): void;
}

/** Forgets what is due, and from now on whatever becomes due. Returns what ends it. */
export const openRetention = (clock: Clock, executions: ExecutionLog, owned: Owned): (() => void) => {
  /** Closing times and numbers in turn, oldest first. */
  let queue: number[] = [];
  let head = 0;
  /** Those that are due and still needed, in the same form. */
  let needed: number[] = [];
  let cancel: (() => void) | undefined;

  const isNeeded = ({ mapRun, startedBy }: Summary): boolean => {
    if (mapRun) return executions.summaries.has(owned.ownerOf(mapRun.arn) ?? '');
    const parent = startedBy?.slice(0, startedBy.lastIndexOf(' '));
    return parent !== undefined && executions.summaries.get(parent)?.status === 'RUNNING';
  };
  const forget = (at: number, number: number, gone: Set<string>) => {
    // It was redriven since, or is gone.
    if (executions.stoppedAt(number) !== at) return;
    const summary = executions.numbered(number);
    if (!summary) return;
    if (isNeeded(summary)) {
      needed.push(at, number);
      return;
    }
    executions.forget(summary);
    gone.add(summary.identity.arn);
  };
  const arm = () => {
    cancel?.();
    const next = Math.min(
      head < queue.length ? (queue[head] ?? 0) + retentionPeriod : Infinity,
      needed.length > 0 ? clock.now() + lookAgain : Infinity,
    );
    cancel = Number.isFinite(next) ? clock.alarm(next, pass) : undefined;
  };
  function pass() {
    const before = clock.now() - retentionPeriod;
    const gone = new Set<string>();
    for (const end = head + 2 * atOnce; head < Math.min(end, queue.length) && (queue[head] ?? 0) <= before; head += 2)
      forget(queue[head] ?? 0, queue[head + 1] ?? 0, gone);
    if (head > queue.length / 2) {
      queue = queue.slice(head);
      head = 0;
    }
    const waited = needed;
    needed = [];
    for (let i = 0; i < waited.length; i += 2) forget(waited[i] ?? 0, waited[i + 1] ?? 0, gone);
    if (gone.size > 0) owned.forgotten(gone);
    arm();
  }

  executions.onClose((number, at) => {
    queue.push(at, number);
    if (queue.length - head === 2) arm();
  });
  pass();
  return () => cancel?.();
};
