import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';
import { tags } from './tags.ts';

const actions = z.array(z.string()).optional();

/** AWS::CloudWatch::Alarm on one metric. What the template no longer says of tags goes; values are checked by the service. */
export const alarm = resourceType({
  properties: z.strictObject({
    AlarmName: z.string().optional(),
    AlarmDescription: z.string().optional(),
    ActionsEnabled: z.boolean().optional(),
    OKActions: actions,
    AlarmActions: actions,
    InsufficientDataActions: actions,
    MetricName: z.string(),
    Namespace: z.string(),
    Statistic: z.string().optional(),
    ExtendedStatistic: z.string().optional(),
    Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).optional(),
    Period: z.int(),
    Unit: z.string().optional(),
    EvaluationPeriods: z.int(),
    DatapointsToAlarm: z.int().optional(),
    Threshold: z.number(),
    ComparisonOperator: z.string(),
    TreatMissingData: z.string().optional(),
    EvaluateLowSampleCountPercentile: z.string().optional(),
    Tags: tags,
  }),
  async apply({ AlarmName: given, Tags = [], ...config }, { world, call, defaultName }) {
    const AlarmName = given ?? defaultName(255);
    const Arn = `arn:${world.partition}:cloudwatch:${world.region}:${world.accountId}:alarm:${AlarmName}`;
    await call('monitoring', 'PutMetricAlarm', { AlarmName, ...config });
    const { Tags: had } = await call<{ Tags: { Key: string }[] }>('monitoring', 'ListTagsForResource', {
      ResourceARN: Arn,
    });
    const stale = had.map(({ Key }) => Key).filter((key) => !Tags.some(({ Key }) => Key === key));
    if (stale.length > 0) await call('monitoring', 'UntagResource', { ResourceARN: Arn, TagKeys: stale });
    if (Tags.length > 0) await call('monitoring', 'TagResource', { ResourceARN: Arn, Tags });
    return { ref: AlarmName, attributes: { Arn } };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('monitoring', 'DeleteAlarms', { AlarmNames: [ref] })),
});
