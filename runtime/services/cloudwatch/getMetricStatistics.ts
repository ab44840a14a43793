import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { statisticOf } from './distribution.ts';
import { failure } from './errors.ts';
import {
  anywhere,
  dimensionMap,
  dimensions,
  extendedStatistic,
  metricName,
  namespace,
  statistic,
  unit,
} from './grammar.ts';

const mostDatapoints = 1_440;

/** One metric, statistic by statistic; the datapoints come in the order of time. */
export const getMetricStatistics = operation({
  input: z.strictObject({
    Namespace: namespace,
    MetricName: metricName,
    Dimensions: dimensions.optional(),
    StartTime: z.number(),
    EndTime: z.number(),
    Period: z.int().min(1),
    Statistics: z.array(statistic).min(1).max(5).optional(),
    ExtendedStatistics: z.array(extendedStatistic).min(1).max(10).optional(),
    Unit: unit.optional(),
  }),
  needs: anywhere('GetMetricStatistics'),
  run(input, { state: { metrics } }: Call<CloudWatch>) {
    const {
      Namespace,
      MetricName,
      Dimensions,
      StartTime,
      EndTime,
      Period,
      Statistics = [],
      ExtendedStatistics = [],
      Unit,
    } = input;
    if (Statistics.length + ExtendedStatistics.length === 0)
      throw failure(
        'InvalidParameterCombinationException',
        'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
      );
    if (StartTime >= EndTime)
      throw failure(
        'InvalidParameterValueException',
        'The parameter StartTime must be less than the parameter EndTime.',
      );
    if (![1, 5, 10, 20, 30].includes(Period) && Period % 60 !== 0)
      throw failure(
        'InvalidParameterValueException',
        'The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.',
      );
    if ((EndTime - StartTime) / Period > mostDatapoints)
      throw failure(
        'InvalidParameterCombinationException',
        `You have requested up to ${Math.ceil((EndTime - StartTime) / Period)} datapoints, which exceeds the limit of ${mostDatapoints}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    const period = Period * 1000;
    const start = Math.floor((StartTime * 1000) / period) * period;
    const name = { namespace: Namespace, metric: MetricName, dimensions: dimensionMap(Dimensions) };
    const points = [...metrics.points(name, Unit, start, EndTime * 1000, period)].sort(([a], [b]) => a - b);
    return {
      Label: MetricName,
      Datapoints: points.map(([at, found]) => ({
        Timestamp: at / 1000,
        Unit: Unit ?? 'None',
        ...Object.fromEntries(Statistics.map((it) => [it, statisticOf(found, it)])),
        ...(ExtendedStatistics.length > 0 && {
          ExtendedStatistics: Object.fromEntries(
            ExtendedStatistics.flatMap((it) => {
              const value = statisticOf(found, it);
              return value === undefined ? [] : [[it, value] as const];
            }),
          ),
        }),
      })),
    };
  },
});
