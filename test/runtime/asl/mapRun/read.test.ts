/** ItemReader reads files as they arrive: however they are cut up, and no further than it must. */
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../../runtime/asl/json.ts';
import { readItems, type Storage } from '../../../../runtime/asl/mapRun/read.ts';

/** A bucket with one object that arrives in pieces; counts the bytes that were taken. */
const holding = (content: string | Uint8Array | (() => Iterable<Uint8Array>), piece = 65_536) => {
  const taken = { bytes: 0 };
  const pieces = function* (): Iterable<Uint8Array> {
    if (typeof content === 'function') {
      yield* content();
      return;
    }
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const storage: Storage = {
    async *read() {
      await Promise.resolve();
      for (const chunk of pieces()) {
        taken.bytes += chunk.length;
        yield chunk;
      }
    },
    parts: () => Promise.reject(new Error('not asked for')),
    async *list() {},
    write: () => Promise.resolve(),
  };
  return { storage, taken };
};

const itemsOf = async (storage: Storage, config: JsonObject, maxItems = 0): Promise<Json[]> => {
  const order = { action: 'getObject', parameters: { Bucket: 'b', Key: 'k' }, config, maxItems };
  const items: Json[] = [];
  for await (const { key, value } of readItems(storage, order))
    items.push(key === undefined ? value : `${key}: ${JSON.stringify(value)}`);
  return items;
};

const zstdOf300 = 'KLUv/WRiCGUBALBbeyJuIjowfSwxMjM0NTY3ODl9LF0KCiCw2RwMmfy465gTdxxz4q4cKxA5RQL6aQ==';

const cuts = [1, 2, 3, 7, 65_536];

test.each(cuts)('CSV in pieces of %i bytes', async (piece) => {
  const text = '\ufeffn;täxt\r\n1;"a;""b"""\r\n\r\n2;"c\nd"\n;\n3;"" x\n4;é€😀';
  const { storage } = holding(text, piece);
  expect(await itemsOf(storage, { InputType: 'CSV', CSVDelimiter: 'SEMICOLON' })).toEqual([
    { n: '1', täxt: 'a;"b"' },
    { n: '2', täxt: 'c\nd' },
    { n: '', täxt: '' },
    { n: '3', täxt: ' x' },
    { n: '4', täxt: 'é€😀' },
  ]);
  const escapes = String.raw`a|b` + '\n' + String.raw`C:\\x|"\"\|\\"` + '\n' + String.raw`\"q\"|1\|2\x`;
  const escaped = holding(escapes, piece).storage;
  expect(await itemsOf(escaped, { InputType: 'CSV', CSVDelimiter: 'PIPE' })).toEqual([
    { a: String.raw`C:\x`, b: '"|\\' },
    { a: '"q"', b: '1|2x' },
  ]);
});

test.each(cuts)('JSON in pieces of %i bytes', async (piece) => {
  const values: Json[] = [1, -2.5e3, 'a,]"\\', '\\', { a: [{}, [], '}{'], 'b\n': null }, [], true, 'é😀', [[1], [2]]];
  for (const text of [JSON.stringify(values), JSON.stringify(values, null, 2), ` ${JSON.stringify(values)} \n`]) {
    expect(await itemsOf(holding(text, piece).storage, { InputType: 'JSON' })).toEqual(values);
  }
  const nested = JSON.stringify({
    skipped: { 'x"': [1, '\\"]'] },
    'a/b': [{ c: 0 }, { 'd~': values, e: { k: 1, l: [2] } }],
  });
  const at = (ItemsPointer: string) => itemsOf(holding(nested, piece).storage, { InputType: 'JSON', ItemsPointer });
  expect(await at('/a~1b/1/d~0')).toEqual(values);
  expect(await at('/a~1b/1/e')).toEqual(['k: 1', 'l: [2]']);
  expect(await itemsOf(holding('{"x":{}, "y" : 2}', piece).storage, { InputType: 'JSON' })).toEqual(['x: {}', 'y: 2']);
  await expect(at('/a~1b/2')).rejects.toThrow('non-iterable');
  await expect(at('/a~1b/0/c')).rejects.toThrow('non-iterable');
});

test.each(cuts)('JSON lines, packed, in pieces of %i bytes', async (piece) => {
  const packed = gzipSync('{"n":1}\r\n\n{"n":"é"}\n[3]');
  expect(await itemsOf(holding(packed, piece).storage, { InputType: 'JSONL' })).toEqual([{ n: 1 }, { n: 'é' }, [3]]);
  // What the zstd command makes of 300 objects.
  const zstd = Buffer.from(zstdOf300, 'base64');
  const items = await itemsOf(holding(zstd, piece).storage, { InputType: 'JSON' });
  expect(items).toEqual(Array.from({ length: 300 }, (_, n) => ({ n: n % 10 })));
});

test('what is no JSON says so', async () => {
  for (const text of ['', '[1,2', '[1 2]', '[1,]', '[1]x', '{"a":1', 'nonsense', '["a'])
    await expect(itemsOf(holding(text).storage, { InputType: 'JSON' })).rejects.toThrow(
      'Attempting to parse JSON failed',
    );
  await expect(itemsOf(holding('17').storage, { InputType: 'JSON' })).rejects.toThrow('non-iterable');
  const cut = Buffer.from(zstdOf300, 'base64').subarray(0, 30);
  await expect(itemsOf(holding(cut).storage, { InputType: 'JSON' })).rejects.toThrow();
  await expect(itemsOf(holding(gzipSync('[1]').subarray(0, 12)).storage, { InputType: 'JSON' })).rejects.toThrow();
});

test('a file without end is read no further than MaxItems', async () => {
  const lines = new TextEncoder().encode('{"n":1}\n'.repeat(1000));
  const endless = function* () {
    for (;;) yield lines;
  };
  const { storage, taken } = holding(endless);
  expect(await itemsOf(storage, { InputType: 'JSONL' }, 2500)).toHaveLength(2500);
  expect(taken.bytes).toBeLessThanOrEqual(4 * lines.length);
});

test('one row, line or element without end is given up', async () => {
  const more = new TextEncoder().encode('x'.repeat(1024 * 1024));
  const endless = (begin: string) => () =>
    (function* () {
      yield new TextEncoder().encode(begin);
      for (;;) yield more;
    })();
  for (const [InputType, begin] of [
    ['CSV', 'a,b\n"'],
    ['JSONL', '"'],
    ['JSON', '["'],
  ] as const) {
    const { storage, taken } = holding(endless(begin));
    await expect(itemsOf(storage, { InputType })).rejects.toThrow('longer than 8388608 characters');
    expect(taken.bytes).toBeLessThan(11 * 1024 * 1024);
  }
});

test('headers are at most 10 KiB and all different', async () => {
  const headers = `${'x'.repeat(10_241)},b\n1,2\n`;
  await expect(itemsOf(holding(headers).storage, { InputType: 'CSV' })).rejects.toThrow('larger than 10240 bytes');
  await expect(itemsOf(holding('a,a\n').storage, { InputType: 'CSV' })).rejects.toThrow('cannot contain duplicates');
});
