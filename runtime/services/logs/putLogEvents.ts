import * as z from 'zod';
import { operation } from '../../operation.ts';
import { embeddedMetrics } from './embeddedMetrics.ts';
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
  logEvents: z
    .array(z.strictObject({ timestamp: z.int().min(0), message: z.string().min(1) }))
    .min(1)
    .max(10_000),
  /** Accepted and ignored, as on AWS since 2023. */
  sequenceToken: z.string().optional(),
});

/** Limits of the API reference: bytes of one batch with 26 per event, hours an event may lie ahead, days it may lie back. */
const largestBatch = 1_048_576;
const overhead = 26;
const aheadMs = 2 * 3_600_000;
const backMs = 14 * 86_400_000;

export const putLogEvents = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: streamNeed('PutLogEvents'),
  async run({ logGroupName: group, logStreamName: stream, logEvents }, { world, state }) {
    findStream(state, group, stream);
    const bytes = logEvents.reduce((sum, { message }) => sum + Buffer.byteLength(message) + overhead, 0);
    if (bytes > largestBatch) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${largestBatch}`);
    if (logEvents.some(({ timestamp }, index) => timestamp < (logEvents[index - 1]?.timestamp ?? 0)))
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    const now = world.clock.now();
    const expired = oldestKept(now, findGroup(state, group));
    const firstNotExpired = logEvents.findIndex(({ timestamp }) => timestamp >= expired);
    const firstNotOld = logEvents.findIndex(({ timestamp }) => timestamp >= now - backMs);
    const firstNew = logEvents.findIndex(({ timestamp }) => timestamp > now + aheadMs);
    const accepted = logEvents.filter(
      ({ timestamp }) => timestamp >= expired && timestamp >= now - backMs && timestamp <= now + aheadMs,
    );
    if (accepted.length > 0)
      await state.files.append(
        group,
        stream,
        accepted.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: now })),
      );
    const measured = accepted.flatMap(({ message }) => embeddedMetrics(message));
    if (measured.length > 0) world.measure(measured);
    const ended = (first: number) => (first < 0 ? logEvents.length : first);
    const rejected = {
      ...(firstNew >= 0 && { tooNewLogEventStartIndex: firstNew }),
      ...(ended(firstNotOld) > 0 && { tooOldLogEventEndIndex: ended(firstNotOld) }),
      ...(ended(firstNotExpired) > 0 && { expiredLogEventEndIndex: ended(firstNotExpired) }),
    };
    return Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {};
  },
});
