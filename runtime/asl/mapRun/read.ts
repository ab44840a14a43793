/**
 * ItemReader: the items in an object of S3, in the files a manifest lists, or the objects of a bucket themselves. A file is read
 * whole into memory. https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
import { gunzipSync } from 'node:zlib';
import { isObject, member, type Json, type JsonObject } from '../json.ts';
import { checkHeaders, csvItems, delimiters } from './csv.ts';
import type { ReaderOrder } from './order.ts';

/** What a map run needs of S3; failures are errors whose message is the cause that the machine sees. */
export interface Storage {
  read(at: { bucket: string; key: string; versionId?: string | undefined }): Promise<Uint8Array>;
  /** Parameters of ListObjectsV2; objects as ListObjectsV2 describes them, `LastModified` in epoch seconds. */
  list(parameters: JsonObject): AsyncIterable<JsonObject>;
  write(at: { bucket: string; key: string }, text: string, contentType: string): Promise<void>;
}

export interface ReadItem {
  value: Json;
  /** `$$.Map.Item.Source` */
  source: string;
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);

const plainText = (bytes: Uint8Array): string => {
  const [a, b, c, d] = bytes;
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) throw new Error('Zstandard compression is not supported');
  const plain = a === 0x1f && b === 0x8b ? gunzipSync(bytes) : bytes;
  // Also leaves a byte order mark out.
  return new TextDecoder().decode(plain);
};

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(`Attempting to parse JSON failed: ${(error as Error).message}`, { cause: error });
  }
};

/** https://www.rfc-editor.org/rfc/rfc6901 */
const pointedAt = (value: Json, pointer: string): Json | undefined =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>((at, key) => (Array.isArray(at) ? at[Number(key)] : member(at, key)), value);

function* jsonItems(text: string, config: JsonObject): Generator<Json> {
  const pointer = textOf(config['ItemsPointer']);
  const whole = parsed(text);
  const items = pointer === undefined ? whole : pointedAt(whole, pointer);
  if (Array.isArray(items)) yield* items;
  else if (pointer !== undefined && isObject(items)) {
    for (const [Key, Value] of Object.entries(items)) yield { Key, Value };
  } else throw new Error('Attempting to map over non-iterable node.');
}

function* lineItems(text: string): Generator<Json> {
  for (const line of text.split(/\r?\n/)) if (line.trim() !== '') yield parsed(line);
}

const csvOf = (text: string, config: JsonObject) => {
  const given =
    config['CSVHeaderLocation'] === 'GIVEN' && Array.isArray(config['CSVHeaders']) ? config['CSVHeaders'] : undefined;
  const headers = given && checkHeaders(given.map(String));
  return csvItems(text, headers, delimiters[textOf(config['CSVDelimiter']) ?? 'COMMA'] ?? ',');
};

const formats: Readonly<Record<string, (text: string, config: JsonObject) => Iterable<Json>>> = {
  CSV: csvOf,
  JSON: jsonItems,
  JSONL: lineItems,
};

/** InputTypes that can be read. */
export const readable = [...Object.keys(formats), 'MANIFEST'];

const parse = (type: string, bytes: Uint8Array, config: JsonObject): Iterable<Json> => {
  const format = formats[type];
  if (!format) throw new Error(`InputType ${type} is not supported`);
  return format(plainText(bytes), config);
};

const uri = (bucket: string, key?: string) => `S3://${bucket}${key === undefined ? '' : `/${key}`}`;

interface Inventory {
  fileFormat: string;
  fileSchema: string;
  destinationBucket: string;
  files: { key: string }[];
}

/** Objects listed by an S3 inventory report. */
async function* inventoryItems(storage: Storage, manifest: Json): AsyncGenerator<ReadItem> {
  const { fileFormat, fileSchema, destinationBucket, files } = manifest as unknown as Partial<Inventory>;
  if (!fileSchema || !destinationBucket || !Array.isArray(files))
    throw new Error('The manifest is not that of an S3 inventory');
  if (fileFormat !== 'CSV') throw new Error(`Inventory files of format ${fileFormat} are not supported`);
  const bucket = destinationBucket.replace(/^arn:aws:s3:::/, '');
  const headers = fileSchema.split(',').map((name) => name.trim());
  for (const { key } of files) {
    const text = plainText(await storage.read({ bucket, key }));
    for (const value of csvItems(text, headers, ',')) yield { value, source: uri(bucket, key) };
  }
}

/** Items of the data files that an Athena UNLOAD manifest names, one URI a line. */
async function* unloadedItems(
  storage: Storage,
  text: string,
  type: string,
  config: JsonObject,
): AsyncGenerator<ReadItem> {
  for (const line of text.split(/\r?\n/)) {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(line.trim()) ?? [];
    if (bucket === undefined || key === undefined) continue;
    for (const value of parse(type, await storage.read({ bucket, key }), config))
      yield { value, source: uri(bucket, key) };
  }
}

async function* objectItems(storage: Storage, { parameters, config }: ReaderOrder): AsyncGenerator<ReadItem> {
  const bucket = textOf(parameters['Bucket']) ?? '';
  const key = textOf(parameters['Key']) ?? '';
  const bytes = await storage.read({ bucket, key, versionId: textOf(parameters['VersionId']) });
  const type = textOf(config['InputType']) ?? 'JSON';
  if (config['ManifestType'] === 'ATHENA_DATA') yield* unloadedItems(storage, plainText(bytes), type, config);
  else if (type === 'MANIFEST') yield* inventoryItems(storage, parsed(plainText(bytes)));
  else for (const value of parse(type, bytes, config)) yield { value, source: uri(bucket, key) };
}

async function* listedItems(storage: Storage, { parameters, config }: ReaderOrder): AsyncGenerator<ReadItem> {
  const bucket = textOf(parameters['Bucket']) ?? '';
  const flatten = config['Transformation'] === 'LOAD_AND_FLATTEN';
  for await (const listed of storage.list(parameters)) {
    const key = textOf(listed['Key']) ?? '';
    if (!flatten) yield { value: listed, source: uri(bucket) };
    else if (!key.endsWith('/')) {
      const type = textOf(config['InputType']) ?? 'JSON';
      for (const value of parse(type, await storage.read({ bucket, key }), config))
        yield { value, source: uri(bucket, key) };
    }
  }
}

/** Reads the items, at most as many as are asked for. Throws an error whose message is the cause of States.ItemReaderFailed. */
export const readItems = async (storage: Storage, order: ReaderOrder): Promise<ReadItem[]> => {
  if (order.maxItems < 0) throw new Error('field MaxItems must be positive');
  const most = order.maxItems || Infinity;
  const items: ReadItem[] = [];
  const source = order.action === 'listObjectsV2' ? listedItems(storage, order) : objectItems(storage, order);
  for await (const item of source) {
    if (items.length >= most) break;
    items.push(item);
  }
  return items;
};
