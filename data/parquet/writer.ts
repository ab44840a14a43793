/** Parquet files of flat columns (parquet.thrift of parquet-format), row group by row group. */
import type { FileHandle } from 'node:fs/promises';
import { type EncodedGroup, encodings } from './encode.ts';
import { structBytes, type Value } from './thrift.ts';

export type ColumnType = 'double' | 'text' | 'hash';

export interface ParquetWriter {
  /** Writes a row group behind those before it, and answers the one before, which is in the file then; its failure is told by the next call. */
  group(encoded: EncodedGroup): Promise<EncodedGroup | undefined>;
  /** Writes what ends the file. */
  finish(): Promise<void>;
}

const magic = Buffer.from('PAR1');
const physical = { double: 5, text: 6, hash: 2 } as const;
const converted = { double: undefined, text: 0, hash: 14 } as const;
const optional = 1;
const uncompressed = 0;

/** Writes to the open file from its begin. */
export const parquetWriter = (
  file: FileHandle,
  columns: readonly { name: string; type: ColumnType }[],
): ParquetWriter => {
  const groups: Value[] = [];
  let at = 0;
  let rows = 0;
  let last: EncodedGroup | undefined;
  let writing = Promise.resolve();
  /** While one part is written, the next one is made. */
  const put = async (bytes: Uint8Array) => {
    await writing;
    writing = file.writeFile(bytes);
    writing.catch(() => undefined);
    at += bytes.length;
  };
  const open = async () => {
    if (at === 0) await put(magic);
  };
  return {
    async group(group) {
      await open();
      const chunks = columns.map(({ name, type }, place): Value => {
        const { offset, bytes, dataOffset } = group.chunks[place]!;
        const begin = at + offset;
        const described = {
          1: { i32: physical[type] },
          2: {
            list: [{ i32: dataOffset === undefined ? encodings.plain : encodings.dictionary }, { i32: encodings.rle }],
          },
          3: { list: [{ text: name }] },
          4: { i32: uncompressed },
          5: { i64: group.rows },
          6: { i64: bytes },
          7: { i64: bytes },
          9: { i64: dataOffset === undefined ? begin : at + dataOffset },
          11: dataOffset === undefined ? undefined : { i64: begin },
        };
        return { struct: { 2: { i64: begin }, 3: { struct: described } } };
      });
      groups.push({ struct: { 1: { list: chunks }, 2: { i64: group.bytes.length }, 3: { i64: group.rows } } });
      rows += group.rows;
      await put(group.bytes);
      const before = last;
      last = group;
      return before;
    },
    async finish() {
      await open();
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
      await put(Buffer.concat([footer, length, magic]));
      await writing;
    },
  };
};
