import * as z from 'zod';
import { operation } from '../../operation.ts';
import { fitting, mostEvents } from './eventPage.ts';
import { parseFilterPattern } from './filterPattern.ts';
import {
  findGroup,
  groupNeed,
  invalid,
  logGroupName,
  logStreamName,
  oldestKept,
  streamsOf,
  type LogsState,
} from './logsState.ts';

const input = z.strictObject({
  logGroupName,
  logStreamNames: z.array(logStreamName).min(1).max(100).optional(),
  logStreamNamePrefix: logStreamName.optional(),
  /** Epoch ms, inclusive. */
  startTime: z.int().min(0).optional(),
  /** Epoch ms, inclusive. */
  endTime: z.int().min(0).optional(),
  filterPattern: z.string().max(1024).optional(),
  limit: z.int().min(1).max(mostEvents).optional(),
  nextToken: z.string().max(2048).optional(),
  /** Deprecated: results are always interleaved. */
  interleaved: z.boolean().optional(),
});

interface Found {
  logStreamName: string;
  timestamp: number;
  ingestionTime: number;
  message: string;
  eventId: string;
}

/** Total order over a group's events: time, then stream, then line. */
const position = (timestamp: number, stream: string, line: number) =>
  `${String(timestamp).padStart(16, '0')}/${String(line).padStart(12, '0')}/${stream}`;

/** FilterLogEvents over a group's streams in order of time; the token is the position of the last event shown. */
export const filterLogEvents = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: groupNeed('FilterLogEvents'),
  async run(asked, { world, state }) {
    const { logGroupName: group, logStreamNames, logStreamNamePrefix = '', limit = mostEvents } = asked;
    if (logStreamNames && asked.logStreamNamePrefix !== undefined)
      throw invalid('Cannot specify both logStreamNames and logStreamNamePrefix.');
    const after = asked.nextToken === undefined ? '' : Buffer.from(asked.nextToken, 'base64url').toString();
    const from = Math.max(asked.startTime ?? 0, oldestKept(world.clock.now(), findGroup(state, group)));
    const until = asked.endTime ?? Infinity;
    const matches = parseFilterPattern(asked.filterPattern ?? '');
    const streams = streamsOf(state, group)
      .map(({ name }) => name)
      .filter((name) => (logStreamNames ? logStreamNames.includes(name) : name.startsWith(logStreamNamePrefix)));
    let found: Found[] = [];
    const inOrder = () => found.sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
    for (const stream of streams) {
      const { lastEvent = -1 } = await state.files.extent(group, stream);
      if (lastEvent < from) continue;
      for await (const { line, timestamp, ingestionTime, message } of state.files.read(group, stream)) {
        const eventId = position(timestamp, stream, line);
        if (timestamp < from || timestamp > until || eventId <= after || !matches(message)) continue;
        found.push({ logStreamName: stream, timestamp, message, ingestionTime, eventId });
        // Only the earliest can be on the page: memory stays bounded whatever the group holds.
        if (found.length > 4 * limit) found = inOrder().slice(0, limit + 1);
      }
    }
    const events = inOrder().slice(0, fitting(found, limit));
    const last = events.at(-1)?.eventId;
    return {
      events,
      searchedLogStreams: [],
      ...(events.length < found.length && last !== undefined && { nextToken: Buffer.from(last).toString('base64url') }),
    };
  },
});
