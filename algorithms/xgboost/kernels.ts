/** The WebAssembly kernels behind typed arrays; every array must have been allocated in the arena they were made for. */
import type { Arena } from '../wasm/arena.ts';
import { assemble } from '../wasm/assemble.ts';
import { kernelSource } from './kernelSource.ts';

export type Codes = Uint8Array | Uint16Array;
export type Entries = Uint16Array | Uint32Array;

/** The exports of the module; the parameters are byte addresses in the order of `kernelSource.ts`. */
interface Exports {
  partition8: RowKernel<number>;
  partition16: RowKernel<number>;
  addLeafPair8: (...addresses: [...Parameters<RowKernel<void>>, margins: number]) => void;
  addLeafPair16: Exports['addLeafPair8'];
  addToHistogram16: (begin: number, end: number, starts: number, entries: number, pairs: number, to: number) => void;
  addToHistogram32: Exports['addToHistogram16'];
  addLeaf: (begin: number, end: number, value: number, margins: number) => void;
  sumPairs: (begin: number, end: number, sum: number) => void;
  subtract: (from: number, end: number, other: number) => void;
  logisticPairs: (begin: number, end: number, margins: number, pairs: number, scale: number) => void;
}

type RowKernel<T> = (begin: number, end: number, codes: number, goesLeft: number, other: number) => T;

let compiled: WebAssembly.Module | undefined;

const instantiate = ({ memory }: Arena) => {
  compiled ??= new WebAssembly.Module(assemble(kernelSource));
  return new WebAssembly.Instance<Exports>(compiled, { env: { memory } }).exports;
};

const endOf = (array: ArrayBufferView) => array.byteOffset + array.byteLength;

export const createKernels = (arena: Arena) => {
  const wasm = instantiate(arena);
  const sum = arena.allocate(Float64Array, 2);
  return {
    /** Sends rows[begin..end) left or right by their code, in place; returns where the right side begins. */
    partition(rows: Int32Array, begin: number, end: number, codes: Codes, goesLeft: Uint8Array, scratch: Int32Array) {
      const kernel = codes.BYTES_PER_ELEMENT === 1 ? wasm.partition8 : wasm.partition16;
      const base = rows.byteOffset;
      const middle = kernel(
        base + 4 * begin,
        base + 4 * end,
        codes.byteOffset,
        goesLeft.byteOffset,
        scratch.byteOffset,
      );
      return (middle - base) / 4;
    },
    /** Adds `values[goesLeft[code]]` to the margins of rows[begin..end). */
    addLeafPair(
      margins: Float32Array,
      rows: Int32Array,
      begin: number,
      end: number,
      codes: Codes,
      goesLeft: Uint8Array,
      values: Float32Array,
    ) {
      const kernel = codes.BYTES_PER_ELEMENT === 1 ? wasm.addLeafPair8 : wasm.addLeafPair16;
      const base = rows.byteOffset;
      kernel(
        base + 4 * begin,
        base + 4 * end,
        codes.byteOffset,
        goesLeft.byteOffset,
        values.byteOffset,
        margins.byteOffset,
      );
    },
    addLeaf(margins: Float32Array, rows: Int32Array, begin: number, end: number, value: number) {
      wasm.addLeaf(rows.byteOffset + 4 * begin, rows.byteOffset + 4 * end, value, margins.byteOffset);
    },
    /** Adds the pairs of rows[begin..end) to the cells of their sparse codes. */
    addToHistogram(
      histogram: Float64Array,
      rows: Int32Array,
      begin: number,
      end: number,
      rowStart: Int32Array,
      entries: Entries,
      pairs: Float32Array,
    ) {
      const kernel = entries.BYTES_PER_ELEMENT === 2 ? wasm.addToHistogram16 : wasm.addToHistogram32;
      const base = rows.byteOffset;
      kernel(
        base + 4 * begin,
        base + 4 * end,
        rowStart.byteOffset,
        entries.byteOffset,
        pairs.byteOffset,
        histogram.byteOffset,
      );
    },
    /** histogram -= other, cell by cell. */
    subtract(histogram: Float64Array, other: Float64Array) {
      wasm.subtract(histogram.byteOffset, endOf(histogram), other.byteOffset);
    },
    /** The sums of all gradients and hessians. */
    sumPairs(pairs: Float32Array): { gradient: number; hessian: number } {
      wasm.sumPairs(pairs.byteOffset, endOf(pairs), sum.byteOffset);
      return { gradient: sum[0]!, hessian: sum[1]! };
    },
    /** The logistic loss's pairs, times `scale` where the label is 1. */
    logisticPairs(margins: Float32Array, labels: Float32Array, scale: number, pairs: Float32Array) {
      wasm.logisticPairs(labels.byteOffset, endOf(labels), margins.byteOffset, pairs.byteOffset, scale);
    },
  };
};

export type Kernels = ReturnType<typeof createKernels>;
