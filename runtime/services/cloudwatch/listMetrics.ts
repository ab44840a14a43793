import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { anywhere, dimensionList, metricName, namespace, pageOf } from './grammar.ts';

const pageSize = 500;
const recent = 3 * 3_600_000;

/** The metrics that have values, of which the runtime keeps seven days. */
export const listMetrics = operation({
  input: z.strictObject({
    Namespace: namespace.optional(),
    MetricName: metricName.optional(),
    Dimensions: z
      .array(z.strictObject({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024).optional() }))
      .max(30)
      .optional(),
    NextToken: z.string().optional(),
    RecentlyActive: z.literal('PT3H').optional(),
  }),
  needs: anywhere('ListMetrics'),
  run({ Namespace, MetricName, Dimensions = [], NextToken, RecentlyActive }, { world, state }: Call<CloudWatch>) {
    const since = RecentlyActive ? world.clock.now() - recent : 0;
    const found = [...state.metrics.list()]
      .filter(({ namespace }) => Namespace === undefined || namespace === Namespace)
      .filter(({ metric }) => MetricName === undefined || metric === MetricName)
      .filter(({ last }) => last >= since)
      .filter(({ dimensions }) =>
        Dimensions.every(({ Name, Value }) =>
          Value === undefined ? Object.hasOwn(dimensions, Name) : dimensions[Name] === Value,
        ),
      );
    const { page, next } = pageOf(found, NextToken, pageSize);
    const Metrics = page.map(({ namespace, metric, dimensions }) => ({
      Namespace: namespace,
      MetricName: metric,
      Dimensions: dimensionList(dimensions),
    }));
    return { Metrics, ...next };
  },
});
