/** The bytes of an object on their way in: decompressed, in UTF-8, bounded, and the first of them ahead of the others. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../spec/errors.ts';
import { toUtf8 } from './utf16.ts';

export interface Source {
  /** The first bytes, at least `headBytes` where there are so many. */
  head: Buffer;
  /** Whether these are all. */
  isWhole: boolean;
  /** All bytes, once. */
  chunks: AsyncIterable<Uint8Array>;
  /** How many have been read up to now. */
  bytes(): number;
  /** Lets go of the object, whether all was read or nothing. */
  close(): Promise<void>;
}

export interface SourceOptions {
  /** For messages. */
  name: string;
  /** Of the text, decompressed. */
  maxBytes: number;
}

/** Enough for a sample of the rows, and for a few rows of 10,000 columns. */
const headBytes = 2 ** 20;

/** Reading throws InputError for damaged gzip and beyond `maxBytes`. */
export const openSource = async (source: AsyncIterable<Uint8Array>, options: SourceOptions): Promise<Source> => {
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of toUtf8(decompressed(source, options.name), options.name)) {
      bytes += chunk.length;
      if (bytes > options.maxBytes)
        throw new InputError({
          what: `${options.name} holds more than ${options.maxBytes} bytes`,
          todo: 'Take a sample of the rows, or leave out columns',
        });
      yield chunk;
    }
  };
  return { ...(await peeked(counted(), headBytes)), bytes: () => bytes };
};

/** The first chunks, and all of them. */
const peeked = async (chunks: AsyncIterable<Uint8Array>, bytes: number) => {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let isWhole = false;
  for (let length = 0; length < bytes;) {
    const next = await iterator.next();
    isWhole = next.done === true;
    if (next.done) break;
    first.push(next.value);
    length += next.value.length;
  }
  const all = async function* () {
    try {
      yield* first;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  // What is never begun does not end either.
  const close = async () => void (await iterator.return?.());
  return { head: Buffer.concat(first), isWhole, chunks: all(), close };
};

async function* decompressed(source: AsyncIterable<Uint8Array>, name: string) {
  const { head, chunks } = await peeked(source, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* chunks;
    return;
  }
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  // What fails is heard from what comes out.
  pipeline(Readable.from(chunks), gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (!isZlib(cause)) throw cause;
    throw new InputError(
      {
        what: `${name} is damaged gzip: ${cause.message}`,
        expected: 'a whole gzip file',
        todo: 'Compress it again, or check that the upload was complete',
      },
      { cause },
    );
  }
}

const isZlib = (error: unknown): error is { code: string; message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'message' in error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('Z_');
