/**
 * Row groups of flat columns as Parquet has them (parquet-format's README, Encodings.md): one data page for each column, nothing compressed. A library
 * would take values and look for repeated ones again; these are encoded already.
 */
import { type Fields, structBytes, varint } from './thrift.ts';

export interface ColumnPages {
  /** Of the rows that have a value: values in the plain encoding, or places in the dictionary of `width` bits each. */
  values: readonly Uint8Array[];
  /** How many. */
  count: number;
  /** By row, a bit: whether there is a value; undefined where all have one. */
  levels?: Uint8Array | undefined;
  dictionary?: { values: Uint8Array; count: number; width: 8 | 16 } | undefined;
}

export const encodings = { plain: 0, rle: 3, dictionary: 8 } as const;

/** Where a column's pages are in its row group (bytes); without `dataOffset` there is no dictionary before the data. */
export interface EncodedChunk {
  offset: number;
  bytes: number;
  dataOffset?: number;
}

export interface EncodedGroup {
  rows: number;
  chunks: EncodedChunk[];
  bytes: Uint8Array<ArrayBuffer>;
}

const pageTypes = { data: 0, dictionary: 2 } as const;

/** The pages may change afterwards; `room` makes a buffer of at least so many bytes. */
export const encodeGroup = (
  rows: number,
  columns: readonly ColumnPages[],
  room: (bytes: number) => ArrayBuffer = (bytes) => new ArrayBuffer(bytes),
): EncodedGroup => {
  const parts: Uint8Array[] = [];
  let at = 0;
  const put = (some: readonly Uint8Array[]) => {
    parts.push(...some);
    at += lengthOf(some);
  };
  const chunks = columns.map((column): EncodedChunk => {
    const offset = at;
    if (column.dictionary) put(dictionaryPage(column.dictionary));
    const dataOffset = at;
    put(dataPage(rows, column));
    return { offset, bytes: at - offset, ...(column.dictionary && { dataOffset }) };
  });
  const bytes = new Uint8Array(room(at), 0, at);
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return { rows, chunks, bytes };
};

const lengthOf = (parts: readonly Uint8Array[]) => parts.reduce((sum, { length }) => sum + length, 0);

const header = (type: number, bytes: number, own: Fields) =>
  structBytes({ 1: { i32: type }, 2: { i32: bytes }, 3: { i32: bytes }, ...own });

const dictionaryPage = ({ values, count }: NonNullable<ColumnPages['dictionary']>) => [
  header(pageTypes.dictionary, values.length, { 7: { struct: { 1: { i32: count }, 2: { i32: encodings.plain } } } }),
  values,
];

const dataPage = (rows: number, { values, count, levels, dictionary }: ColumnPages) => {
  const body = [...levelsOf(rows, levels), ...(dictionary ? [packed(count, dictionary.width)] : []), ...values];
  const encoding = dictionary ? encodings.dictionary : encodings.plain;
  const numbers = [rows, encoding, encodings.rle, encodings.rle];
  const own = Object.fromEntries(numbers.map((i32, place) => [place + 1, { i32 }]));
  return [header(pageTypes.data, lengthOf(body), { 5: { struct: own } }), ...body];
};

/** Which rows have a value: all, as one run, or a bit for each. */
const levelsOf = (rows: number, levels: Uint8Array | undefined) => {
  const run = Buffer.from(levels ? packedRun(rows) : [...varint(2 * rows), 1]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(run.length + (levels?.length ?? 0));
  return [length, run, ...(levels ? [levels] : [])];
};

/** What stands before packed values: eight of them are a group. */
const packedRun = (count: number) => varint(2 * Math.ceil(count / 8) + 1);

const packed = (count: number, width: number) => Buffer.from([width, ...packedRun(count)]);
