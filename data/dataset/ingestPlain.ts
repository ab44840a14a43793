/** Delimited text that can be read in one way only, which is what most files are: see `plain/readPlain.ts`. */
import { rm } from 'node:fs/promises';
import { layoutOf } from '../csv.ts';
import { quoted, type Engine } from '../engine.ts';
import type { IngestCsvOptions, IngestedCsv } from './ingestCsv.ts';
import { readPlain } from './plain/readPlain.ts';
import type { Source } from './source.ts';
import { mostInFile, store } from './store.ts';

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;

/** So many columns may show late that they hold texts; each time the text is read anew. */
const mostReadings = 4;

/**
 * Reads the source into the Parquet file `to`. Undefined for text that is not plain; then `again` has opened the next source, unless the present one was not
 * touched. Throws InputError for what the first rows say.
 */
export const ingestPlain = async (
  engine: Engine,
  source: Source,
  to: string,
  options: IngestCsvOptions,
  again: () => Promise<Source>,
): Promise<IngestedCsv | undefined> => {
  const { head, isWhole } = source;
  const firstBreak = head.indexOf(lineFeed);
  if (firstBreak < 0 || head.includes(quote) || head.includes(0)) return undefined;
  const layout = layoutOf(head, isWhole, options);
  if (!layout || layout.names.length < 2) return undefined;
  const { names } = layout;
  const isText = names.map((name) => options.allText === true || options.textColumns?.includes(name) === true);
  const isWide = names.length > mostInFile;
  const file = isWide ? `${to}.parquet` : to;
  let { chunks } = source;
  for (let reading = 0; reading < mostReadings; reading++) {
    const read = await readPlain(chunks, engine.path(file), {
      layout,
      pairs: head[firstBreak - 1] === carriageReturn,
      isText,
      allText: options.allText === true,
      hashes: options.hashes === true,
    });
    if ('rows' in read) {
      if (isWide) await toTable(engine, file, to, names.length, options);
      const { delimiter, header } = layout;
      return { names, ...read, layout: { delimiter, header } };
    }
    ({ chunks } = await again());
    if (read.refusal !== 'text') break;
    isText[read.column] = true;
  }
  await rm(engine.path(file), { force: true });
  return undefined;
};

const toTable = async (engine: Engine, file: string, to: string, columns: number, { name }: IngestCsvOptions) => {
  await store(engine, to, `SELECT * FROM read_parquet(${quoted(engine.path(file))})`, { columns, name });
  await rm(engine.path(file));
};
