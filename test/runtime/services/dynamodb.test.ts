import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  TransactWriteItemsCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { dynamodb } from '../../../runtime/services/dynamodb/index.ts';

let dataDir: string;
let runtime: Runtime;
let client: DynamoDBClient;

const clientOf = ({ endpoint, region, credentials }: Runtime) =>
  new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });

const TableName = 'ledger';
const schema: CreateTableCommandInput = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'listed', AttributeType: 'S' },
    { AttributeName: 'startedAt', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byTime',
      KeySchema: [
        { AttributeName: 'listed', KeyType: 'HASH' },
        { AttributeName: 'startedAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

const item = (run: number, more = {}) => ({
  pk: { S: 'run' },
  sk: { S: `r${run}` },
  listed: { S: 'yes' },
  startedAt: { S: `2026-01-${String(run).padStart(2, '0')}` },
  ...more,
});
const key = (run: number) => ({ pk: { S: 'run' }, sk: { S: `r${run}` } });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-dynamodb-'));
  runtime = await openRuntime({ dataDir, accountId: '123456789012', region: 'us-west-2', services: [dynamodb] });
  client = clientOf(runtime);
  await client.send(new CreateTableCommand(schema));
});

afterAll(async () => {
  client.destroy();
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('items', () => {
  test('conditional writes decide races', async () => {
    const put = (owner: string) =>
      client.send(
        new PutItemCommand({
          TableName,
          Item: { pk: { S: 'lock' }, sk: { S: 'a' }, owner: { S: owner } },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    const race = await Promise.allSettled(['1', '2', '3', '4'].map(put));
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(put('5')).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    const gone = await client.send(
      new DeleteItemCommand({ TableName, Key: { pk: { S: 'lock' }, sk: { S: 'a' } }, ReturnValues: 'ALL_OLD' }),
    );
    expect(gone.Attributes?.['owner']).toBeDefined();
  });

  test('update, read back, query an index newest first, scan by segment', async () => {
    for (const run of [1, 2, 3]) await client.send(new PutItemCommand({ TableName, Item: item(run) }));
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: key(2),
        UpdateExpression: 'SET #s = :s, steps = list_append(if_not_exists(steps, :none), :step) ADD tries :one',
        ExpressionAttributeNames: { '#s': 'status' },
        ExpressionAttributeValues: {
          ':s': { S: 'RUNNING' },
          ':none': { L: [] },
          ':step': { L: [{ M: { name: { S: 'prepare' } } }] },
          ':one': { N: '1' },
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toMatchObject({ status: { S: 'RUNNING' }, tries: { N: '1' } });
    const read = await client.send(new GetItemCommand({ TableName, Key: key(2), ConsistentRead: true }));
    expect(read.Item).toEqual(Attributes);
    const page = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'byTime',
        KeyConditionExpression: 'listed = :yes',
        ExpressionAttributeValues: { ':yes': { S: 'yes' } },
        ScanIndexForward: false,
        Limit: 2,
      }),
    );
    expect(page.Items?.map(({ sk }) => sk?.S)).toEqual(['r3', 'r2']);
    expect(page.LastEvaluatedKey).toBeDefined();
    const all = await client.send(new ScanCommand({ TableName, FilterExpression: 'attribute_exists(tries)' }));
    expect(all).toMatchObject({ Count: 1 });
  });

  test('bytes, batches', async () => {
    const bytes = Uint8Array.from([0, 255, 128]);
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: { [TableName]: [{ PutRequest: { Item: item(9, { bytes: { B: bytes } }) } }] },
      }),
    );
    const { Responses } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key(9), key(99)] } } }),
    );
    expect(Responses?.[TableName]?.map((it) => it['bytes']?.B)).toEqual([bytes]);
  });

  test('what is missing is refused by name', async () => {
    const put = { TableName, Item: item(1) };
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] }))).rejects.toThrow(
      /TransactWriteItems/,
    );
    await expect(
      client.send(new PutItemCommand({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(client.send(new PutItemCommand({ ...put, TableName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(client.send(new PutItemCommand({ TableName, Item: { pk: { S: 'x' } } }))).rejects.toThrow(
      'One or more parameter values were invalid: Missing the key sk in the item',
    );
  });
});

describe('tables', () => {
  const arn = 'arn:aws:dynamodb:us-west-2:123456789012:table/other';

  test('a table is described as it was made, in this account and region', async () => {
    const Tags = [{ Key: 'team', Value: 'ml' }];
    const { TableDescription } = await client.send(
      new CreateTableCommand({
        ...schema,
        TableName: 'other',
        Tags,
        DeletionProtectionEnabled: true,
        SSESpecification: { Enabled: true },
      }),
    );
    expect(TableDescription).toMatchObject({ TableArn: arn, TableStatus: 'CREATING' });
    await waitUntilTableExists({ client, maxWaitTime: 5, minDelay: 1 }, { TableName: 'other' });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'other' }));
    expect(Table).toMatchObject({
      TableArn: arn,
      TableStatus: 'ACTIVE',
      DeletionProtectionEnabled: true,
      SSEDescription: { Status: 'ENABLED' },
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      GlobalSecondaryIndexes: [{ IndexName: 'byTime', IndexArn: `${arn}/index/byTime`, IndexStatus: 'ACTIVE' }],
    });
    expect(Table?.CreationDateTime).toBeInstanceOf(Date);
    await expect(client.send(new CreateTableCommand(schema))).rejects.toMatchObject({
      name: 'ResourceInUseException',
    });
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['ledger', 'other']);
    expect((await client.send(new ListTablesCommand({ Limit: 1 }))).LastEvaluatedTableName).toBe('ledger');
    await client.send(new TagResourceCommand({ ResourceArn: arn, Tags: [{ Key: 'env', Value: 'dev' }] }));
    await client.send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: ['team'] }));
    const tags = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn }));
    expect(tags.Tags).toEqual([{ Key: 'env', Value: 'dev' }]);
  });

  test('time to live and backups are recorded and reported', async () => {
    const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: 'other', TimeToLiveSpecification }));
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: 'other' }));
    expect(ttl.TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await client.send(new UpdateContinuousBackupsCommand({ TableName: 'other', PointInTimeRecoverySpecification }));
    const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName: 'other' }));
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'ENABLED',
    });
  });

  test('a protected table is deleted only after its protection', async () => {
    const remove = new DeleteTableCommand({ TableName: 'other' });
    await client.send(new PutItemCommand({ TableName: 'other', Item: item(1) }));
    await expect(client.send(remove)).rejects.toMatchObject({ name: 'ValidationException' });
    await client.send(new UpdateTableCommand({ TableName: 'other', DeletionProtectionEnabled: false }));
    await client.send(remove);
    await expect(client.send(new DescribeTableCommand({ TableName: 'other' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    // A table of the same name starts empty.
    await client.send(new CreateTableCommand({ ...schema, TableName: 'other' }));
    expect((await client.send(new ScanCommand({ TableName: 'other' }))).Count).toBe(0);
  });
});

test('what was answered survives the process being killed', async () => {
  await client.send(new PutItemCommand({ TableName, Item: item(20, { note: { S: 'kept' } }) }));
  // What a killed process leaves is its files as they are; the lock names a living process, so it is left out.
  const copy = await mkdtemp(join(tmpdir(), 'sluice-dynamodb-copy-'));
  await cp(dataDir, copy, { recursive: true, filter: (source) => !source.endsWith('/lock') });
  const again = await openRuntime({ dataDir: copy, accountId: '123456789012', services: [dynamodb] });
  const reader = clientOf(again);
  const { Item } = await reader.send(new GetItemCommand({ TableName, Key: key(20) }));
  expect(Item?.['note']).toEqual({ S: 'kept' });
  reader.destroy();
  await again.close();
  await rm(copy, { recursive: true });
});
