/** One object of a drop to Parquet, whatever its format: that is told from the bytes, not from the name. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Engine } from '../engine.ts';
import { ingestCsv, type IngestCsvOptions, type IngestedCsv } from './ingestCsv.ts';
import { ingestJsonLines } from './ingestJsonLines.ts';
import { ingestParquet } from './ingestParquet.ts';
import { ingestPlain } from './ingestPlain.ts';
import { openSource, type Source, type SourceOptions } from './source.ts';

export type Ingested = IngestedCsv & {
  /** Of text read. */
  bytes: number;
};

/** Reads an object, perhaps more than once, into the Parquet file `to`. Throws InputError for everything that is wrong with it. */
export const ingest = async (
  engine: Engine,
  open: () => Promise<AsyncIterable<Uint8Array>>,
  to: string,
  options: IngestCsvOptions & SourceOptions,
): Promise<Ingested> => {
  let source = await openSource(await open(), options);
  const again = async () => (source = await openSource(await open(), options));
  const text = `${to}.text`;
  try {
    const own = formatOf(source.head);
    const plain = own === ingestCsv ? await ingestPlain(engine, source, to, options, again) : undefined;
    if (plain) return { ...plain, bytes: source.bytes() };
    await receive(source, engine.path(text));
    return { ...(await own(engine, text, to, options)), bytes: source.bytes() };
  } finally {
    await source.close();
    await rm(engine.path(text), { force: true });
  }
};

const formatOf = (head: Buffer) => {
  const start = head.toString('latin1', 0, 4096);
  if (start.startsWith('PAR1')) return ingestParquet;
  // An object, behind a byte order mark perhaps; also the beginning of an array of objects, to be refused as what it is.
  return /^(?:\u00ef\u00bb\u00bf)?\s*(?:\{|\[\s*\{)/.test(start) ? ingestJsonLines : ingestCsv;
};

const receive = ({ chunks }: Source, path: string) =>
  pipeline(Readable.from(chunks), createWriteStream(path, { highWaterMark: 2 ** 22 }));
