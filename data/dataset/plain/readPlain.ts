/**
 * Delimited text without quotes to Parquet, in one pass while it arrives, without a copy of the text. Whatever takes a closer look is left to our scanner,
 * which knows what is wrong with a file and where.
 */
import { open as openFile } from 'node:fs/promises';
import type { Layout } from '../../csv/rowReader.ts';
import type { EncodedGroup } from '../../parquet/encode.ts';
import { parquetWriter, type ParquetWriter } from '../../parquet/writer.ts';
import { columnSql, hashColumn, type DatasetColumn } from '../columns.ts';
import { blocksOf } from './blocks.ts';
import { blockParser, type NotPlain, type ParserOptions, strange } from './parser.ts';

export interface PlainOptions extends Omit<ParserOptions, 'delimiter'> {
  layout: Layout;
}

export interface PlainRows {
  types: DatasetColumn['type'][];
  rows: number;
  /** By column: it has no more different values; undefined where that is not known. */
  atMost: (number | undefined)[];
}

const lineFeed = 10;
const carriageReturn = 13;

/** Reads the chunks into the Parquet file at `path`, of which nothing may be used when it was not plain. */
export const readPlain = async (
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  { layout, ...options }: PlainOptions,
): Promise<PlainRows | NotPlain> => {
  const parser = blockParser({ ...options, delimiter: layout.delimiter });
  const file = await openFile(path, 'w');
  try {
    let writer: ParquetWriter | undefined;
    let rows = 0;
    const write = async (groups: readonly EncodedGroup[]) => {
      for (const group of groups) {
        writer ??= parquetWriter(file, columnsOf(parser.types(), options.hashes));
        const written = await writer.group(group);
        if (written) parser.reuse(written);
        rows += group.rows;
      }
    };
    let isFirst = true;
    const ending = Buffer.from(options.pairs ? [carriageReturn, lineFeed] : [lineFeed]);
    for await (const block of blocksOf(chunks, ending, parser.window)) {
      const from = isFirst && block ? beginOfRows(block, layout) : 0;
      if (!block || from < 0) return strange;
      isFirst = false;
      const parsed = parser.parse(block, from);
      if ('refusal' in parsed) return parsed;
      await write(parsed);
    }
    await write(parser.finish());
    if (!writer) return strange;
    await writer.finish();
    return { types: parser.types(), rows, atMost: parser.atMost() };
  } finally {
    await file.close();
  }
};

const columnsOf = (types: readonly DatasetColumn['type'][], hashes: boolean) => [
  ...types.map((type, place) => ({
    name: columnSql(place),
    type: type === 'numeric' ? ('double' as const) : ('text' as const),
  })),
  ...(hashes ? [{ name: hashColumn, type: 'hash' as const }] : []),
];

/** What follows the mark and the header; negative where that is an empty line. */
const beginOfRows = (block: Uint8Array, { mark, header }: Layout) => {
  if (!header) return mark;
  const end = block.indexOf(lineFeed, mark);
  const isEmpty = end === mark || (end === mark + 1 && block[mark] === carriageReturn);
  return isEmpty ? -1 : end + 1;
};
