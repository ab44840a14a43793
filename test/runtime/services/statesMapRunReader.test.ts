/** ItemReader over the wire: Zstandard and Parquet, ReaderConfig in both languages, and inputs that are too large. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { s3 } from '../../../runtime/services/s3/index.ts';
import { openStatesWorld, type StatesWorld } from './statesWorld.ts';

let world: StatesWorld;
let client: S3Client;

beforeEach(async () => {
  world = await openStatesWorld({}, [s3]);
  const { endpoint, region, credentials } = world.runtime;
  client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'items' }));
});
afterEach(() => world.close());

const put = (Key: string, Body: string | Uint8Array) =>
  client.send(new PutObjectCommand({ Bucket: 'items', Key, Body }));

let machines = 0;

const run = async (map: object, input: unknown = {}, language = 'JSONata') => {
  const machine = await world.create(`machine${machines++}`, {
    QueryLanguage: language,
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
          StartAt: 'One',
          States: { One: { Type: 'Pass', End: true } },
        },
        End: true,
        ...map,
      },
    },
  });
  const { output, error, cause } = await world.ended(await world.start(machine, input));
  return { error, cause, result: output === undefined ? undefined : (JSON.parse(output) as unknown[]) };
};

const reader = (Key: string, ReaderConfig: object) => ({
  ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Arguments: { Bucket: 'items', Key }, ReaderConfig },
});

test('CSV packed with Zstandard', async () => {
  // `n,text` and 400 rows, by the zstd command.
  const packed =
    'KLUv/WRnCP0FABbaKhKwJRkOwFVthfwwpVLKuROvOwEoACMAIwDZKTtlp+yUnbJTdspO2Sk7ZafslJ2yU3bKTtkpO+VBDELgKAICRQAQ2Sk7ZafslJ2yU3bKTtkpO2Wn7JSdslN2yk7ZKTtlp+yUnQLZKTtlp+yUnbJTdspO2Sk7ZafslJ2yU3bKTtkpO2Wn7JSdAoMYhGDKTtkpO2Wn7JSdslN2yk7ZKTtlp+yUnbJTdspO2Sk7BYGOpBHg73fhrwECAABIUqoqhHQl/A==';
  await put('rows.csv.zst', Buffer.from(packed, 'base64'));
  const { result } = await run(reader('rows.csv.zst', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }));
  expect(result).toEqual(Array.from({ length: 400 }, (_, i) => ({ n: String(i % 5), text: 'abc' })));
});

test('Parquet, group by group, with its types as JSON has them', async () => {
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'id', data: [1n, 2n, 9_007_199_254_740_993n], type: 'INT64' },
      { name: 'name', data: ['a', 'é', null], type: 'STRING' },
      { name: 'price', data: [0.5, 1.25, -3], type: 'DOUBLE' },
      { name: 'good', data: [true, false, true], type: 'BOOLEAN' },
      { name: 'at', data: [0, 1, 2].map((ms) => new Date(ms)), type: 'TIMESTAMP' },
      { name: 'more', data: [{ list: [1] }, {}, { list: [] }], type: 'JSON' },
    ],
    rowGroupSize: 2,
  });
  await put('rows.parquet', new Uint8Array(file));
  const rows = [
    { id: 1, name: 'a', price: 0.5, good: true, at: '1970-01-01T00:00:00.000Z', more: { list: [1] } },
    { id: 2, name: 'é', price: 1.25, good: false, at: '1970-01-01T00:00:00.001Z', more: {} },
    { id: '9007199254740993', name: null, price: -3, good: true, at: '1970-01-01T00:00:00.002Z', more: { list: [] } },
  ];
  expect((await run(reader('rows.parquet', { InputType: 'PARQUET' }))).result).toEqual(rows);
  expect((await run(reader('rows.parquet', { InputType: 'PARQUET', MaxItems: 1 }))).result).toEqual(rows.slice(0, 1));
  await put('rows.csv', 'a,b\n1,2\n');
  expect(await run(reader('rows.csv', { InputType: 'PARQUET' }))).toMatchObject({ error: 'States.ItemReaderFailed' });
});

test('arguments, MaxItems and limits may be expressions, or paths', async () => {
  await put('rows.jsonl', '1\n2\n3\n');
  const input = { bucket: 'items', key: 'rows.jsonl', most: 2, atOnce: 1, tolerated: 10, batch: 2 };
  const resource = { Resource: 'arn:aws:states:::s3:getObject' };
  const jsonata = {
    MaxConcurrency: '{% $states.input.atOnce %}',
    ToleratedFailurePercentage: '{% $states.input.tolerated %}',
    ItemBatcher: { MaxItemsPerBatch: '{% $states.input.batch %}', BatchInput: { key: '{% $states.input.key %}' } },
    ItemReader: {
      ...resource,
      Arguments: { Bucket: '{% $states.input.bucket %}', Key: '{% $states.input.key %}' },
      ReaderConfig: { InputType: 'JSONL', MaxItems: '{% $states.input.most %}' },
    },
  };
  const paths = {
    MaxConcurrencyPath: '$.atOnce',
    ToleratedFailurePercentagePath: '$.tolerated',
    ItemBatcher: { MaxItemsPerBatchPath: '$.batch', BatchInput: { 'key.$': '$.key' } },
    ItemReader: {
      ...resource,
      Parameters: { 'Bucket.$': '$.bucket', 'Key.$': '$.key' },
      ReaderConfig: { InputType: 'JSONL', MaxItemsPath: '$.most' },
    },
  };
  for (const [map, language] of [
    [jsonata, 'JSONata'],
    [paths, 'JSONPath'],
  ] as const) {
    expect((await run(map, input, language)).result).toEqual([{ BatchInput: { key: 'rows.jsonl' }, Items: [1, 2] }]);
  }
});

test('a batch has at most the bytes it may have, and no child more than an input can be', async () => {
  const items = ['aaaa', 'bbbb', 'cccc'];
  const bytes = JSON.stringify({ Items: items.slice(0, 2) }).length;
  const batches = async (MaxInputBytesPerBatch: number) =>
    (await run({ ItemBatcher: { MaxInputBytesPerBatch } }, items)).result;
  expect(await batches(bytes)).toEqual([{ Items: ['aaaa', 'bbbb'] }, { Items: ['cccc'] }]);
  expect(await batches(bytes - 1)).toEqual(items.map((item) => ({ Items: [item] })));
  await put('large.json', JSON.stringify(['x'.repeat(262_144)]));
  expect(await run(reader('large.json', { InputType: 'JSON' }))).toMatchObject({ error: 'States.DataLimitExceeded' });
});

test('the members of an object are items with a key, from the input of the state and from files', async () => {
  const object = { a: 1, b: { c: [2] } };
  const pairs = [
    { Key: 'a', Value: 1 },
    { Key: 'b', Value: { c: [2] } },
  ];
  const item = '$states.context.Map.Item';
  const ItemSelector = { at: `{% ${item}.Index & ${item}.Key %}`, value: `{% ${item}.Value %}` };
  const selected = [
    { at: '0a', value: 1 },
    { at: '1b', value: { c: [2] } },
  ];
  expect((await run({}, object)).result).toEqual(pairs);
  expect((await run({ ItemsPath: '$.in' }, { in: object }, 'JSONPath')).result).toEqual(pairs);
  expect((await run({ Items: '{% $states.input.in %}', ItemSelector }, { in: object })).result).toEqual(selected);
  await put('object.json', JSON.stringify({ in: object }));
  const pointed = reader('object.json', { InputType: 'JSON', ItemsPointer: '/in' });
  expect((await run({ ...pointed, ItemSelector })).result).toEqual(selected);
  expect((await run(reader('object.json', { InputType: 'JSON' }))).result).toEqual([{ Key: 'in', Value: object }]);
});

test('the bucket must belong to the account that is expected', async () => {
  await put('rows.jsonl', '1');
  const owned = (ExpectedBucketOwner: string) => ({
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      Arguments: { Bucket: 'items', Key: 'rows.jsonl', ExpectedBucketOwner },
      ReaderConfig: { InputType: 'JSONL' },
    },
  });
  expect((await run(owned('000000000000'))).result).toEqual([1]);
  expect(await run(owned('111111111111'))).toMatchObject({ error: 'States.ItemReaderFailed' });
});
