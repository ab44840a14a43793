import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { failure } from './errors.ts';
import { dimensionMap, dimensions, metricName, namespace, unit } from './grammar.ts';

const statisticSet = z.strictObject({
  SampleCount: z.number().positive(),
  Sum: z.number(),
  Minimum: z.number(),
  Maximum: z.number(),
});

const datum = z.strictObject({
  MetricName: metricName,
  Dimensions: dimensions.optional(),
  Timestamp: z.number().optional(),
  Value: z.number().optional(),
  StatisticValues: statisticSet.optional(),
  Values: z.array(z.number()).max(150).optional(),
  Counts: z.array(z.number().min(0)).max(150).optional(),
  Unit: unit.optional(),
  StorageResolution: z.union([z.literal(1), z.literal(60)]).optional(),
});

type Datum = z.infer<typeof datum>;

/** Time stamps may lie this far (s) from now: two weeks back, two hours ahead. */
const back = 14 * 86_400;
const ahead = 2 * 3_600;

const check = (it: Datum, position: number, now: number) => {
  const where = `MetricData.member.${position + 1}`;
  const forms = [it.Value, it.StatisticValues, it.Values].filter((form) => form !== undefined);
  if (forms.length === 0)
    throw failure(
      'MissingRequiredParameterException',
      `At least one of the parameters ${where}.Value, ${where}.Values and ${where}.StatisticValues must be specified.`,
    );
  if (forms.length > 1)
    throw failure(
      'InvalidParameterCombinationException',
      `The parameters ${where}.Value, ${where}.Values and ${where}.StatisticValues are mutually exclusive.`,
    );
  if (it.Counts && it.Counts.length !== it.Values?.length)
    throw failure(
      'InvalidParameterValueException',
      `The parameters ${where}.Values and ${where}.Counts must be of the same size.`,
    );
  if (it.Timestamp !== undefined && (it.Timestamp < now - back || it.Timestamp > now + ahead))
    throw failure(
      'InvalidParameterValueException',
      `The parameter ${where}.Timestamp must specify a time no more than two weeks in the past and no more than two hours in the future.`,
    );
};

const record = (it: Datum, Namespace: string, { world, state: { metrics } }: Call<CloudWatch>) => {
  const now = world.clock.now();
  const { Unit = 'None', StatisticValues: set, Values = it.Value === undefined ? [] : [it.Value] } = it;
  const name = { namespace: Namespace, metric: it.MetricName, dimensions: dimensionMap(it.Dimensions) };
  const timestamp = it.Timestamp === undefined ? now : it.Timestamp * 1000;
  const fine = it.StorageResolution === 1;
  for (const [index, value] of Values.entries())
    metrics.add({ ...name, value, count: it.Counts?.[index] ?? 1, unit: Unit, timestamp }, now, fine);
  if (set)
    metrics.addSet(
      name,
      { count: set.SampleCount, sum: set.Sum, minimum: set.Minimum, maximum: set.Maximum },
      Unit,
      timestamp,
      now,
      fine,
    );
};

/** Adds values to metrics; all of a request or none. */
export const putMetricData = operation({
  input: z.strictObject({ Namespace: namespace, MetricData: z.array(datum).min(1).max(1000) }),
  needs: ({ Namespace }) => [
    { action: 'cloudwatch:PutMetricData', resource: '*', context: { 'cloudwatch:namespace': Namespace } },
  ],
  run({ Namespace, MetricData }, call: Call<CloudWatch>) {
    if (Namespace.startsWith('AWS/'))
      throw failure('InvalidParameterValueException', 'The value AWS/ for parameter Namespace is invalid.');
    const now = call.world.clock.now() / 1000;
    for (const [index, it] of MetricData.entries()) {
      check(it, index, now);
      dimensionMap(it.Dimensions);
    }
    for (const it of MetricData) record(it, Namespace, call);
    call.state.runner.touch();
    return {};
  },
});
