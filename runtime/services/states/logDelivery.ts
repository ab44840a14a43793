/**
 * Loggings of machines: what happens to an execution goes to CloudWatch Logs, as the machine's role, in the shape of AWS
 * (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html). As there, delivery is an effort, not a promise:
 * it keeps no execution waiting, and what cannot be delivered is told in the runtime's own log.
 */
import type { Identity } from '../../asl/execution.ts';
import type { HistoryEvent } from '../../asl/history.ts';
import type { Entry } from '../../asl/journal.ts';
import { AwsError, type World } from '../../operation.ts';
import type { LoggingConfiguration } from './configuration.ts';
import { shownDetails } from './historyEvent.ts';
import { machinePrincipal } from './principal.ts';

const fatal = /^Execution(?:Aborted|Failed|TimedOut)$/;
const wanted: Readonly<Record<LoggingConfiguration['level'], RegExp | undefined>> = {
  ALL: /^/,
  ERROR: /^FailStateEntered$|(?:Aborted|Failed|TimedOut)$/,
  FATAL: fatal,
  OFF: undefined,
};

/** Bytes of one message, and of one call with 26 for each message: CloudWatch Logs takes 256 KiB and 1 MiB. */
const messageLimit = 256_000;
const batchLimit = 1_000_000;
const overhead = 26;
const batchEvents = 10_000;

interface Line {
  timestamp: number;
  message: string;
}

/** The lines of one machine on their way to one log group. */
interface Channel {
  group: string;
  identity: Identity;
  stream: string | undefined;
  waiting: Line[];
  sending: Promise<void> | undefined;
}

export interface LogDelivery {
  /** Delivers, later, what an entry says of an execution. */
  note(identity: Identity, logging: LoggingConfiguration | undefined, entry: Entry, redrives: number): void;
  /** Resolves when nothing is waiting. */
  delivered(): Promise<void>;
}

const withoutData = (details: Record<string, unknown>) =>
  Object.fromEntries(
    Object.keys(details)
      .filter((name) => name.endsWith('Details'))
      .map((name) => [name, { truncated: true }]),
  );

const messageOf = (identity: Identity, event: HistoryEvent, withData: boolean, redrives: number): string => {
  const details = shownDetails(event.details ?? {}, withData);
  const text = (shown: object) =>
    JSON.stringify({
      id: String(event.id),
      type: event.type,
      details: shown,
      previous_event_id: String(event.previousEventId),
      event_timestamp: String(event.timestamp),
      execution_arn: identity.arn,
      redrive_count: String(redrives),
    });
  const whole = text(details);
  return Buffer.byteLength(whole) <= messageLimit ? whole : text(withoutData(details));
};

/** What of a channel fits into one call. */
const nextBatch = (waiting: Line[]): Line[] => {
  let bytes = 0;
  const end = waiting.findIndex(({ message }, i) => {
    bytes += Buffer.byteLength(message) + overhead;
    return i > 0 && (bytes > batchLimit || i >= batchEvents);
  });
  return waiting.splice(0, end < 0 ? waiting.length : end);
};

/** `safe` resolves when what has been noted would survive a crash: nothing is told before. */
export const openLogDelivery = (world: World, safe: () => Promise<void>): LogDelivery => {
  const channels = new Map<string, Channel>();

  const streamOf = async (channel: Channel): Promise<string> => {
    if (channel.stream !== undefined) return channel.stream;
    const minute = new Date(world.clock.now()).toISOString().slice(0, 16).replaceAll(/[T:]/g, '-');
    const stream = `states/${channel.identity.machineName}/${minute}/${world.ids.hex(4)}`;
    const principal = machinePrincipal(world, channel.identity, channel.identity.roleArn);
    await world.call(principal, 'logs', 'CreateLogStream', { logGroupName: channel.group, logStreamName: stream });
    return (channel.stream = stream);
  };

  const send = async (channel: Channel): Promise<void> => {
    while (channel.waiting.length > 0) {
      await safe();
      const logEvents = nextBatch(channel.waiting).toSorted((a, b) => a.timestamp - b.timestamp);
      try {
        const logStreamName = await streamOf(channel);
        const principal = machinePrincipal(world, channel.identity, channel.identity.roleArn);
        await world.call(principal, 'logs', 'PutLogEvents', { logGroupName: channel.group, logStreamName, logEvents });
      } catch (error) {
        // The stream may have been deleted: the next lines try a new one.
        channel.stream = undefined;
        world.log('warn', 'the log of an execution could not be delivered', {
          machine: channel.identity.machineArn,
          group: channel.group,
          error: error instanceof AwsError ? error.message : String(error),
        });
      }
    }
  };

  return {
    note(identity, logging, { history }, redrives) {
      const level = logging && wanted[logging.level];
      const group = /:log-group:([^:]+)/.exec(
        logging?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn ?? '',
      )?.[1];
      if (!level || group === undefined) return;
      const lines = history
        .filter(({ type }) => level.test(type))
        .map((event) => ({
          timestamp: event.timestamp,
          message: messageOf(identity, event, logging?.includeExecutionData ?? false, redrives),
        }));
      if (lines.length === 0) return;
      const key = `${group} ${identity.machineArn} ${identity.roleArn}`;
      const channel = channels.get(key) ?? { group, identity, stream: undefined, waiting: [], sending: undefined };
      channels.set(key, channel);
      channel.waiting.push(...lines);
      channel.sending ??= Promise.resolve()
        .then(() => send(channel))
        .finally(() => (channel.sending = undefined));
    },
    async delivered() {
      for (const { sending } of channels.values()) await sending;
    },
  };
};
