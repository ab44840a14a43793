import * as z from 'zod';
import { operation } from '../../operation.ts';
import type { Extent } from './eventFiles.ts';
import {
  findGroup,
  groupArn,
  groupNeed,
  invalid,
  logGroupName,
  logStreamName,
  streamsOf,
  type LogsState,
  type LogStream,
} from './logsState.ts';

const input = z.strictObject({
  logGroupName,
  logStreamNamePrefix: logStreamName.optional(),
  orderBy: z.enum(['LogStreamName', 'LastEventTime']).optional(),
  descending: z.boolean().optional(),
  limit: z.int().min(1).max(50).optional(),
  nextToken: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
});

type Described = LogStream & { extent: Extent };

/** DescribeLogStreams; the token is the position in the order asked for. `storedBytes` is 0, as AWS answers since 2019. */
export const describeLogStreams = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: groupNeed('DescribeLogStreams'),
  async run(asked, { world, state }) {
    const { logGroupName: group, logStreamNamePrefix = '', orderBy = 'LogStreamName', limit = 50 } = asked;
    if (orderBy === 'LastEventTime' && asked.logStreamNamePrefix !== undefined)
      throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
    findGroup(state, group);
    const streams = await Promise.all(
      streamsOf(state, group)
        .filter(({ name }) => name.startsWith(logStreamNamePrefix))
        .map(async (stream) => ({ ...stream, extent: await state.files.extent(group, stream.name) })),
    );
    const byName = (a: Described, b: Described) => Number(a.name > b.name) - Number(a.name < b.name);
    const lastEvent = ({ extent, creationTime }: Described) => extent.lastEvent ?? creationTime;
    const byEvent = (a: Described, b: Described) => lastEvent(a) - lastEvent(b) || byName(a, b);
    streams.sort(orderBy === 'LogStreamName' ? byName : byEvent);
    if (asked.descending) streams.reverse();
    const from = Number(asked.nextToken ?? 0);
    return {
      logStreams: streams.slice(from, from + limit).map(({ name, creationTime, extent }) => ({
        logStreamName: name,
        creationTime,
        ...(extent.firstEvent !== undefined && { firstEventTimestamp: extent.firstEvent }),
        ...(extent.lastEvent !== undefined && { lastEventTimestamp: extent.lastEvent }),
        ...(extent.lastIngestion !== undefined && { lastIngestionTime: extent.lastIngestion }),
        arn: `${groupArn(world, group)}:log-stream:${name}`,
        storedBytes: 0,
      })),
      ...(from + limit < streams.length && { nextToken: String(from + limit) }),
    };
  },
});
