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

/** Expressions (metric math, Metrics Insights) are no known member. */
const query = z.strictObject({
  Id: z.string().regex(/^[a-z][A-Za-z0-9_]{0,254}$/),
  MetricStat: z.strictObject({
    Metric: z.strictObject({ Namespace: namespace, MetricName: metricName, Dimensions: dimensions.optional() }),
    Period: z.int().min(1),
    Stat: z.union([statistic, extendedStatistic]),
    Unit: unit.optional(),
  }),
  Label: z.string().optional(),
  ReturnData: z.boolean().optional(),
});

const mostDatapoints = 100_800;

export const getMetricData = operation({
  input: z.strictObject({
    MetricDataQueries: z.array(query).min(1).max(500),
    StartTime: z.number(),
    EndTime: z.number(),
    NextToken: z.string().optional(),
    ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
    MaxDatapoints: z.int().min(1).max(mostDatapoints).optional(),
  }),
  needs: anywhere('GetMetricData'),
  run({ MetricDataQueries, StartTime, EndTime, NextToken, ScanBy, MaxDatapoints }, { state }: Call<CloudWatch>) {
    if (StartTime >= EndTime)
      throw failure('ValidationException', 'The parameter StartTime must be less than the parameter EndTime.');
    if (new Set(MetricDataQueries.map(({ Id }) => Id)).size < MetricDataQueries.length)
      throw failure('ValidationException', 'The values of the parameter Id in MetricDataQueries must be unique.');
    const asked = MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false);
    const perQuery = Math.max(1, Math.floor((MaxDatapoints ?? mostDatapoints) / Math.max(1, asked.length)));
    const from = NextToken === undefined ? 0 : Number(NextToken);
    if (!Number.isInteger(from) || from < 0)
      throw failure('InvalidNextToken', `The token '${NextToken}' is not one of ours`);
    const results = asked.map(({ Id, Label, MetricStat: { Metric, Period, Stat, Unit } }) => {
      const name = {
        namespace: Metric.Namespace,
        metric: Metric.MetricName,
        dimensions: dimensionMap(Metric.Dimensions),
      };
      const period = Period * 1000;
      const start = Math.floor((StartTime * 1000) / period) * period;
      const found = [...state.metrics.points(name, Unit, start, EndTime * 1000, period)]
        .flatMap(([at, values]) => {
          const value = statisticOf(values, Stat);
          return value === undefined ? [] : [[at / 1000, value] as const];
        })
        .sort(([a], [b]) => (ScanBy === 'TimestampAscending' ? a - b : b - a));
      const page = found.slice(from, from + perQuery);
      const partial = from + perQuery < found.length;
      return {
        Id,
        Label: Label ?? Metric.MetricName,
        Timestamps: page.map(([at]) => at),
        Values: page.map(([, value]) => value),
        StatusCode: partial ? 'PartialData' : 'Complete',
      };
    });
    const more = results.some(({ StatusCode }) => StatusCode === 'PartialData');
    return { MetricDataResults: results, Messages: [], ...(more && { NextToken: String(from + perQuery) }) };
  },
});
