/** The text of a file as it arrives: unpacked where it is packed, never the whole of it at once. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';

/** Step Functions reads files of at most this many bytes. */
const mostBytes = 10 * 1024 ** 3;

/** A row, line or element may be 8 MB, more than an input: an ItemSelector may take less of it. */
export const mostCharacters = 8 * 1024 ** 2;

export const tooLong = (what: string) => new Error(`A ${what} is longer than ${mostCharacters} characters.`);

async function* bounded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > mostBytes) throw new Error(`The file is larger than ${mostBytes} bytes.`);
    yield chunk;
  }
}

async function* gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(bytes);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of source.pipe(gunzip)) yield chunk as Uint8Array;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function* unzstd(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  // What is handed on lies in a buffer that is used again.
  const stream = new Decompress((chunk) => void ready.push(chunk.slice()));
  for await (const chunk of bytes) {
    stream.push(chunk);
    yield* ready;
    ready = [];
  }
  stream.push(new Uint8Array(), true);
  yield* ready;
}

/** The packings known by how their files begin. */
const packings = [
  { magic: [0x1f, 0x8b], unpacked: gunzipped },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], unpacked: unzstd },
];

const longestMagic = 4;

async function* following(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** The characters of a file, plain or packed with gzip or Zstandard, without a byte order mark. */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const rest = bounded(bytes)[Symbol.asyncIterator]();
  let first = new Uint8Array();
  while (first.length < longestMagic) {
    const next = await rest.next();
    if (next.done) break;
    first = Uint8Array.from([...first, ...next.value]);
  }
  const packing = packings.find(({ magic }) => magic.every((byte, i) => first[i] === byte));
  const whole = following(first, rest);
  const decoder = new TextDecoder();
  for await (const chunk of packing ? packing.unpacked(whole) : whole) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const last = decoder.decode();
  if (last !== '') yield last;
}

/** Lines without their ends; empty ones are skipped. */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line.trim();
    if (rest.length > mostCharacters) throw tooLong('line');
  }
  if (rest.trim() !== '') yield rest.trim();
}
