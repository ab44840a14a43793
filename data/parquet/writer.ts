/**
 * Parquet files of flat columns whose pages are encoded already (parquet-format's README, Encodings.md): one data page for each column of a
 * row group, nothing compressed. A library would take values and look for repeated ones again.
 */
import type { FileHandle } from 'node:fs/promises';
import { type Fields, structBytes, type Value, varint } from './thrift.ts';

export type ColumnType = 'double' | 'text' | 'hash';

export interface ColumnPages {
  /** Of the rows that have a value: values in the plain encoding, or places in the dictionary of `width` bits each. */
  values: readonly Uint8Array[];
  /** How many. */
  count: number;
  /** By row, a bit: whether there is a value; undefined where all have one. */
  levels?: Uint8Array | undefined;
  dictionary?: { values: Uint8Array; count: number; width: 8 | 16 } | undefined;
}

export interface ParquetWriter {
  /** Resolves when the pages may change. */
  group(rows: number, columns: readonly ColumnPages[]): Promise<void>;
  /** Writes what ends the file. */
  finish(): Promise<void>;
}

const magic = Buffer.from('PAR1');
const physical = { double: 5, text: 6, hash: 2 } as const;
const converted = { double: undefined, text: 0, hash: 14 } as const;
const encodings = { plain: 0, rle: 3, dictionary: 8 } as const;
const pageTypes = { data: 0, dictionary: 2 } as const;
const optional = 1;
const uncompressed = 0;

/** Writes to the open file from its begin. */
export const parquetWriter = (
  file: FileHandle,
  columns: readonly { name: string; type: ColumnType }[],
): ParquetWriter => {
  let at = 0;
  let rows = 0;
  const groups: Value[] = [];
  const put = async (parts: readonly Uint8Array[]) => {
    const bytes = lengthOf(parts);
    for (let rest = parts.filter(({ length }) => length > 0); rest.length > 0;) {
      const { bytesWritten } = await file.writev(rest.slice(0, mostParts));
      rest = behind(rest, bytesWritten);
    }
    at += bytes;
  };
  return {
    async group(groupRows, pages) {
      const parts: Uint8Array[] = at === 0 ? [magic] : [];
      const begin = at + lengthOf(parts);
      let end = begin;
      const chunks = columns.map(({ name, type }, place): Value => {
        const own = pages[place]!;
        const { dictionary } = own;
        const chunk = [...(dictionary ? dictionaryPage(dictionary) : [])];
        const dataOffset = end + lengthOf(chunk);
        chunk.push(...dataPage(groupRows, own));
        const bytes = lengthOf(chunk);
        const described: Fields = {
          1: { i32: physical[type] },
          2: { list: [dictionary ? encodings.dictionary : encodings.plain, encodings.rle].map((i32) => ({ i32 })) },
          3: { list: [{ text: name }] },
          4: { i32: uncompressed },
          5: { i64: groupRows },
          6: { i64: bytes },
          7: { i64: bytes },
          9: { i64: dataOffset },
          11: dictionary && { i64: end },
        };
        const offset = end;
        end += bytes;
        parts.push(...chunk);
        return { struct: { 2: { i64: offset }, 3: { struct: described } } };
      });
      groups.push({ struct: { 1: { list: chunks }, 2: { i64: end - begin }, 3: { i64: groupRows } } });
      rows += groupRows;
      await put(parts);
    },
    async finish() {
      const schema = columns.map(({ name, type }): Value => {
        const as = converted[type];
        return {
          struct: {
            1: { i32: physical[type] },
            3: { i32: optional },
            4: { text: name },
            6: as === undefined ? undefined : { i32: as },
          },
        };
      });
      const root: Value = { struct: { 4: { text: 'rows' }, 5: { i32: columns.length } } };
      const footer = structBytes({
        1: { i32: 1 },
        2: { list: [root, ...schema] },
        3: { i64: rows },
        4: { list: groups },
        6: { text: 'sluice' },
      });
      const length = Buffer.alloc(4);
      length.writeUInt32LE(footer.length);
      await put([...(at === 0 ? [magic] : []), footer, length, magic]);
    },
  };
};

/** More parts than the system takes at once are written one lot after the other. */
const mostParts = 1000;

const lengthOf = (parts: readonly Uint8Array[]) => parts.reduce((sum, { length }) => sum + length, 0);

/** What is left of the parts when the first bytes are written. */
const behind = (parts: readonly Uint8Array[], bytes: number) => {
  let done = 0;
  let rest = bytes;
  while (done < parts.length && rest >= parts[done]!.length) rest -= parts[done++]!.length;
  return rest > 0 ? [parts[done]!.subarray(rest), ...parts.slice(done + 1)] : parts.slice(done);
};

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
