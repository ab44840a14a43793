/** One object of a drop to Parquet, whatever its format: that is told from the bytes, not from the name. */
import type { Engine } from '../engine.ts';
import { ingestCsv, type IngestCsvOptions, type IngestedCsv } from './ingestCsv.ts';
import { ingestJsonLines } from './ingestJsonLines.ts';
import { ingestParquet } from './ingestParquet.ts';
import type { Received } from './receive.ts';

/** Reads the received object in `from` into the Parquet file `to`. Throws InputError for everything that is wrong with it. */
export const ingest = (
  engine: Engine,
  from: string,
  to: string,
  received: Received,
  options: IngestCsvOptions,
): Promise<IngestedCsv> => {
  const start = Buffer.from(received.head.subarray(0, 4096)).toString('latin1');
  if (start.startsWith('PAR1')) return ingestParquet(engine, from, to, options);
  // An object, behind a byte order mark perhaps; also the beginning of an array of objects, to be refused as what it is.
  if (/^(?:\u00ef\u00bb\u00bf)?\s*(?:\{|\[\s*\{)/.test(start)) return ingestJsonLines(engine, from, to, options);
  return ingestCsv(engine, from, to, received, options);
};
