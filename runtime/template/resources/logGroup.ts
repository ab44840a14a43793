import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';
import { tags } from './tags.ts';

/** AWS::Logs::LogGroup */
export const logGroup = resourceType({
  properties: z.strictObject({
    LogGroupName: z.string().optional(),
    RetentionInDays: z.int().optional(),
    Tags: tags,
  }),
  async apply({ LogGroupName, RetentionInDays }, { world, call, defaultName }) {
    const logGroupName = LogGroupName ?? defaultName(512);
    await unlessThere(['ResourceAlreadyExistsException'], () => call('logs', 'CreateLogGroup', { logGroupName }));
    if (RetentionInDays !== undefined)
      await call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: RetentionInDays });
    return {
      ref: logGroupName,
      attributes: { Arn: `arn:${world.partition}:logs:${world.region}:${world.accountId}:log-group:${logGroupName}:*` },
    };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('logs', 'DeleteLogGroup', { logGroupName: ref })),
});
