import { type Arena, spaceFor } from '../../algorithms/wasm/arena.ts';
import type { Channel } from './channel.ts';
import type { TextColumn } from './rowBlock.ts';
import { columnWords, type RowKernel, step } from './rowKernel.ts';

const bufferBytes = 2 ** 20;

/** What a writer of rows of so many columns takes in an arena (bytes); `widest` is the longest row. */
export const writerBytes = (columns: number, widest: number): number =>
  spaceFor(4 * columnWords * columns) + spaceFor(8) + 2 * spaceFor(bufferBytes + widest + step);

export interface RowsWritten {
  /** The address of the rows' parts. */
  parts: number;
  /** Those of the channel, a bit each. */
  wanted: number;
  columns: readonly TextColumn[];
  /** The longest row (bytes). */
  widest: number;
  write: Channel['write'];
}

/** Writes rows one behind the other into two buffers: while one is filled, the other one is written. New ones would keep the collector of garbage busy. */
export const rowWriter = (arena: Arena, addRows: RowKernel, { parts, wanted, columns, widest, write }: RowsWritten) => {
  const table = arena.allocate(Uint32Array, columnWords * columns.length);
  table.set(columns.flatMap(({ places, shift, mask, entries }) => [places, shift, mask, entries]));
  /** The next row, and how many were written. */
  const state = arena.allocate(Uint32Array, 2);
  let buffer = arena.allocate(Uint8Array, bufferBytes + widest + step);
  let spare = arena.allocate(Uint8Array, buffer.length);
  let at = 0;
  let writing = Promise.resolve();
  const flush = async () => {
    await writing;
    writing = Promise.resolve(write(buffer.subarray(0, at)));
    // Its failure is told by the next flush, or by the end.
    writing.catch(() => undefined);
    [buffer, spare] = [spare, buffer];
    at = 0;
  };
  return {
    rows: () => state[1]!,
    /** Writes those of the first `rows` of the block that belong here. */
    async add(rows: number) {
      for (let row = 0; row < rows; row = state[0]!) {
        if (at >= bufferBytes) await flush();
        const start = buffer.byteOffset;
        const end = table.byteOffset + table.byteLength;
        at =
          addRows(parts, wanted, row, rows, table.byteOffset, end, start + at, start + bufferBytes, state.byteOffset) -
          start;
      }
    },
    async end() {
      if (at > 0) await flush();
      await writing;
    },
  };
};
