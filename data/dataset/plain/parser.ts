/**
 * Blocks of plain text as row groups of Parquet: cells are found by the kernel, each text that comes again is looked at once, and numbers are read where
 * they stand. What takes a closer look (quotes, ragged rows, odd line breaks, damaged characters, infinite numbers) is refused.
 */
import { isUtf8 } from 'node:buffer';
import { encodeGroup, type EncodedGroup } from '../../parquet/encode.ts';
import { plainColumn, type Refusal } from './column.ts';
import { hashKernel } from './hashKernel.ts';
import { columnBytes, scanKernel, state, stops } from './scanKernel.ts';
import { openSpace } from './space.ts';

export interface ParserOptions {
  delimiter: string;
  /** Whether lines end with a carriage return and a line feed. */
  pairs: boolean;
  /** By column: whether it is text even where every cell is a number. */
  isText: readonly boolean[];
  /** Cells are wanted as they are spelled, missing ones too. */
  allText: boolean;
  /** Whether each row's hash is stored behind its cells. */
  hashes: boolean;
}

/** Why a text was not read: what stopped it, and of `text` the column (its place) that has one among its numbers. */
export interface NotPlain {
  refusal: Refusal;
  column: number;
}

export const strange: NotPlain = { refusal: 'strange', column: 0 };

/** What the kernel sees in a block at once. */
const signs = { strange: 1, others: 2 } as const;
/** Row groups are about as long as the one before (bytes). */
const roomUnit = 2 ** 19;
const blank = 32;
const step = 16;
const lineFeed = 10;
const carriageReturn = 13;

export const blockParser = ({ delimiter, pairs, isText, allText, hashes }: ParserOptions) => {
  const space = openSpace(isText.length);
  const { bytes, window, breaks, state: words } = space;
  const kernel = scanKernel(space.arena);
  const hashing = hashKernel(space.arena);
  words[state.delimiter] = delimiter.charCodeAt(0);
  words[state.pairs] = pairs ? 1 : 0;
  const columns = isText.map((own, place) =>
    plainColumn(space, { words: space.column(place), values: space.values[place]!, isText: own, allText }),
  );
  const lineEnd = pairs ? 2 : 1;
  /** Buffers of row groups that are written down: in new ones the pages of memory would have to be made first. */
  let spare: ArrayBuffer[] = [];
  /** Rows of the groups before. */
  let seen = 0;

  const room = (bytes: number) => {
    const [buffer] = spare;
    spare = [];
    return buffer && buffer.byteLength >= bytes ? buffer : new ArrayBuffer(roomUnit * Math.ceil(bytes / roomUnit));
  };

  /** The rows up to now as a row group. */
  const group = (): EncodedGroup[] => {
    const rows = words[state.row]!;
    if (rows === 0) return [];
    for (const column of columns) column.settle();
    if (hashes) for (const [place, column] of columns.entries()) column.hash(hashing, rows, space.hashes, place === 0);
    let to = space.gathered;
    const pages = columns.map((column) => {
      const written = column.pages(kernel, rows, to);
      to = written.end;
      return written.pages;
    });
    if (hashes) pages.push({ values: [space.bytes.subarray(space.hashes, space.hashes + 8 * rows)], count: rows });
    seen += rows;
    words[state.row] = 0;
    space.emptyHeap();
    return [encodeGroup(rows, pages, room)];
  };

  /** Why the kernel stopped, which is not the end of the block; undefined when it can go on. */
  const help = (stop: number): NotPlain | undefined => {
    if (stop !== stops.unknown && stop !== stops.number && stop !== stops.text) return strange;
    const place = (words[state.column]! - words[state.columns]!) / columnBytes;
    const column = columns[place]!;
    const row = words[state.row]!;
    const cell = { at: words[state.at]!, length: words[state.length]!, hash: words[state.hash]! };
    const refusal = stop === stops.unknown ? column.learn(cell, row, seen + row) : column.put(cell, row);
    words[state.given] = stop === stops.unknown ? 0 : 1;
    return refusal && { refusal, column: place };
  };

  const isPlain = (block: Uint8Array) => {
    const begin = block.byteOffset;
    const end = begin + block.length;
    // What follows belongs to the next block.
    const behind = bytes.slice(end, end + step);
    bytes.fill(blank, end, end + step);
    const found = kernel.look(begin, end, breaks.byteOffset);
    bytes.set(behind, end);
    if ((found & signs.strange) !== 0 || breaks[0] !== (pairs ? breaks[1] : 0)) return false;
    return (found & signs.others) === 0 || isUtf8(block);
  };

  const isEmptyLine = (at: number) => bytes[at + lineEnd - 1] === lineFeed && (!pairs || bytes[at] === carriageReturn);

  return {
    /** Where blocks have to stand. */
    window,
    /** Takes back what a row group was put into, for the next ones. */
    reuse: (group: EncodedGroup) => void (spare = [group.bytes.buffer]),
    /** Reads whole lines, a part of the window, of which the rows begin at `from`; answers the row groups that are full. */
    parse(block: Uint8Array, from: number): EncodedGroup[] | NotPlain {
      if (!isPlain(block)) return strange;
      let begin = block.byteOffset + from;
      const end = block.byteOffset + block.length;
      while (begin < end && isEmptyLine(begin)) begin += lineEnd;
      words[state.at] = begin;
      words[state.begin] = begin;
      words[state.limit] = end;
      const groups: EncodedGroup[] = [];
      while (words[state.at]! < end) {
        const stop = kernel.scan(words.byteOffset);
        if (stop === stops.done) break;
        if (stop === stops.full) groups.push(...group());
        else {
          const refused = help(stop);
          if (refused) return refused;
        }
      }
      return groups;
    },
    /** The rows that are left. */
    finish: group,
    types: () => columns.map((column) => column.settle()),
    /** By column: no more different values have come; undefined where they are not counted. */
    atMost: () => columns.map((column) => column.atMost()),
  };
};
