/**
 * Asynchronous invocations: an event is durable before its sender is answered, runs at least once, and is tried again after
 * one and after two minutes when the function fails (Lambda developer guide, "Asynchronous invocation").
 */
import type { Table } from '../../journal/store.ts';
import { AwsError, type World } from '../../operation.ts';
import { tellDestinations, type Ending } from './destinations.ts';
import type { EnvironmentPool, Invoked } from './environmentPool.ts';
import { measureFunction } from './functionMetrics.ts';
import type { FunctionRecord } from './functionRecord.ts';

/** One waiting event (table `lambda.events`, keyed by its request id). */
interface WaitingEvent {
  requestId: string;
  functionName: string;
  payload: string;
  clientContext?: string;
  /** Epoch ms. */
  receivedAt: number;
  dueAt: number;
  /** How often the function failed on it. */
  failures: number;
  /** How often it was throttled since; throttling is no attempt. */
  throttles: number;
  /** How it ended: what is left is to tell the destinations. */
  ending?: Ending;
}

export interface AsyncEvents {
  /** Resolves when the event would survive a crash. */
  accept(event: Pick<WaitingEvent, 'requestId' | 'functionName' | 'payload' | 'clientContext'>): Promise<void>;
  /** Takes up what waited when the process ended. */
  start(): void;
  /** No event begins after this, and one that is cut short is run again at the next start. */
  stop(): void;
}

const defaultRetries = 2;
const defaultAge = 6 * 3600;
const retryDelay = (failures: number) => failures * 60_000;
const throttleDelay = (throttles: number) => Math.min(1000 * 2 ** throttles, 5 * 60_000);
const endingOf = (
  { requestId, payload }: WaitingEvent,
  condition: Ending['condition'],
  invocations: number,
): Ending => ({
  requestId,
  payload,
  condition,
  invocations,
});
/** Leaves room in the pool for callers who wait for an answer. */
const mostAtOnce = 16;

export const createAsyncEvents = (
  world: World,
  functions: Table<FunctionRecord>,
  pool: EnvironmentPool,
): AsyncEvents => {
  const waiting = world.store.table<WaitingEvent>('lambda.events');
  const due: string[] = [];
  const alarms = new Set<() => void>();
  let running = 0;
  let stopped = false;

  const ready = (event: WaitingEvent) => {
    due.push(event.requestId);
    pump();
  };

  const schedule = (event: WaitingEvent) => {
    if (event.dueAt <= world.clock.now()) return ready(event);
    const cancel = world.clock.alarm(event.dueAt, () => {
      alarms.delete(cancel);
      ready(event);
    });
    alarms.add(cancel);
  };

  const pump = () => {
    if (stopped) return;
    for (const id of due.splice(0, mostAtOnce - running)) {
      const event = waiting.get(id);
      if (event) void attempt(event);
    }
  };

  const attempt = async (event: WaitingEvent) => {
    running++;
    try {
      const fn = functions.get(event.functionName);
      if (!fn) drop(event, 'the function is gone');
      else if (event.ending) await end(fn, event, event.ending);
      else await runOnce(fn, event);
      await world.store.flushed();
    } catch (error) {
      world.log('error', 'An asynchronous event could not be handled', { ...labels(event), error: String(error) });
    }
    running--;
    pump();
  };

  const runOnce = async (fn: FunctionRecord, event: WaitingEvent) => {
    const limit = fn.eventInvokeConfig;
    if (world.clock.now() - event.receivedAt > (limit?.maximumEventAgeInSeconds ?? defaultAge) * 1000)
      return end(fn, event, endingOf(event, 'EventAgeExceeded', event.failures));
    let invoked: Invoked | undefined;
    try {
      invoked = await pool.run(fn, event);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
    if (stopped) return;
    if (!invoked) return again(event, { throttles: event.throttles + 1 }, throttleDelay(event.throttles));
    const { fault, payload = 'null' } = invoked;
    const failures = event.failures + 1;
    if (!fault) return end(fn, event, { ...endingOf(event, 'Success', failures), response: payload });
    if (failures <= (limit?.maximumRetryAttempts ?? defaultRetries))
      return again(event, { failures, throttles: 0 }, retryDelay(failures));
    const ending = endingOf(event, 'RetriesExhausted', failures);
    await end(fn, event, { ...ending, response: JSON.stringify(fault), errorMessage: fault.errorMessage });
  };

  /** The event is forgotten when its destinations have heard of it; one that cannot hear now is tried again. */
  const end = async (fn: FunctionRecord, event: WaitingEvent, ending: Ending) => {
    try {
      await tellDestinations(world, fn, ending);
    } catch (error) {
      world.log('warn', 'A destination is told again', { ...labels(event), error: String(error) });
      if (!stopped) again(event, { ending, throttles: event.throttles + 1 }, throttleDelay(event.throttles));
      return;
    }
    if (stopped) return;
    if (ending.condition === 'Success') waiting.delete(event.requestId);
    else
      drop(
        event,
        ending.condition === 'EventAgeExceeded' ? 'it is older than MaximumEventAgeInSeconds' : 'every attempt failed',
      );
  };

  const again = (event: WaitingEvent, change: Partial<WaitingEvent>, delay: number) => {
    const next = { ...event, ...change, dueAt: world.clock.now() + delay };
    waiting.set(next.requestId, next);
    schedule(next);
  };

  const drop = (event: WaitingEvent, why: string) => {
    waiting.delete(event.requestId);
    measureFunction(world, event.functionName, { AsyncEventsDropped: 1 });
    world.log('warn', `An asynchronous event is dropped: ${why}`, labels(event));
  };

  const labels = ({ functionName, requestId, failures }: WaitingEvent) => ({ functionName, requestId, failures });

  return {
    async accept(event) {
      const now = world.clock.now();
      const accepted: WaitingEvent = { ...event, receivedAt: now, dueAt: now, failures: 0, throttles: 0 };
      waiting.set(event.requestId, accepted);
      await world.store.flushed();
      ready(accepted);
    },
    start() {
      for (const event of Array.from(waiting.values())) schedule(event);
    },
    stop() {
      stopped = true;
      for (const cancel of alarms) cancel();
      alarms.clear();
    },
  };
};
