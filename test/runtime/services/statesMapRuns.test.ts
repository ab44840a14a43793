/** Distributed Map over the wire: items from S3, child executions, result files, limits, and what the API tells of the run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { s3 as s3Service } from '../../../runtime/services/s3/index.ts';
import { states } from '../../../runtime/services/states/index.ts';

let dataDir: string;
let runtime: Runtime;
let sfn: SFNClient;
let s3: S3Client;

const connect = async () => {
  runtime = await openRuntime({ dataDir, services: [s3Service, states] });
  const { endpoint, credentials } = runtime;
  const options = { endpoint, credentials, region: 'eu-west-1' };
  sfn = new SFNClient(options);
  s3 = new S3Client({ ...options, forcePathStyle: true });
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mapRuns-'));
  await connect();
  await s3.send(new CreateBucketCommand({ Bucket: 'items' }));
});
afterEach(async () => {
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

const put = (Key: string, Body: string | Uint8Array) => s3.send(new PutObjectCommand({ Bucket: 'items', Key, Body }));
const get = async (Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'items', Key }));
  return JSON.parse((await Body?.transformToString()) ?? 'null') as never;
};

const pass = { StartAt: 'One', States: { One: { Type: 'Pass', End: true } } };
const even = {
  StartAt: 'Even',
  States: {
    Even: { Type: 'Choice', Choices: [{ Variable: '$.odd', BooleanEquals: true, Next: 'Odd' }], Default: 'Good' },
    Odd: { Type: 'Fail', Error: 'Odd', Cause: 'not even' },
    Good: { Type: 'Pass', End: true },
  },
};

const machineOf = (map: object, inside: object = pass, type = 'STANDARD') => ({
  StartAt: 'All',
  States: {
    All: {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: type }, ...inside },
      End: true,
      ...map,
    },
  },
});

const start = async (definition: object, input: unknown = {}) => {
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: `machine-${Math.random().toString(36).slice(2)}`,
      roleArn: 'arn:aws:iam::000000000000:role/machine',
      definition: JSON.stringify(definition),
    }),
  );
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  return { executionArn: executionArn ?? '', stateMachineArn: stateMachineArn ?? '' };
};

const ended = async (executionArn: string) => {
  for (;;) {
    const it = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (it.status !== 'RUNNING') return it;
    await new Promise((wake) => setTimeout(wake, 5));
  }
};

const run = async (definition: object, input?: unknown) => {
  const { executionArn } = await start(definition, input);
  const it = await ended(executionArn);
  return { ...it, result: it.output === undefined ? undefined : (JSON.parse(it.output) as unknown) };
};

const mapRunOf = async (executionArn: string) => {
  const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  return mapRuns[0]?.mapRunArn ?? '';
};

const reader = (Key: string, ReaderConfig: object) => ({
  ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: { Bucket: 'items', Key }, ReaderConfig },
});

test('every item is an execution of its own, which the map run lists and describes', async () => {
  const { executionArn, stateMachineArn } = await start(
    machineOf({ Label: 'each', ItemSelector: { 'n.$': '$$.Map.Item.Value', 'from.$': '$$.Map.Item.Source' } }),
    [1, 2],
  );
  expect(JSON.parse((await ended(executionArn)).output ?? '')).toEqual([
    { n: 1, from: 'STATE_DATA' },
    { n: 2, from: 'STATE_DATA' },
  ]);
  const mapRunArn = await mapRunOf(executionArn);
  expect(mapRunArn).toMatch(
    new RegExp(`^${stateMachineArn.replace(':stateMachine:', ':mapRun:')}/each:[0-9a-f-]{36}$`),
  );
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn }));
  expect(executions).toHaveLength(2);
  const child = executions[0]?.executionArn ?? '';
  expect(await sfn.send(new DescribeExecutionCommand({ executionArn: child }))).toMatchObject({
    mapRunArn,
    stateMachineArn: `${stateMachineArn}/each`,
    status: 'SUCCEEDED',
  });
  const inside = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn: child }));
  expect(inside).toMatchObject({ mapRunArn, label: 'each' });
  expect(JSON.parse(inside.definition ?? '')).toMatchObject({ StartAt: 'One' });
  expect((await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions).toHaveLength(1);
  const counts = { total: 2, succeeded: 2, pending: 0, running: 0, failed: 0 };
  expect(await sfn.send(new DescribeMapRunCommand({ mapRunArn }))).toMatchObject({
    status: 'SUCCEEDED',
    maxConcurrency: 0,
    itemCounts: counts,
    executionCounts: counts,
  });
});

test('items are read from CSV, JSON, JSON lines, packed or not, from manifests and from lists of objects', async () => {
  await put('a.csv', 'n|text\n1|"a|""b"""\n\n2|c\n');
  expect(
    (await run(machineOf(reader('a.csv', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', CSVDelimiter: 'PIPE' }))))
      .result,
  ).toEqual([
    { n: '1', text: 'a|"b"' },
    { n: '2', text: 'c' },
  ]);
  await put('b.json.gz', gzipSync(JSON.stringify({ data: { items: [1, 2, 3] } })));
  const pointed = reader('b.json.gz', { InputType: 'JSON', ItemsPointer: '/data/items', MaxItems: 2 });
  expect((await run(machineOf(pointed))).result).toEqual([1, 2]);
  await put('c.jsonl', '{"n":1}\n{"n":2}\n');
  expect((await run(machineOf(reader('c.jsonl', { InputType: 'JSONL' })))).result).toEqual([{ n: 1 }, { n: 2 }]);
  await put('inventory/1.csv.gz', gzipSync('"items","a.csv","12"\n'));
  const manifest = {
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size',
    destinationBucket: 'arn:aws:s3:::items',
    files: [{ key: 'inventory/1.csv.gz' }],
  };
  await put('manifest.json', JSON.stringify(manifest));
  expect((await run(machineOf(reader('manifest.json', { InputType: 'MANIFEST' })))).result).toEqual([
    { Bucket: 'items', Key: 'a.csv', Size: '12' },
  ]);
  const list = { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'items', Prefix: 'c' } };
  expect((await run(machineOf({ ItemReader: list }))).result).toEqual([
    { Etag: expect.any(String), Key: 'c.jsonl', LastModified: expect.any(Number), Size: 16, StorageClass: 'STANDARD' },
  ]);
  const flattened = { ...list, ReaderConfig: { InputType: 'JSONL', Transformation: 'LOAD_AND_FLATTEN' } };
  expect((await run(machineOf({ ItemReader: flattened }))).result).toEqual([{ n: 1 }, { n: 2 }]);
});

test('what cannot be read fails the run with the cause', async () => {
  const { error, cause, executionArn } = await run(machineOf(reader('nowhere', { InputType: 'JSON' })));
  expect(error).toBe('States.ItemReaderFailed');
  expect(cause).toContain('The specified key does not exist.');
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events.map(({ type }) => type).slice(2)).toEqual([
    'MapStateStarted',
    'MapRunStarted',
    'MapRunFailed',
    'MapStateFailed',
    'ExecutionFailed',
  ]);
  expect(events[4]?.mapRunFailedEventDetails).toEqual({ error, cause });
});

test('batches, tolerated failures and result files', async () => {
  const map = {
    ItemsPath: '$.items',
    ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'odd.$': '$.odd' } },
    ItemSelector: { 'n.$': '$$.Map.Item.Value' },
    ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'items', Prefix: 'results' } },
  };
  const batched = await run(machineOf(map), { items: [1, 2, 3], odd: false });
  const details = batched.result as { MapRunArn: string; ResultWriterDetails: { Bucket: string; Key: string } };
  const key = details.ResultWriterDetails.Key;
  expect(key).toBe(`results/${details.MapRunArn.split(':').at(-1)}/manifest.json`);
  const { ResultFiles } = (await get(key)) as { ResultFiles: { SUCCEEDED: { Key: string }[]; FAILED: unknown[] } };
  expect(ResultFiles.FAILED).toEqual([]);
  const children = (await get(ResultFiles.SUCCEEDED[0]?.Key ?? '')) as { Input: string; Status: string }[];
  expect(children.map(({ Input, Status }) => [JSON.parse(Input) as unknown, Status])).toEqual([
    [{ BatchInput: { odd: false }, Items: [{ n: 1 }, { n: 2 }] }, 'SUCCEEDED'],
    [{ BatchInput: { odd: false }, Items: [{ n: 3 }] }, 'SUCCEEDED'],
  ]);

  const items = [{ odd: true }, { odd: false }, { odd: true }];
  const compact = { ResultWriter: { WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSON' } } };
  const tolerant = await run(machineOf({ ToleratedFailurePercentage: 70, ...compact }, even, 'EXPRESS'), items);
  expect(tolerant.status).toBe('SUCCEEDED');
  expect(tolerant.result).toContainEqual({ odd: false });
  expect(tolerant.result).toContainEqual(expect.objectContaining({ Error: 'Odd', Status: 'FAILED' }));

  const strict = await run(machineOf({ ToleratedFailureCount: 1, MaxConcurrency: 1 }, even), items);
  expect(strict).toMatchObject({
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  });
  const described = await sfn.send(new DescribeMapRunCommand({ mapRunArn: await mapRunOf(strict.executionArn ?? '') }));
  expect(described).toMatchObject({
    status: 'FAILED',
    toleratedFailureCount: 1,
    itemCounts: { failed: 2, succeeded: 1 },
  });
});

test('a run goes on after a restart with the children it had, and can be told to go faster', async () => {
  const waiting = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', SecondsPath: '$.seconds', End: true } } };
  await put('seconds.json', JSON.stringify([{ seconds: 1 }, { seconds: 0 }, { seconds: 0 }]));
  const { executionArn } = await start(machineOf({ MaxConcurrency: 1, ...reader('seconds.json', {}) }, waiting));
  let mapRunArn = '';
  let before: (string | undefined)[] = [];
  while (before.length === 0) {
    mapRunArn = await mapRunOf(executionArn);
    if (mapRunArn === '') continue;
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn }));
    before = executions.map((child) => child.executionArn);
  }
  await put('seconds.json', '[]');
  await runtime.close();
  await connect();
  await sfn.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 3 }));
  expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn }));
  expect(executions).toHaveLength(3);
  expect(executions.map((child) => child.executionArn)).toEqual(expect.arrayContaining(before));
  expect(await sfn.send(new DescribeMapRunCommand({ mapRunArn }))).toMatchObject({
    status: 'SUCCEEDED',
    maxConcurrency: 3,
    executionCounts: { total: 3, succeeded: 3 },
  });
});
