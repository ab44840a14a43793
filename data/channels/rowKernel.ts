/**
 * The loop that writes rows, in WebAssembly text: most of the bytes of a channel are copies of texts, which take sixteen bytes a step
 * here and eight in JavaScript.
 */
import type { Arena } from '../../algorithms/wasm/arena.ts';
import { assemble } from '../../algorithms/wasm/assemble.ts';

/** All addresses are bytes. */
const source = `
;; Writes those of the rows from $row to $rows of which the bit of their part is in $wanted, until $to has reached $limit, and answers
;; where they end; $state becomes the next row, and the word behind it grows by the rows written. A part is the two lowest bits of a word of 64, every
;; 8 bytes. A column is the address of such words, shift and mask of the place in it, and the address of the texts by place, each an address and a
;; length (bytes). Sixteen bytes more than there are may be read and written.
(func (export "addRows")
  (param $parts i32) (param $wanted i32) (param $row i32) (param $rows i32) (param $columns i32) (param $columnsEnd i32)
  (param $to i32) (param $limit i32) (param $state i32) (result i32)
  (local $column i32) (local $text i32) (local $from i32) (local $end i32)
  (block $done (loop $nextRow
    (br_if $done (i32.ge_u (local.get $row) (local.get $rows)))
    (br_if $done (i32.ge_u (local.get $to) (local.get $limit)))
    (block $skip
      (br_if $skip (i32.eqz (i32.and (i32.const 1) (i32.shr_u
        (local.get $wanted)
        (i32.and (i32.const 3) (i32.load8_u (i32.add (local.get $parts) (i32.shl (local.get $row) (i32.const 3)))))))))
      (local.set $column (local.get $columns))
      (loop $nextColumn
        (local.set $text (i32.add
          (i32.load offset=12 (local.get $column))
          (i32.shl
            (i32.and
              (i32.load offset=8 (local.get $column))
              (i32.wrap_i64 (i64.shr_u
                (i64.load (i32.add (i32.load (local.get $column)) (i32.shl (local.get $row) (i32.const 3))))
                (i64.load32_u offset=4 (local.get $column)))))
            (i32.const 3))))
        (local.set $from (i32.load (local.get $text)))
        (local.set $end (i32.add (local.get $to) (i32.load offset=4 (local.get $text))))
        (loop $nextBytes
          (v128.store (local.get $to) (v128.load (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (local.set $to (i32.add (local.get $to) (i32.const 16)))
          (br_if $nextBytes (i32.lt_u (local.get $to) (local.get $end))))
        (local.set $to (local.get $end))
        (local.set $column (i32.add (local.get $column) (i32.const 16)))
        (br_if $nextColumn (i32.lt_u (local.get $column) (local.get $columnsEnd))))
      (i32.store8 (i32.sub (local.get $to) (i32.const 1)) (i32.const 10))
      (i32.store offset=4 (local.get $state) (i32.add (i32.load offset=4 (local.get $state)) (i32.const 1))))
    (local.set $row (i32.add (local.get $row) (i32.const 1)))
    (br $nextRow)))
  (i32.store (local.get $state) (local.get $row))
  (local.get $to))
`;

/** Words of 32 bits of a column. */
export const columnWords = 4;

/** How much more than a text may be read and written (bytes). */
export const step = 16;

/** Its parameters are those of the source. */
export type RowKernel = (
  parts: number,
  wanted: number,
  row: number,
  rows: number,
  columns: number,
  columnsEnd: number,
  to: number,
  limit: number,
  state: number,
) => number;

let compiled: WebAssembly.Module | undefined;

export const rowKernel = ({ memory }: Arena): RowKernel => {
  compiled ??= new WebAssembly.Module(assemble(source));
  return new WebAssembly.Instance<{ addRows: RowKernel }>(compiled, { env: { memory } }).exports.addRows;
};
