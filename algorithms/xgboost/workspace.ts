/** Everything a training run reads and writes per row, in one WebAssembly memory beside its kernels. */
import { createArena, spaceFor } from '../wasm/arena.ts';
import type { Arena } from '../wasm/arena.ts';
import type { BinnedMatrix } from './binning.ts';
import { createKernels } from './kernels.ts';
import type { Codes, Entries, Kernels } from './kernels.ts';

export interface Workspace {
  kernels: Kernels;
  columns: readonly Codes[];
  rowStart: Int32Array;
  entries: Entries;
  labels: Float32Array;
  /** Per group: margins, and gradient and hessian interleaved. */
  margins: readonly Float32Array[];
  pairs: readonly Float32Array[];
  /** Row numbers, each node's next to each other. */
  rows: Int32Array;
  scratch: Int32Array;
  /** By code: 1 when it goes left. */
  goesLeft: Uint8Array;
  leafPair: Float32Array;
  /** Cells of 16 bytes: the sums of gradient and hessian of one code. */
  histograms: readonly Float64Array[];
}

// Enough for every node of a tree of usual depth; when they run out the grower sums a node's rows again instead.
const histogramBudget = 256 * 2 ** 20;
const mostCodes = 65_537;

const histogramCount = (cells: number, rows: number, maxDepth: number) => {
  const atWidestLevel = maxDepth === 0 || maxDepth > 30 ? rows : 2 ** (maxDepth - 1);
  const wanted = Math.min(atWidestLevel, Math.ceil(rows / 2)) + 1;
  return Math.max(2, Math.min(wanted, Math.floor(histogramBudget / (16 * Math.max(cells, 1)))));
};

const copyCodes = (arena: Arena, codes: Codes): Codes =>
  codes instanceof Uint8Array ? arena.copy(Uint8Array, codes) : arena.copy(Uint16Array, codes);
const copyEntries = (arena: Arena, entries: Entries): Entries =>
  entries instanceof Uint16Array ? arena.copy(Uint16Array, entries) : arena.copy(Uint32Array, entries);

export const createWorkspace = (
  binned: BinnedMatrix,
  labels: Float32Array,
  groups: number,
  maxDepth: number,
): Workspace => {
  const { rows, columns, rowStart, entries, offsets, features } = binned;
  const cells = offsets[features]!;
  const histograms = histogramCount(cells, rows, maxDepth);
  const perRow = spaceFor(4 * rows);
  const arena = createArena(
    columns.reduce((sum, codes) => sum + spaceFor(codes.byteLength), 0) +
      spaceFor(rowStart.byteLength) +
      spaceFor(entries.byteLength) +
      3 * perRow +
      groups * (perRow + spaceFor(8 * rows)) +
      histograms * spaceFor(16 * cells) +
      spaceFor(mostCodes) +
      2 * spaceFor(16),
  );
  return {
    kernels: createKernels(arena),
    columns: columns.map((codes) => copyCodes(arena, codes)),
    rowStart: arena.copy(Int32Array, rowStart),
    entries: copyEntries(arena, entries),
    labels: arena.copy(Float32Array, labels),
    margins: Array.from({ length: groups }, () => arena.allocate(Float32Array, rows)),
    pairs: Array.from({ length: groups }, () => arena.allocate(Float32Array, 2 * rows)),
    rows: arena.allocate(Int32Array, rows),
    scratch: arena.allocate(Int32Array, rows),
    goesLeft: arena.allocate(Uint8Array, mostCodes),
    leafPair: arena.allocate(Float32Array, 2),
    histograms: Array.from({ length: histograms }, () => arena.allocate(Float64Array, 2 * cells)),
  };
};
