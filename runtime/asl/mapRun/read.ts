/**
 * ItemReader: the items in an object of S3, in the files a manifest lists, or the objects of a bucket themselves. Files are read as
 * they arrive, no further than the last item that is wanted.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
import type { Json, JsonObject } from '../json.ts';
import { checkHeaders, csvItems, delimiters } from './csv.ts';
import { jsonItems, parsed, type Element } from './jsonItems.ts';
import type { ReaderOrder } from './order.ts';
import { parquetItems, type Parts } from './parquet.ts';
import { linesOf, textOf } from './text.ts';

export interface Place {
  bucket: string;
  key: string;
  versionId?: string | undefined;
  /** Account that must own the bucket. */
  owner?: string | undefined;
}

/** What a map run needs of S3; failures are errors whose message is the cause that the machine sees. */
export interface Storage {
  /** The bytes of an object as they arrive. */
  read(at: Place): AsyncIterable<Uint8Array>;
  /** An object of which parts are read; all of them are of the same version. */
  parts(at: Place): Promise<Parts>;
  /** Parameters of ListObjectsV2; objects as ListObjectsV2 describes them, `LastModified` in epoch seconds. */
  list(parameters: JsonObject): AsyncIterable<JsonObject>;
  write(at: { bucket: string; key: string }, text: string, contentType: string): Promise<void>;
}

export interface ReadItem extends Element {
  /** `$$.Map.Item.Source` */
  source: string;
}

const stringOf = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);

const csvOf = (text: AsyncIterable<string>, config: JsonObject) => {
  const given =
    config['CSVHeaderLocation'] === 'GIVEN' && Array.isArray(config['CSVHeaders']) ? config['CSVHeaders'] : undefined;
  const headers = given && checkHeaders(given.map(String));
  return csvItems(text, headers, delimiters[stringOf(config['CSVDelimiter']) ?? 'COMMA'] ?? ',');
};

async function* lineItems(text: AsyncIterable<string>): AsyncGenerator<Json> {
  for await (const line of linesOf(text)) yield parsed(line);
}

type Format = (storage: Storage, at: Place, config: JsonObject) => AsyncIterable<Element>;

async function* plain(values: AsyncIterable<Json>): AsyncGenerator<Element> {
  for await (const value of values) yield { value };
}

const formats: Readonly<Record<string, Format>> = {
  CSV: (storage, at, config) => plain(csvOf(textOf(storage.read(at)), config)),
  JSON: (storage, at, config) => jsonItems(textOf(storage.read(at)), stringOf(config['ItemsPointer'])),
  JSONL: (storage, at) => plain(lineItems(textOf(storage.read(at)))),
  async *PARQUET(storage, at) {
    yield* plain(parquetItems(await storage.parts(at)));
  },
};

const read = (type: string, storage: Storage, at: Place, config: JsonObject): AsyncIterable<Element> => {
  const format = formats[type];
  if (!format) throw new Error(`InputType ${type} is not supported`);
  return format(storage, at, config);
};

const uri = (bucket: string, key?: string) => `S3://${bucket}${key === undefined ? '' : `/${key}`}`;

interface Inventory {
  fileFormat: string;
  fileSchema: string;
  destinationBucket: string;
  files: { key: string }[];
}

const mostManifestCharacters = 16 * 1024 ** 2;

const wholeText = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > mostManifestCharacters)
      throw new Error(`The manifest is longer than ${mostManifestCharacters} characters.`);
  }
  return text;
};

/** Objects listed by an S3 inventory report. */
async function* inventoryItems(storage: Storage, manifest: Json): AsyncGenerator<ReadItem> {
  const { fileFormat, fileSchema, destinationBucket, files } = manifest as unknown as Partial<Inventory>;
  if (!fileSchema || !destinationBucket || !Array.isArray(files))
    throw new Error('The manifest is not that of an S3 inventory');
  if (fileFormat !== 'CSV') throw new Error(`Inventory files of format ${fileFormat} are not supported`);
  const bucket = destinationBucket.replace(/^arn:aws:s3:::/, '');
  const headers = fileSchema.split(',').map((name) => name.trim());
  for (const { key } of files) {
    for await (const value of csvItems(textOf(storage.read({ bucket, key })), headers, ','))
      yield { value, source: uri(bucket, key) };
  }
}

/** Items of the data files that an Athena UNLOAD manifest names, one URI a line. */
async function* unloadedItems(
  storage: Storage,
  lines: AsyncIterable<string>,
  type: string,
  config: JsonObject,
  owner: string | undefined,
): AsyncGenerator<ReadItem> {
  for await (const line of lines) {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(line) ?? [];
    if (bucket === undefined || key === undefined) continue;
    for await (const item of read(type, storage, { bucket, key, owner }, config))
      yield { ...item, source: uri(bucket, key) };
  }
}

async function* objectItems(storage: Storage, { parameters, config }: ReaderOrder): AsyncGenerator<ReadItem> {
  const bucket = stringOf(parameters['Bucket']) ?? '';
  const key = stringOf(parameters['Key']) ?? '';
  const owner = stringOf(parameters['ExpectedBucketOwner']);
  const at = { bucket, key, versionId: stringOf(parameters['VersionId']), owner };
  const type = stringOf(config['InputType']) ?? 'JSON';
  const text = () => textOf(storage.read(at));
  if (config['ManifestType'] === 'ATHENA_DATA') yield* unloadedItems(storage, linesOf(text()), type, config, owner);
  else if (type === 'MANIFEST' || config['ManifestType'] === 'S3_INVENTORY')
    yield* inventoryItems(storage, parsed(await wholeText(text())));
  else for await (const item of read(type, storage, at, config)) yield { ...item, source: uri(bucket, key) };
}

async function* listedItems(storage: Storage, { parameters, config }: ReaderOrder): AsyncGenerator<ReadItem> {
  const bucket = stringOf(parameters['Bucket']) ?? '';
  const owner = stringOf(parameters['ExpectedBucketOwner']);
  const flatten = config['Transformation'] === 'LOAD_AND_FLATTEN';
  for await (const listed of storage.list(parameters)) {
    const key = stringOf(listed['Key']) ?? '';
    if (!flatten) yield { value: listed, source: uri(bucket) };
    else if (!key.endsWith('/')) {
      const type = stringOf(config['InputType']) ?? 'JSON';
      for await (const item of read(type, storage, { bucket, key, owner }, config))
        yield { ...item, source: uri(bucket, key) };
    }
  }
}

/** The items, at most as many as are asked for. Throws an error whose message is the cause of States.ItemReaderFailed. */
export async function* readItems(storage: Storage, order: ReaderOrder): AsyncGenerator<ReadItem> {
  if (order.maxItems < 0) throw new Error('field MaxItems must be positive');
  const most = order.maxItems || Infinity;
  const source = order.action === 'listObjectsV2' ? listedItems(storage, order) : objectItems(storage, order);
  let count = 0;
  for await (const item of source) {
    yield item;
    if (++count >= most) return;
  }
}
