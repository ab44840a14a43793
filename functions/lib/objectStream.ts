/** Objects too large for memory: read in parallel ranges, written in parts while they are made. */
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { s3 } from './clients.ts';
import { environment } from './environment.ts';

const rangeBytes = 16 * 2 ** 20;
const rangesAtOnce = 4;
const partBytes = 16 * 2 ** 20;

/** The bytes of one version of an object in order, ranges of it fetched at once. Rejects as GetObject does. */
export const readObject = async function* (key: string, versionId?: string): AsyncGenerator<Uint8Array> {
  const at = { Bucket: environment('BUCKET_NAME'), Key: key, VersionId: versionId };
  const { ContentLength: size = 0, ETag } = await s3().send(new HeadObjectCommand(at));
  const fetch = async (from: number) => {
    const Range = `bytes=${from}-${Math.min(size, from + rangeBytes) - 1}`;
    const { Body } = await s3().send(new GetObjectCommand({ ...at, Range, IfMatch: ETag }));
    if (!Body) throw new Error(`S3 answered ${key} without a body.`);
    return Body.transformToByteArray();
  };
  const starts = Array.from({ length: Math.ceil(size / rangeBytes) }, (_, range) => range * rangeBytes);
  const under: Promise<Uint8Array>[] = [];
  try {
    while (starts.length > 0 || under.length > 0) {
      while (under.length < rangesAtOnce && starts.length > 0) under.push(fetch(starts.shift() ?? 0));
      const next = await under.shift();
      if (next) yield next;
    }
  } finally {
    // Whoever stops reading early does not care how the other ranges went.
    await Promise.allSettled(under);
  }
};

/** The lines of an object, without their line feeds. */
export const readLines = async function* (key: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of readObject(key)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
};

/** An object that is being written. */
export interface ObjectWriter {
  /** Resolves when there is room for more; the bytes may then be written over. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the whole object is there; until then none is. */
  end(): Promise<void>;
  /** Gives up what was written. */
  abort(): Promise<void>;
}

export const writeObject = (key: string, contentType = 'text/csv'): ObjectWriter => {
  const body = new PassThrough({ highWaterMark: partBytes });
  const upload = new Upload({
    client: s3(),
    params: { Bucket: environment('BUCKET_NAME'), Key: key, Body: body, ContentType: contentType },
    partSize: partBytes,
    queueSize: 2,
  });
  const done = upload.done();
  // Its failure is told by the next write or by the end.
  done.catch((error: unknown) => body.destroy(error instanceof Error ? error : new Error(String(error))));
  return {
    async write(bytes) {
      if (!body.write(Buffer.from(bytes)))
        await Promise.race([new Promise((resolve) => body.once('drain', resolve)), finished(body)]);
    },
    async end() {
      body.end();
      await done;
    },
    async abort() {
      await upload.abort();
      body.destroy();
      await Promise.allSettled([done]);
    },
  };
};

/** Characters that are gathered before they are written. */
const pieceCharacters = 2 ** 20;

/** Writes an object line by line; when the lines end early with an error, no object is left. */
export const writeLines = async (key: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> => {
  const object = writeObject(key);
  try {
    let text = '';
    for await (const line of lines) {
      text += `${line}\n`;
      if (text.length < pieceCharacters) continue;
      await object.write(Buffer.from(text));
      text = '';
    }
    await object.write(Buffer.from(text));
    await object.end();
  } catch (error) {
    await object.abort();
    throw error;
  }
};
