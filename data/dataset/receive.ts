/**
 * A stream on its way into a file of the engine's folder, decompressed and in UTF-8, and what its bytes show while they pass by. Text without
 * quotes is told into rows and cells by its line breaks and separators alone: such a file needs no second look.
 */
import { isUtf8 } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../spec/errors.ts';
import { toUtf8 } from './utf16.ts';

export interface Received {
  /** The first bytes, at most `headBytes`. */
  head: Uint8Array;
  /** Bytes of the text. */
  bytes: number;
  /** Lines, the last one counted even without a line break. */
  lines: number;
  lineBreak: '\n' | '\r\n';
  /** UTF-8 without quotes, zero bytes and strange line breaks. */
  plain: boolean;
}

/** Enough for a sample of the rows, and for a few rows of 10,000 columns. */
export const headBytes = 2 ** 20;

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;

/** Looks at the bytes of a text as they pass. */
const observer = () => {
  const head: Uint8Array[] = [];
  let bytes = 0;
  let feeds = 0;
  let returns = 0;
  let pairs = 0;
  let plain = true;
  let last = -1;
  /** The beginning of a character that the chunk before cut. */
  let cut: Uint8Array = new Uint8Array();

  const checkText = (chunk: Uint8Array) => {
    const whole = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk;
    let end = whole.length;
    // A character has at most four bytes: the last one may go on in the next chunk.
    while (end > 0 && end > whole.length - 4 && (whole[end - 1]! & 0xc0) === 0x80) end--;
    if (end > 0 && whole[end - 1]! >= 0xc0) end--;
    else end = whole.length;
    cut = whole.slice(end);
    if (!isUtf8(whole.subarray(0, end))) plain = false;
  };
  const countBreaks = (chunk: Buffer) => {
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) feeds++;
    for (let at = chunk.indexOf(carriageReturn); at >= 0; at = chunk.indexOf(carriageReturn, at + 1)) {
      returns++;
      if (chunk[at + 1] === lineFeed) pairs++;
    }
    if (last === carriageReturn && chunk[0] === lineFeed) pairs++;
  };
  return {
    see(chunk: Buffer) {
      if (bytes < headBytes) head.push(chunk.subarray(0, headBytes - bytes));
      if (plain) {
        countBreaks(chunk);
        if (chunk.includes(quote) || chunk.includes(0)) plain = false;
        checkText(chunk);
      }
      bytes += chunk.length;
      last = chunk.at(-1) ?? last;
    },
    told(): Received {
      const paired = returns > 0 && returns === feeds && pairs === feeds;
      return {
        head: Buffer.concat(head),
        bytes,
        lines: feeds + (last === lineFeed ? 0 : 1),
        lineBreak: paired ? '\r\n' : '\n',
        plain: plain && cut.length === 0 && (returns === 0 || paired),
      };
    },
  };
};

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Writes the source to the file at `path`; gzip is undone on the way. Throws InputError for damaged gzip and beyond `maxBytes`. */
export const receive = async (
  source: AsyncIterable<Uint8Array>,
  path: string,
  { name, maxBytes }: { name: string; maxBytes: number },
): Promise<Received> => {
  const observed = observer();
  const iterator = source[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array();
  let first = await iterator.next();
  while (!first.done && start.length + first.value.length < 2) {
    start = Buffer.concat([start, first.value]);
    first = await iterator.next();
  }
  if (!first.done) start = start.length > 0 ? Buffer.concat([start, first.value]) : first.value;
  const whole = async function* () {
    yield start;
    if (first.done) return;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  };
  const seen = async function* (chunks: AsyncIterable<Uint8Array>) {
    let bytes = 0;
    for await (const chunk of toUtf8(chunks, name)) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new InputError({
          what: `${name} holds more than ${maxBytes} bytes`,
          todo: 'Take a sample of the rows, or leave out columns',
        });
      const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      observed.see(buffer);
      yield buffer;
    }
  };
  const to = createWriteStream(path, { highWaterMark: 2 ** 22 });
  if (!isGzip(start)) await pipeline(Readable.from(whole()), seen, to);
  else
    try {
      await pipeline(Readable.from(whole()), createGunzip({ chunkSize: 2 ** 18 }), seen, to);
    } catch (cause) {
      if (cause instanceof InputError || !isZlib(cause)) throw cause;
      throw new InputError(
        {
          what: `${name} is damaged gzip: ${cause.message}`,
          expected: 'a whole gzip file',
          todo: 'Compress it again, or check that the upload was complete',
        },
        { cause },
      );
    }
  return observed.told();
};

const isZlib = (error: unknown): error is { code: string; message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'message' in error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('Z_');
