/**
 * The loop that reads plain delimited text (no quotes), in WebAssembly text: it finds the cells, sixteen bytes a step, and puts into the
 * array of each column what stands there: the number of a text that came before, a double, or the place of a copy.
 */
import type { Arena } from '../../../algorithms/wasm/arena.ts';
import { assemble } from '../../../algorithms/wasm/assemble.ts';
import { numberLocals, numberSource } from './numberKernel.ts';

/** What is done with the cells of a column; the arrays have a word of 16 bits, a double, or a word of 32 bits for each row. */
export const kinds = { coded: 0, number: 1, text: 2 } as const;

/** Why the kernel stopped. */
export const stops = {
  /** The block is read. */
  done: 0,
  /** A text that has no number yet; the cell is looked up again. */
  unknown: 1,
  /** A number of too many digits, or none; the caller puts it down. */
  number: 2,
  /** A text with blanks around it, or one that may stand for "not known"; the caller puts it down. */
  text: 3,
  /** Too many or too few cells, or too many bytes. */
  width: 4,
  /** A line that does not end as the others. */
  lineBreak: 5,
  /** No more rows are wanted, or the copies of texts have no room. */
  full: 6,
} as const;

/** Places of the words of 32 bits in the state. Addresses are bytes. */
export const state = {
  /** The cell that is read next. */
  at: 0,
  /** The column it belongs to. */
  column: 1,
  row: 2,
  /** The end of the block, behind a line break. */
  limit: 3,
  /** Rows that are wanted. */
  rows: 4,
  columns: 5,
  columnsEnd: 6,
  delimiter: 7,
  /** 1: lines end with a carriage return and a line feed. */
  pairs: 8,
  /** Where the copy of the next text goes: its length (32 bits), then its bytes. */
  heap: 9,
  heapLimit: 10,
  /** Of the cell at which the kernel stopped: bytes, and the hash of them. */
  length: 11,
  hash: 12,
  /** Sixteen bytes from `masks + 16 * n`: the first n have all bits. */
  masks: 13,
  /** Of five; see `powersOfFive`. */
  powers: 14,
  /** 1: the caller has put down the present cell. */
  given: 15,
  /** Where the present row begins, and how long it may be (bytes). */
  begin: 16,
  longest: 17,
} as const;
export const stateWords = 18;

/** A column is 16 bytes. */
export const columnBytes = 16;
/** Words of 32 bits in a column: `values` is the address of its array, `mask` its slots less one. */
export const columnWords = { kind: 0, values: 1, slots: 2, mask: 3 } as const;

/** A slot: sixteen bytes of text (0 behind its end), its length (bytes), its number, the address of all of it, and its hash. */
export const slotBytes = 32;
export const slotWords = { length: 4, code: 5, text: 6, hash: 7 } as const;
/** The length in a slot that is free. */
export const free = 0xffffffff;
/** The place of a text that is missing. */
export const noText = 0xffffffff;

const get = (name: string) => `(local.get $${name})`;
const word = (place: number) => `(i32.load offset=${4 * place} (local.get $state))`;
const keep = (place: number, value: string) => `(i32.store offset=${4 * place} (local.get $state) ${value})`;
const stop = (code: number) => `
  ${keep(state.at, get('at'))} ${keep(state.column, get('column'))} ${keep(state.row, get('row'))} ${keep(state.heap, get('heap'))}
  ${keep(state.length, get('length'))} ${keep(state.given, get('given'))} ${keep(state.begin, get('begin'))}
  (return (i32.const ${code}))`;
/** The first bytes of $block, as many as $length has. */
const masked = (block: string, length: string) => `(v128.and ${block} (v128.load (i32.add (local.get $masks) (i32.shl
  (select (i32.const 16) ${length} (i32.gt_u ${length} (i32.const 16))) (i32.const 4)))))`;
const mixed = (block: string) => `(i64.xor
  (i64.mul (i64x2.extract_lane 0 ${block}) (i64.const 0x9e3779b97f4a7c15))
  (i64.rotl (i64.mul (i64x2.extract_lane 1 ${block}) (i64.const 0xc2b2ae3d27d4eb4f)) (i64.const 32)))`;

const coded = `
  (local.set $block ${masked(get('first'), get('length'))})
  (local.set $hash (i64.mul (i64.xor ${mixed(get('block'))} (i64.extend_i32_u ${get('length')})) (i64.const 0x9e3779b97f4a7c15)))
  (local.set $key ${get('block')})
  (local.set $from (i32.const 16))
  (block $hashed (loop $more
    (br_if $hashed (i32.ge_u ${get('from')} ${get('length')}))
    (local.set $block ${masked(`(v128.load (i32.add ${get('at')} ${get('from')}))`, `(i32.sub ${get('length')} ${get('from')})`)})
    (local.set $hash (i64.mul (i64.xor ${mixed(get('block'))} (i64.rotl ${get('hash')} (i64.const 29))) (i64.const 0x9e3779b97f4a7c15)))
    (local.set $from (i32.add ${get('from')} (i32.const 16)))
    (br $more)))
  (local.set $short (i32.wrap_i64 (i64.shr_u ${get('hash')} (i64.const 32))))
  (local.set $place (i32.and ${get('short')} (i32.load offset=12 ${get('column')})))
  (loop $probe
    (local.set $slot (i32.add (i32.load offset=8 ${get('column')}) (i32.shl ${get('place')} (i32.const 5))))
    (block $other
      (br_if $other (i32.ne ${get('length')} (i32.load offset=16 ${get('slot')})))
      (br_if $other (i32.eqz (i8x16.all_true (i8x16.eq ${get('key')} (v128.load ${get('slot')})))))
      (local.set $from (i32.const 16))
      (block $same (loop $more
        (br_if $same (i32.ge_u ${get('from')} ${get('length')}))
        (local.set $block ${masked(`(v128.load (i32.add ${get('at')} ${get('from')}))`, `(i32.sub ${get('length')} ${get('from')})`)})
        (br_if $other (i32.eqz (i8x16.all_true (i8x16.eq ${get('block')}
          (v128.load (i32.add (i32.load offset=24 ${get('slot')}) ${get('from')}))))))
        (local.set $from (i32.add ${get('from')} (i32.const 16)))
        (br $more)))
      (i32.store16 (i32.add (i32.load offset=4 ${get('column')}) (i32.shl ${get('row')} (i32.const 1))) (i32.load offset=20 ${get('slot')}))
      (br $handled))
    (block $unknown
      (br_if $unknown (i32.eq (i32.load offset=16 ${get('slot')}) (i32.const -1)))
      (local.set $place (i32.and (i32.add ${get('place')} (i32.const 1)) (i32.load offset=12 ${get('column')})))
      (br $probe)))
  ${keep(state.hash, get('short'))}
  ${stop(stops.unknown)}`;

const number = `
  (block $slow
    ${numberSource}
    (f64.store (i32.add (i32.load offset=4 ${get('column')}) (i32.shl ${get('row')} (i32.const 3))) ${get('value')})
    (br $handled))
  ${stop(stops.number)}`;

const isOneOf = (name: string, bytes: readonly number[]) =>
  bytes.map((byte) => `(i32.eq ${get(name)} (i32.const ${byte}))`).reduce((all, one) => `(i32.or ${all} ${one})`);

const text = `
  (block $slow
    (br_if $slow (i32.eqz ${get('length')}))
    (local.set $digit (i32.load8_u ${get('at')}))
    ;; A blank, or the begin of what stands for "not known": ? N n #
    (br_if $slow ${isOneOf('digit', [32, 9, 63, 78, 110, 35])})
    (local.set $digit (i32.load8_u (i32.sub (i32.add ${get('at')} ${get('length')}) (i32.const 1))))
    (br_if $slow ${isOneOf('digit', [32, 9])})
    (i32.store (i32.add (i32.load offset=4 ${get('column')}) (i32.shl ${get('row')} (i32.const 2))) ${get('heap')})
    (i32.store ${get('heap')} ${get('length')})
    (local.set $heap (i32.add ${get('heap')} (i32.const 4)))
    (local.set $from (i32.const 0))
    (loop $copy
      (v128.store (i32.add ${get('heap')} ${get('from')}) (v128.load (i32.add ${get('at')} ${get('from')})))
      (local.set $from (i32.add ${get('from')} (i32.const 16)))
      (br_if $copy (i32.lt_u ${get('from')} ${get('length')})))
    (local.set $heap (i32.add ${get('heap')} ${get('length')}))
    (br $handled))
  ${stop(stops.text)}`;

const endsIn = (name: string) => `(i8x16.bitmask (v128.or
  (i8x16.eq ${get(name)} ${get('delimiters')}) (i8x16.eq ${get(name)} ${get('lineFeeds')})))`;

const source = `
;; Reads the block from where the state says, and answers why it stopped. There are sixteen bytes more than the text, and the heap has room for every text of a row behind its limit.
(func (export "scan") (param $state i32) (result i32)
  (local $at i32) (local $column i32) (local $row i32) (local $limit i32) (local $heap i32) (local $given i32) (local $begin i32) (local $masks i32) (local $powers i32)
  (local $end i32) (local $ends i32) (local $length i32) (local $isLast i32) (local $from i32) (local $place i32) (local $slot i32) (local $short i32)
  (local $hash i64) ${numberLocals}
  (local $first v128) (local $block v128) (local $key v128) (local $delimiters v128) (local $lineFeeds v128)
  (local.set $at ${word(state.at)}) (local.set $column ${word(state.column)}) (local.set $row ${word(state.row)})
  (local.set $limit ${word(state.limit)}) (local.set $heap ${word(state.heap)}) (local.set $given ${word(state.given)})
  (local.set $begin ${word(state.begin)}) (local.set $masks ${word(state.masks)}) (local.set $powers ${word(state.powers)})
  (local.set $delimiters (i8x16.splat ${word(state.delimiter)})) (local.set $lineFeeds (i8x16.splat (i32.const 10)))
  (loop $nextCell
    (local.set $end ${get('at')})
    (local.set $first (v128.load ${get('at')}))
    (local.set $ends ${endsIn('first')})
    (block $found (loop $further
      (br_if $found ${get('ends')})
      (local.set $end (i32.add ${get('end')} (i32.const 16)))
      (local.set $block (v128.load ${get('end')}))
      (local.set $ends ${endsIn('block')})
      (br $further)))
    (local.set $end (i32.add ${get('end')} (i32.ctz ${get('ends')})))
    (local.set $length (i32.sub ${get('end')} ${get('at')}))
    (local.set $isLast (i32.eq (i32.load8_u ${get('end')}) (i32.const 10)))
    (block $noPair
      (br_if $noPair (i32.eqz (i32.and ${get('isLast')} ${word(state.pairs)})))
      (local.set $length (i32.sub ${get('length')} (i32.const 1)))
      (br_if $noPair (i32.eq (i32.load8_u (i32.add ${get('at')} ${get('length')})) (i32.const 13)))
      ${stop(stops.lineBreak)})
    (block $handled
      (br_if $handled ${get('given')})
      (block $text (block $number
        (br_if $text (i32.eq (i32.load ${get('column')}) (i32.const ${kinds.text})))
        (br_if $number (i32.eq (i32.load ${get('column')}) (i32.const ${kinds.number})))
        ${coded})
        ${number})
      ${text})
    (local.set $given (i32.const 0))
    (local.set $at (i32.add ${get('end')} (i32.const 1)))
    (local.set $column (i32.add ${get('column')} (i32.const ${columnBytes})))
    (block $rowEnds
      (br_if $rowEnds ${get('isLast')})
      (br_if $nextCell (i32.lt_u ${get('column')} ${word(state.columnsEnd)}))
      ${stop(stops.width)})
    (block $whole
      (br_if $whole (i32.eq ${get('column')} ${word(state.columnsEnd)}))
      ${stop(stops.width)})
    (block $short
      (br_if $short (i32.lt_u (i32.sub ${get('at')} ${get('begin')}) (i32.add (i32.const 1) ${word(state.longest)})))
      ${stop(stops.width)})
    (local.set $column ${word(state.columns)})
    (local.set $row (i32.add ${get('row')} (i32.const 1)))
    ;; Empty lines are none.
    (block $filled (loop $empty
      (br_if $filled (i32.ge_u ${get('at')} ${get('limit')}))
      (local.set $length (i32.add (i32.const 1) ${word(state.pairs)}))
      (local.set $from (i32.sub (i32.add ${get('at')} ${get('length')}) (i32.const 1)))
      (br_if $filled (i32.ne (i32.load8_u ${get('from')}) (i32.const 10)))
      (br_if $filled (i32.and ${word(state.pairs)} (i32.ne (i32.load8_u ${get('at')}) (i32.const 13))))
      (local.set $at (i32.add ${get('at')} ${get('length')}))
      (br $empty)))
    (local.set $begin ${get('at')})
    (block $more
      (br_if $more (i32.lt_u ${get('at')} ${get('limit')}))
      ${stop(stops.done)})
    (block $room
      (br_if $room (i32.and (i32.lt_u ${get('row')} ${word(state.rows)}) (i32.lt_u ${get('heap')} ${word(state.heapLimit)})))
      ${stop(stops.full)})
    (br $nextCell))
  (i32.const 0))

;; What stands in the bytes from $at to $end, of which the last block is filled up with blanks: 1 quotes or zero bytes, 2 others than ASCII; and how many carriage returns and line feeds, in two words at $breaks.
(func (export "look") (param $at i32) (param $end i32) (param $breaks i32) (result i32)
  (local $block v128) (local $strange v128) (local $high v128) (local $returns i32) (local $feeds i32)
  (local.set $strange (v128.const i32x4 0 0 0 0)) (local.set $high (v128.const i32x4 0 0 0 0))
  (block $done (loop $next
    (br_if $done (i32.ge_u ${get('at')} ${get('end')}))
    (local.set $block (v128.load ${get('at')}))
    (local.set $strange (v128.or ${get('strange')} (v128.or
      (i8x16.eq ${get('block')} (i8x16.splat (i32.const 34))) (i8x16.eq ${get('block')} (v128.const i32x4 0 0 0 0)))))
    (local.set $high (v128.or ${get('high')} ${get('block')}))
    (local.set $returns (i32.add ${get('returns')} (i32.popcnt (i8x16.bitmask (i8x16.eq ${get('block')} (i8x16.splat (i32.const 13)))))))
    (local.set $feeds (i32.add ${get('feeds')} (i32.popcnt (i8x16.bitmask (i8x16.eq ${get('block')} (i8x16.splat (i32.const 10)))))))
    (local.set $at (i32.add ${get('at')} (i32.const 16)))
    (br $next)))
  (i32.store ${get('breaks')} ${get('returns')})
  (i32.store offset=4 ${get('breaks')} ${get('feeds')})
  (i32.or
    (i32.ne (i8x16.bitmask ${get('strange')}) (i32.const 0))
    (i32.shl (i32.ne (i8x16.bitmask ${get('high')}) (i32.const 0)) (i32.const 1))))

;; Numbers of 16 bits, below 256, as bytes; sixteen at a time.
(func (export "narrow") (param $from i32) (param $rows i32) (param $to i32)
  (local $end i32)
  (local.set $end (i32.add ${get('to')} ${get('rows')}))
  (block $done (loop $next
    (br_if $done (i32.ge_u ${get('to')} ${get('end')}))
    (v128.store ${get('to')} (i8x16.narrow_i16x8_u (v128.load ${get('from')}) (v128.load offset=16 ${get('from')})))
    (local.set $from (i32.add ${get('from')} (i32.const 32)))
    (local.set $to (i32.add ${get('to')} (i32.const 16)))
    (br $next))))

;; Puts the texts at the addresses of $texts one behind the other, each with its length, and answers where they end. Up to sixteen bytes more are written.
(func (export "gather") (param $texts i32) (param $rows i32) (param $to i32) (result i32)
  (local $row i32) (local $from i32) (local $end i32)
  (block $done (loop $next
    (br_if $done (i32.ge_u ${get('row')} ${get('rows')}))
    (local.set $from (i32.load (i32.add ${get('texts')} (i32.shl ${get('row')} (i32.const 2)))))
    (local.set $row (i32.add ${get('row')} (i32.const 1)))
    (br_if $next (i32.eq ${get('from')} (i32.const ${noText | 0})))
    (local.set $end (i32.add (i32.add ${get('to')} (i32.const 4)) (i32.load ${get('from')})))
    (loop $more
      (v128.store ${get('to')} (v128.load ${get('from')}))
      (local.set $to (i32.add ${get('to')} (i32.const 16)))
      (local.set $from (i32.add ${get('from')} (i32.const 16)))
      (br_if $more (i32.lt_u ${get('to')} ${get('end')})))
    (local.set $to ${get('end')})
    (br $next)))
  ${get('to')})
`;

export interface ScanKernel {
  scan(state: number): number;
  look(at: number, end: number, breaks: number): number;
  narrow(from: number, rows: number, to: number): void;
  gather(texts: number, rows: number, to: number): number;
}

let compiled: WebAssembly.Module | undefined;

/** Of all columns in one memory. */
export const scanKernel = ({ memory }: Arena): ScanKernel => {
  compiled ??= new WebAssembly.Module(assemble(source));
  return new WebAssembly.Instance<ScanKernel & Record<string, unknown>>(compiled, { env: { memory } }).exports;
};
