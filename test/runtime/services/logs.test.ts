import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  paginateFilterLogEvents,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  type InputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testClock, type TestClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { logs } from '../../../runtime/services/logs/index.ts';

const start = 1_750_000_000_000;
const day = 86_400_000;

let dataDir: string;
let clock: TestClock;
let runtime: Runtime;
let client: CloudWatchLogsClient;

const open = async (at: number) => {
  clock = testClock(at);
  runtime = await openRuntime({ dataDir, clock, services: [logs] });
  client = new CloudWatchLogsClient({
    region: 'eu-west-1',
    endpoint: runtime.endpoint,
    credentials: runtime.credentials,
  });
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-logs-'));
  await open(start);
});
afterAll(async () => {
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

const createStream = async (logGroupName: string, ...streams: string[]) => {
  await client.send(new CreateLogGroupCommand({ logGroupName })).catch(() => {});
  for (const logStreamName of streams) await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
};
const put = (logGroupName: string, logStreamName: string, logEvents: InputLogEvent[]) =>
  client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
const lines = (count: number, from = start) =>
  Array.from({ length: count }, (_, i) => ({ timestamp: from + i, message: `line ${i}` }));
const messages = (answer: { events?: { message?: string | undefined }[] | undefined }) =>
  answer.events?.map(({ message }) => message);

describe('a stream', () => {
  const stream = { logGroupName: '/aws/lambda/plan', logStreamName: '2025/06/15/[$LATEST]ab' };

  test('keeps its events in order and pages through them in both directions', async () => {
    await createStream(stream.logGroupName, stream.logStreamName);
    await put(stream.logGroupName, stream.logStreamName, lines(6));
    await put(stream.logGroupName, stream.logStreamName, [{ timestamp: start + 6, message: 'line 6\nwith two rows' }]);

    const last = await client.send(new GetLogEventsCommand({ ...stream, limit: 3 }));
    expect(messages(last)).toEqual(['line 4', 'line 5', 'line 6\nwith two rows']);
    const earlier = await client.send(
      new GetLogEventsCommand({ ...stream, limit: 3, nextToken: last.nextBackwardToken }),
    );
    expect(messages(earlier)).toEqual(['line 1', 'line 2', 'line 3']);
    const head = await client.send(new GetLogEventsCommand({ ...stream, limit: 2, startFromHead: true }));
    expect(messages(head)).toEqual(['line 0', 'line 1']);
    const next = await client.send(new GetLogEventsCommand({ ...stream, limit: 2, nextToken: head.nextForwardToken }));
    expect(messages(next)).toEqual(['line 2', 'line 3']);

    const end = await client.send(new GetLogEventsCommand({ ...stream, nextToken: last.nextForwardToken }));
    expect(end.events).toEqual([]);
    expect(end.nextForwardToken).toBe(last.nextForwardToken);
    await put(stream.logGroupName, stream.logStreamName, [{ timestamp: start + 9, message: 'news' }]);
    const news = await client.send(new GetLogEventsCommand({ ...stream, nextToken: end.nextForwardToken }));
    expect(messages(news)).toEqual(['news']);

    const window = { startTime: start + 1, endTime: start + 3 };
    expect(messages(await client.send(new GetLogEventsCommand({ ...stream, ...window })))).toEqual([
      'line 1',
      'line 2',
    ]);
  });

  test('is described with the time of its events', async () => {
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: stream.logGroupName }));
    expect(logStreams).toEqual([
      expect.objectContaining({
        logStreamName: stream.logStreamName,
        firstEventTimestamp: start,
        lastEventTimestamp: start + 9,
        lastIngestionTime: start,
      }),
    ]);
  });

  test('takes no disorder and says which events it rejected', async () => {
    const [first, second] = lines(2);
    await expect(put(stream.logGroupName, stream.logStreamName, [second!, first!])).rejects.toThrow(
      'chronological order',
    );
    const times = [start - 15 * day, start + 10, start + day];
    const { rejectedLogEventsInfo } = await put(
      stream.logGroupName,
      stream.logStreamName,
      times.map((timestamp) => ({ timestamp, message: 'x' })),
    );
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 });
  });

  test('must exist, once', async () => {
    await expect(put('/none', 'a', lines(1))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(put(stream.logGroupName, 'none', lines(1))).rejects.toThrow('log stream does not exist');
    await expect(client.send(new CreateLogStreamCommand(stream))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
  });
});

describe('filtering', () => {
  const logGroupName = 'runs';
  const filter = async (filterPattern: string) =>
    messages(await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern })));

  test('goes through all streams in order of time', async () => {
    await createStream(logGroupName, 'a', 'b');
    await put(logGroupName, 'a', [
      { timestamp: start, message: 'ERROR in plan' },
      { timestamp: start + 2, message: 'INFO plan done' },
    ]);
    await put(logGroupName, 'b', [
      { timestamp: start + 1, message: 'WARN gate: rows missing' },
      { timestamp: start + 3, message: 'ERROR in gate: rows missing' },
    ]);
    expect(await filter('')).toEqual([
      'ERROR in plan',
      'WARN gate: rows missing',
      'INFO plan done',
      'ERROR in gate: rows missing',
    ]);
    const pages: unknown[] = [];
    for await (const page of paginateFilterLogEvents({ client, pageSize: 3 }, { logGroupName }))
      pages.push(messages(page));
    expect(pages).toEqual([
      ['ERROR in plan', 'WARN gate: rows missing', 'INFO plan done'],
      ['ERROR in gate: rows missing'],
    ]);
  });

  test.each([
    ['ERROR', ['ERROR in plan', 'ERROR in gate: rows missing']],
    ['ERROR rows', ['ERROR in gate: rows missing']],
    ['"in plan"', ['ERROR in plan']],
    ['ERROR -plan', ['ERROR in gate: rows missing']],
    ['?WARN ?INFO', ['WARN gate: rows missing', 'INFO plan done']],
    ['error', []],
  ])('%s', async (pattern, expected) => {
    expect(await filter(pattern)).toEqual(expected);
  });

  test.each(['{ $.level = "ERROR" }', '[ip, user]', '%ERR.*%'])('%s is refused, not ignored', async (pattern) => {
    await expect(filter(pattern)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('groups', () => {
  test('are listed by prefix and survive a restart with their events', async () => {
    await runtime.close();
    await open(start + 1000);
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/' }));
    expect(logGroups).toEqual([
      expect.objectContaining({
        logGroupName: '/aws/lambda/plan',
        arn: 'arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/plan:*',
      }),
    ]);
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: 'runs' }));
    expect(events).toHaveLength(4);
  });

  test('drop what is older than their retention', async () => {
    await createStream('short', 'old', 'young');
    await client.send(new PutRetentionPolicyCommand({ logGroupName: 'short', retentionInDays: 1 }));
    await put('short', 'old', lines(1, start));
    await clock.advance(day / 2);
    await put('short', 'young', lines(1, start + day / 2));
    await clock.advance(day);
    await runtime.close();
    await open(start + 1.4 * day);
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: 'short' }));
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['young']);
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: 'short' }));
    expect(events).toHaveLength(1);
    await expect(
      client.send(new PutRetentionPolicyCommand({ logGroupName: 'short', retentionInDays: 2 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('are deleted with their streams', async () => {
    await client.send(new DeleteLogGroupCommand({ logGroupName: 'runs' }));
    await expect(client.send(new FilterLogEventsCommand({ logGroupName: 'runs' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await createStream('runs', 'a');
    expect((await client.send(new FilterLogEventsCommand({ logGroupName: 'runs' }))).events).toEqual([]);
  });
});
