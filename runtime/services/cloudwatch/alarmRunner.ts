/**
 * Evaluates alarms at every full minute, those with a period under a minute every ten seconds, over periods that end there. An alarm without a
 * datapoint in sight cannot change until one arrives, so the clock rests while every alarm is like that.
 */
import type { Table } from '../../journal/store.ts';
import { AwsError, type World } from '../../operation.ts';
import { tell } from './alarmActions.ts';
import { actionsFor, type Alarm, type AlarmState, type Pending } from './alarm.ts';
import { judge, morePeriods, type Point } from './alarmEvaluation.ts';
import type { AlarmHistory } from './alarmHistory.ts';
import { reasonDataOf, reasonOf } from './alarmReason.ts';
import { shareOf, statisticOf, type Distribution } from './distribution.ts';
import { dimensionMap } from './grammar.ts';
import type { MetricStore } from './metricStore.ts';

export interface AlarmRunner {
  /** Something an alarm may look at has changed. */
  touch(): void;
  /** An alarm has changed, which may be due sooner than the others. */
  reschedule(): void;
  /** Puts an alarm into a state, and tells whom it concerns if that is another one. */
  change(alarm: Alarm, state: Omit<AlarmState, 'at'>): void;
  start(): void;
  /** Resolves when what is being told is told. */
  stop(): Promise<void>;
}

const retryAfter = 5_000;

const stepOf = ({ config }: Alarm) => (config.Period < 60 ? 10_000 : 60_000);

/** How many values a percentile needs to mean something (API reference, EvaluateLowSampleCountPercentile). */
const samplesFor = (share: number) => (share >= 0.5 ? 10 / (1 - share) : 10 / share);

export const alarmRunner = (
  world: World,
  alarms: Table<Alarm>,
  metrics: MetricStore,
  history: AlarmHistory,
): AlarmRunner => {
  const { clock, ids } = world;
  const telling = new Map<string, Promise<void>>();
  const retries = new Set<() => void>();
  let next: { at: number; cancel: () => void } | undefined;
  let stopped = false;

  const settle = (name: string, id: string) => {
    const alarm = alarms.get(name);
    if (alarm) alarms.set(name, { ...alarm, pending: alarm.pending.filter((it) => it.id !== id) });
  };
  const tellOne = async (name: string, alarm: Alarm, change: Pending) => {
    const { action } = change;
    try {
      await tell(world, alarm, change);
      if (action) note(name, action, true, '');
    } catch (error) {
      // As on AWS an action that is refused is noted and not tried again; the bus must hear of it.
      if (!action || !(error instanceof AwsError)) throw error;
      note(name, action, false, error.message);
    }
  };
  const note = (AlarmName: string, action: string, done: boolean, why: string) =>
    history.add({
      AlarmName,
      HistoryItemType: 'Action',
      HistorySummary: `${done ? 'Successfully executed' : 'Failed to execute'} action ${action}${why && `. Received error: "${why}"`}`,
      HistoryData: JSON.stringify({
        actionState: done ? 'Succeeded' : 'Failed',
        notificationResource: action,
        ...(why && { error: why }),
      }),
    });
  const tellAll = (name: string) => {
    if (telling.has(name) || stopped) return;
    telling.set(
      name,
      tellInTurn(name).finally(() => telling.delete(name)),
    );
  };
  const tellInTurn = async (name: string) => {
    try {
      for (let alarm = alarms.get(name); alarm; alarm = alarms.get(name)) {
        const [first] = alarm.pending;
        if (!first || stopped) return;
        await world.store.flushed();
        await tellOne(name, alarm, first);
        settle(name, first.id);
      }
    } catch (error) {
      world.log('warn', 'a change of an alarm could not be told; it is tried again', { name, error: String(error) });
      const cancel = clock.alarm(clock.now() + retryAfter, () => {
        retries.delete(cancel);
        tellAll(name);
      });
      retries.add(cancel);
    }
  };

  const change = (alarm: Alarm, given: Omit<AlarmState, 'at'>) => {
    const name = alarm.config.AlarmName;
    const to: AlarmState = { ...given, at: clock.now() };
    const moved = to.value !== alarm.state.value;
    const from = alarm.state;
    const pending = [undefined, ...actionsFor(alarm, to.value)].map((action): Pending => ({
      id: ids.uuid(),
      from,
      to,
      ...(action !== undefined && { action }),
    }));
    alarms.set(name, {
      ...alarm,
      state: to,
      ...(moved && { transitioned: to.at, pending: [...alarm.pending, ...pending] }),
    });
    if (!moved) return;
    history.add({
      AlarmName: name,
      HistoryItemType: 'StateUpdate',
      HistorySummary: `Alarm updated from ${from.value} to ${to.value}`,
      HistoryData: JSON.stringify({
        version: '1.0',
        oldState: { stateValue: from.value, stateReason: from.reason },
        newState: { stateValue: to.value, stateReason: to.reason },
      }),
    });
    tellAll(name);
  };

  /** True while there is something that may change without a new datapoint. */
  const evaluate = (alarm: Alarm, now: number): boolean => {
    const { config, state } = alarm;
    const period = config.Period * 1000;
    const statistic = config.Statistic ?? config.ExtendedStatistic ?? '';
    const count = config.EvaluationPeriods + morePeriods;
    const start = now - count * period;
    const name = {
      namespace: config.Namespace,
      metric: config.MetricName,
      dimensions: dimensionMap(config.Dimensions),
    };
    const found = metrics.points(name, config.Unit, start, now, period);
    const recent = Array.from({ length: count }, (_, ago) => pointAt(found, now - (ago + 1) * period, statistic));
    if (config.EvaluateLowSampleCountPercentile === 'ignore' && tooFew([...found.values()], statistic)) return true;
    const judgement = judge(config, recent);
    if (judgement.state !== undefined && judgement.state !== state.value) {
      const reason = reasonOf(config, state.value, judgement);
      const reasonData = reasonDataOf({ ...config, Statistic: statistic }, now, judgement);
      change(alarm, { value: judgement.state, reason, reasonData });
    }
    return found.size > 0;
  };

  const tick = (now: number) => {
    next = undefined;
    let restless = false;
    for (const alarm of alarms.values()) {
      const due = now % stepOf(alarm) === 0;
      if (!due || evaluate(alarm, now)) restless = true;
    }
    if (restless) wake();
  };
  const wake = () => {
    if (stopped || alarms.size === 0) return;
    const step = Math.min(...Array.from(alarms.values(), stepOf));
    const at = (Math.floor(clock.now() / step) + 1) * step;
    if (next && next.at <= at) return;
    next?.cancel();
    next = { at, cancel: clock.alarm(at, () => tick(at)) };
  };

  return {
    touch() {
      if (!next) wake();
    },
    reschedule: wake,
    change,
    start() {
      for (const name of alarms.keys()) tellAll(name);
      wake();
    },
    async stop() {
      stopped = true;
      next?.cancel();
      for (const cancel of retries) cancel();
      await Promise.all(telling.values());
    },
  };
};

const pointAt = (found: ReadonlyMap<number, Distribution>, at: number, statistic: string): Point | undefined => {
  const distribution = found.get(at);
  const value = distribution && statisticOf(distribution, statistic);
  return value === undefined ? undefined : { at, value };
};

const tooFew = (distributions: readonly Distribution[], statistic: string): boolean => {
  const share = shareOf(statistic);
  return share !== undefined && distributions.some(({ count }) => count < samplesFor(share));
};
