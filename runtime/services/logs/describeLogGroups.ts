import * as z from 'zod';
import { operation } from '../../operation.ts';
import { groupArn, logGroupName, type LogsState } from './logsState.ts';

const input = z.strictObject({
  logGroupNamePrefix: logGroupName.optional(),
  limit: z.int().min(1).max(50).optional(),
  nextToken: z.string().max(512).optional(),
});

/** DescribeLogGroups, ordered by name; the token is the last name of the page before. `storedBytes` is not counted: 0. */
export const describeLogGroups = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: (_input, { world }) => [{ action: 'logs:DescribeLogGroups', resource: `${groupArn(world, '')}:log-stream:` }],
  run({ logGroupNamePrefix = '', limit = 50, nextToken = '' }, { world, state }) {
    const names = [...state.groups.keys()]
      .filter((name) => name.startsWith(logGroupNamePrefix) && name > nextToken)
      .sort();
    const page = names.slice(0, limit);
    return {
      logGroups: page
        .flatMap((name) => state.groups.get(name) ?? [])
        .map(({ name, creationTime, retentionInDays }) => ({
          logGroupName: name,
          creationTime,
          ...(retentionInDays !== undefined && { retentionInDays }),
          metricFilterCount: 0,
          arn: `${groupArn(world, name)}:*`,
          logGroupArn: groupArn(world, name),
          storedBytes: 0,
          logGroupClass: 'STANDARD',
        })),
      ...(page.length < names.length && { nextToken: page.at(-1) }),
    };
  },
});
