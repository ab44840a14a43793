/** Log lines of containers, sent to CloudWatch Logs as the job's role in batches. */
import { AwsError, type Principal, type World } from '../../operation.ts';
import { told } from './failures.ts';

export interface JobLog {
  write: (line: string) => void;
  /** Resolves when every line was offered to CloudWatch Logs. */
  flush: () => Promise<void>;
}

/** Lines are sent when there are this many, or after this time (ms). PutLogEvents takes at most 10,000 and 1 MiB. */
const batchSize = 500;
const batchDelay = 500;
/** A line is cut where CloudWatch Logs would refuse it: 256 KiB less its overhead, in characters of at most 4 bytes. */
const lineLimit = 32 * 1024;

/** A role without permission to write logs loses them and nothing else, as on AWS. */
export const openJobLog = (world: World, as: Principal, logGroupName: string, logStreamName: string): JobLog => {
  let lines: { timestamp: number; message: string }[] = [];
  let sending: Promise<void> = Promise.resolve();
  let opened = false;
  let lost = false;
  let cancel: (() => void) | undefined;

  const ignoring = async (code: string, work: () => Promise<unknown>) => {
    await work().catch((error: unknown) => {
      if (!(error instanceof AwsError) || error.code !== code) throw error;
    });
  };
  const call = (operation: string, input: object) => world.call(as, 'logs', operation, input);
  const open = async () => {
    await ignoring('ResourceAlreadyExistsException', () => call('CreateLogGroup', { logGroupName }));
    await ignoring('ResourceAlreadyExistsException', () => call('CreateLogStream', { logGroupName, logStreamName }));
    opened = true;
  };
  const send = async (logEvents: typeof lines) => {
    if (lost) return;
    try {
      if (!opened) await open();
      for (let at = 0; at < logEvents.length; at += batchSize)
        await call('PutLogEvents', { logGroupName, logStreamName, logEvents: logEvents.slice(at, at + batchSize) });
    } catch (error) {
      lost = true;
      world.log('debug', 'log lines of a SageMaker job are lost', { logGroupName, logStreamName, why: told(error) });
    }
  };
  const flush = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    const batch = lines;
    lines = [];
    if (batch.length > 0) sending = sending.then(() => send(batch));
    return sending;
  };
  return {
    write(message) {
      if (message === '' || lost) return;
      lines.push({ timestamp: world.clock.now(), message: message.slice(0, lineLimit) });
      if (lines.length >= batchSize) void flush();
      else cancel ??= world.clock.alarm(world.clock.now() + batchDelay, () => void flush());
    },
    flush,
  };
};
