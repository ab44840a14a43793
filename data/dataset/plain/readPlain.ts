/**
 * Delimited text without quotes to Parquet, in one pass while it arrives, without a copy of the text: cells are found by the kernel, each text that comes
 * again is looked at once, and numbers are read where they stand. Whatever takes a closer look (quotes, ragged rows, odd line breaks, damaged characters,
 * infinite numbers) is left to our scanner, which knows what is wrong with a file and where.
 */
import { isUtf8 } from 'node:buffer';
import { open as openFile } from 'node:fs/promises';
import type { Layout } from '../../csv/rowReader.ts';
import { parquetWriter, type ParquetWriter } from '../../parquet/writer.ts';
import { columnSql, hashColumn, type DatasetColumn } from '../columns.ts';
import { plainColumn, type Refusal } from './column.ts';
import { hashKernel } from './hashKernel.ts';
import { columnBytes, scanKernel, state, stops } from './scanKernel.ts';
import { longestRow, mostAtOnce, openSpace } from './space.ts';

export interface PlainOptions {
  layout: Layout;
  /** Whether lines end with a carriage return and a line feed. */
  pairs: boolean;
  /** By column: whether it is text even where every cell is a number. */
  isText: readonly boolean[];
  /** Cells are wanted as they are spelled, missing ones too. */
  allText: boolean;
  /** Whether each row's hash is stored beside its cells. */
  hashes: boolean;
}

export interface PlainRows {
  types: DatasetColumn['type'][];
  rows: number;
  /** By column, where it is known: its different values. */
  distinct: (number | undefined)[];
}

/** Why the text was not read: what stopped it, and of `text` the column (its place) that has one among its numbers. */
export interface NotPlain {
  refusal: Refusal;
  column: number;
}

const lineFeed = 10;
const carriageReturn = 13;
const strange: NotPlain = { refusal: 'strange', column: 0 };

/** Reads the chunks into the Parquet file at `path`, of which nothing may be used when it was not plain. */
export const readPlain = async (
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  options: PlainOptions,
): Promise<PlainRows | NotPlain> => {
  const file = await openFile(path, 'w');
  try {
    const reader = plainReader(file, options);
    for await (const chunk of chunks)
      for (let from = 0; from < chunk.length; from += mostAtOnce) {
        const refused = await reader.take(chunk.subarray(from, from + mostAtOnce));
        if (refused) return refused;
      }
    return await reader.finish();
  } finally {
    await file.close();
  }
};

const plainReader = (
  file: Awaited<ReturnType<typeof openFile>>,
  { layout: { names, delimiter, header, mark }, pairs, isText, allText, hashes }: PlainOptions,
) => {
  const space = openSpace(names.length);
  const { window, breaks, state: words } = space;
  const kernel = scanKernel(space.arena);
  const hashing = hashKernel(space.arena);
  words[state.delimiter] = delimiter.charCodeAt(0);
  words[state.pairs] = pairs ? 1 : 0;
  const columns = names.map((_, place) =>
    plainColumn(space, {
      words: space.column(place),
      values: space.values[place]!,
      isText: isText[place] === true,
      allText,
    }),
  );
  const checkText = textCheck();
  const lineEnd = pairs ? 2 : 1;
  let writer: ParquetWriter | undefined;
  let rows = 0;
  /** Bytes of the window that wait for the end of their line. */
  let waiting = 0;
  /** Bytes of the text before the first row: the mark, then the header. */
  let skip = mark;
  let headerDue = header;

  const flush = async () => {
    const own = words[state.row]!;
    if (own === 0) return;
    const types = columns.map((column) => column.settle());
    if (hashes) for (const [place, column] of columns.entries()) column.hash(hashing, own, space.hashes, place === 0);
    let to = space.gathered;
    const pages = columns.map((column) => {
      const written = column.pages(kernel, own, to);
      to = written.end;
      return written.pages;
    });
    if (hashes) pages.push({ values: [space.bytes.subarray(space.hashes, space.hashes + 8 * own)], count: own });
    writer ??= parquetWriter(file, [
      ...types.map((type, place) => ({
        name: columnSql(place),
        type: type === 'numeric' ? ('double' as const) : ('text' as const),
      })),
      ...(hashes ? [{ name: hashColumn, type: 'hash' as const }] : []),
    ]);
    await writer.group(own, pages);
    rows += own;
    words[state.row] = 0;
    words[state.heap] = space.heap;
  };

  /** Reads the whole lines of the window from one address to another. */
  const read = async (from: number, to: number): Promise<NotPlain | undefined> => {
    words[state.at] = from;
    words[state.limit] = to;
    while (words[state.at]! < to) {
      const stop = kernel.scan(words.byteOffset);
      if (stop === stops.done) return undefined;
      if (stop === stops.full) {
        await flush();
        continue;
      }
      if (stop === stops.width || stop === stops.lineBreak) return strange;
      const place = (words[state.column]! - words[state.columns]!) / columnBytes;
      const column = columns[place]!;
      const row = words[state.row]!;
      const cell = {
        at: words[state.at]!,
        length: words[state.length]!,
        hash: words[state.hash]!,
      };
      const refusal = stop === stops.unknown ? column.learn(cell, row, rows + row) : column.put(cell, row);
      if (refusal) return { refusal, column: place };
      words[state.given] = stop === stops.unknown ? 0 : 1;
    }
    return undefined;
  };

  const isEmpty = (at: number) => window[at + lineEnd - 1] === lineFeed && (!pairs || window[at] === carriageReturn);

  /** The lines of the first bytes of the window up to the last line break. */
  const readLines = async (bytes: number, end: number) => {
    let from = skip;
    if (headerDue) {
      const first = window.indexOf(lineFeed, skip);
      if (first - skip < lineEnd) return strange;
      from = first + 1;
      headerDue = false;
    }
    skip = 0;
    // Empty lines are none.
    while (from < end && isEmpty(from)) from += lineEnd;
    const refused = await read(window.byteOffset + from, window.byteOffset + end);
    window.copyWithin(0, end, bytes);
    waiting = bytes - end;
    return refused;
  };

  return {
    async take(chunk: Uint8Array): Promise<NotPlain | undefined> {
      window.set(chunk, waiting);
      const bytes = waiting + chunk.length;
      window.fill(blank, bytes, bytes + step);
      const begin = window.byteOffset + waiting;
      const found = kernel.look(begin, window.byteOffset + bytes, breaks.byteOffset);
      if ((found & 1) !== 0 || (!pairs && breaks[0]! > 0)) return strange;
      if (!checkText(chunk, (found & 2) !== 0)) return strange;
      const last = chunk.lastIndexOf(lineFeed);
      if (last >= 0) return readLines(bytes, waiting + last + 1);
      waiting = bytes;
      return waiting > longestRow ? strange : undefined;
    },
    async finish(): Promise<PlainRows | NotPlain> {
      if (pairs && breaks[0] !== breaks[1]) return strange;
      if (!checkText(new Uint8Array(), true)) return strange;
      if (waiting > 0) {
        const ended = [...(pairs ? [carriageReturn] : []), lineFeed];
        window.set(ended, waiting);
        const refused = await readLines(waiting + ended.length, waiting + ended.length);
        if (refused) return refused;
      }
      await flush();
      if (!writer) return strange;
      await writer.finish();
      return {
        types: columns.map((column) => column.settle()),
        rows,
        distinct: columns.map((column) => column.distinct()),
      };
    },
  };
};

const blank = 32;
const step = 16;

/** Looks at chunks of a text, of which characters may be cut: whether they are UTF-8; an empty chunk ends it. */
const textCheck = () => {
  let cut: Uint8Array = new Uint8Array();
  return (chunk: Uint8Array, hasOthers: boolean): boolean => {
    if (chunk.length === 0) return cut.length === 0;
    if (!hasOthers && cut.length === 0) return true;
    const whole = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk;
    let end = whole.length;
    // A character has at most four bytes: the last one may go on in the next chunk.
    while (end > 0 && end > whole.length - 4 && (whole[end - 1]! & 0xc0) === 0x80) end--;
    if (end > 0 && whole[end - 1]! >= 0xc0) end--;
    else end = whole.length;
    cut = whole.slice(end);
    return isUtf8(whole.subarray(0, end));
  };
};
