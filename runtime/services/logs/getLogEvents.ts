import * as z from 'zod';
import { operation } from '../../operation.ts';
import { fitting, mostEvents } from './eventPage.ts';
import type { LogEvent } from './eventFiles.ts';
import {
  findGroup,
  findStream,
  invalid,
  logGroupName,
  logStreamName,
  oldestKept,
  streamNeed,
  type LogsState,
} from './logsState.ts';

const input = z.strictObject({
  logGroupName,
  logStreamName,
  /** Epoch ms, inclusive. */
  startTime: z.int().min(0).optional(),
  /** Epoch ms, exclusive. */
  endTime: z.int().min(0).optional(),
  limit: z.int().min(1).max(mostEvents).optional(),
  nextToken: z.string().max(64).optional(),
  startFromHead: z.boolean().optional(),
});

type Line = LogEvent & { line: number };

/** `f/<line>` reads from that line on, `b/<line>` what lies before it. */
const parseToken = (token: string | undefined): { direction: 'f' | 'b'; line: number } | undefined => {
  if (token === undefined) return undefined;
  const found = /^([fb])\/(\d{1,15})$/.exec(token);
  if (!found) throw invalid('The specified nextToken is invalid.');
  return { direction: found[1] === 'f' ? 'f' : 'b', line: Number(found[2]) };
};

/** GetLogEvents: the last page unless `startFromHead`; a page's tokens lead on in both directions and never end. */
export const getLogEvents = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: streamNeed('GetLogEvents'),
  async run(asked, { world, state }) {
    const { logGroupName: group, logStreamName: stream, limit = mostEvents } = asked;
    findStream(state, group, stream);
    const token = parseToken(asked.nextToken);
    const forward = token ? token.direction === 'f' : asked.startFromHead === true;
    const from = Math.max(asked.startTime ?? 0, oldestKept(world.clock.now(), findGroup(state, group)));
    const before = asked.endTime ?? Infinity;
    let lines: Line[] = [];
    for await (const event of state.files.read(group, stream)) {
      if (event.timestamp < from || event.timestamp >= before) continue;
      if (token && (forward ? event.line < token.line : event.line >= token.line)) continue;
      lines.push(event);
      if (forward && fitting(lines, limit) < lines.length) break;
      // Backwards only the end matters: what cannot be on the page is dropped now and then.
      if (!forward && lines.length > 2 * limit) lines = lines.slice(-limit);
    }
    const page = forward
      ? lines.slice(0, fitting(lines, limit))
      : lines.slice(lines.length - fitting(lines.toReversed(), limit));
    const start = page[0]?.line ?? token?.line ?? 0;
    const end = page.length > 0 ? (page.at(-1)?.line ?? 0) + 1 : (token?.line ?? 0);
    return {
      events: page.map(({ timestamp, ingestionTime, message }) => ({ timestamp, message, ingestionTime })),
      nextForwardToken: `f/${end}`,
      nextBackwardToken: `b/${start}`,
    };
  },
});
