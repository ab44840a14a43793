/**
 * Hashes of rows in WebAssembly text, column by column, equal to those that `hash(c0, c1, …)` of DuckDB gives for the same cells: rows
 * that came another way have to land in the same split.
 */
import type { Arena } from '../../../algorithms/wasm/arena.ts';
import { assemble } from '../../../algorithms/wasm/assemble.ts';
import { noText } from './scanKernel.ts';

const get = (name: string) => `(local.get $${name})`;
const prime = '(i64.const 0xd6e8feb86659fd93)';
const folded = (name: string) => `(i64.xor ${get(name)} (i64.shr_u ${get(name)} (i64.const 32)))`;
/** MurmurHash64's finalizer with the constant of Mulvey, as DuckDB has it. */
const finished = (name: string) => `
  (local.set $${name} (i64.mul ${folded(name)} ${prime}))
  (local.set $${name} (i64.mul ${folded(name)} ${prime}))
  (local.set $${name} ${folded(name)})`;
const missing = '(i64.const 0xbf58476d1ce4e5b9)';

/** For each row $own becomes the hash of the cell; the first column's is the row's, others are combined with what is there. */
const byRow = (name: string, parameters: string, locals: string, own: string) => `
(func (export "${name}") (param $values i32) (param $rows i32) (param $hashes i32) (param $isFirst i32) ${parameters}
  (local $row i32) (local $own i64) (local $all i64) ${locals}
  (block $done (loop $next
    (br_if $done (i32.ge_u ${get('row')} ${get('rows')}))
    ${own}
    (block $combined
      (br_if $combined ${get('isFirst')})
      (local.set $all (i64.load ${get('hashes')}))
      (local.set $own (i64.xor (i64.mul ${folded('all')} ${prime}) ${get('own')})))
    (i64.store ${get('hashes')} ${get('own')})
    (local.set $hashes (i32.add ${get('hashes')} (i32.const 8)))
    (local.set $row (i32.add ${get('row')} (i32.const 1)))
    (br $next))))`;

const at = (bits: number) => `(i32.add ${get('values')} (i32.shl ${get('row')} (i32.const ${bits})))`;
/** The first $count bytes of $word, 1 to 8. */
const firstBytes = (word: string, count: string) => {
  const unused = `(i64.extend_i32_u (i32.sub (i32.const 64) (i32.shl ${count} (i32.const 3))))`;
  return `(i64.shr_u (i64.shl ${word} ${unused}) ${unused})`;
};
const word = (offset: string) => `(i64.load (i32.add ${get('text')} ${offset}))`;
const mix = (bytes: string) => `(local.set $own (i64.mul (i64.xor ${get('own')} ${bytes}) ${prime}))`;

const source = `
;; Doubles, NaN where missing; there is no negative zero among them.
${byRow(
  'hashNumbers',
  '',
  '',
  `(block $told
      (local.set $own ${missing})
      (br_if $told (f64.ne (f64.load ${at(3)}) (f64.load ${at(3)})))
      (local.set $own (i64.load ${at(3)}))
      ${finished('own')})`,
)}
;; Numbers of 16 bits, the hashes of which are in $known.
${byRow(
  'hashCodes',
  '(param $known i32)',
  '',
  `(local.set $own (i64.load (i32.add ${get('known')} (i32.shl (i32.load16_u ${at(1)}) (i32.const 3)))))`,
)}
;; Addresses of texts: a length (32 bits), then the bytes. Texts of up to 12 bytes are hashed otherwise than longer ones.
${byRow(
  'hashTexts',
  '',
  '(local $text i32) (local $length i32) (local $from i32)',
  `(block $told
      (local.set $own ${missing})
      (local.set $text (i32.load ${at(2)}))
      (br_if $told (i32.eq ${get('text')} (i32.const ${noText | 0})))
      (local.set $length (i32.load ${get('text')}))
      (local.set $text (i32.add ${get('text')} (i32.const 4)))
      (local.set $own (i64.xor (i64.const 0xe17a1465) (i64.mul (i64.extend_i32_u ${get('length')}) (i64.const 0xc6a4a7935bd1e995))))
      (block $mixed
        (block $long
          (br_if $long (i32.gt_u ${get('length')} (i32.const 12)))
          (br_if $mixed (i32.eqz ${get('length')}))
          ${mix(firstBytes(word('(i32.const 0)'), `(select (i32.const 8) ${get('length')} (i32.gt_u ${get('length')} (i32.const 8)))`))}
          (br_if $mixed (i32.lt_u ${get('length')} (i32.const 9)))
          ${mix(firstBytes(word('(i32.const 8)'), `(i32.sub ${get('length')} (i32.const 8))`))}
          (br $mixed))
        (local.set $from (i32.const 8))
        (loop $eight
          ${mix(word(`(i32.sub ${get('from')} (i32.const 8))`))}
          (local.set $from (i32.add ${get('from')} (i32.const 8)))
          (br_if $eight (i32.lt_u ${get('from')} (i32.add ${get('length')} (i32.const 1)))))
        (br_if $mixed (i32.eqz (i32.and ${get('length')} (i32.const 7))))
        ;; The last eight bytes, without those that were mixed in before.
        ${mix(`(i64.shr_u ${word(`(i32.sub ${get('length')} (i32.const 8))`)} (i64.extend_i32_u (i32.sub (i32.const 64) (i32.shl (i32.and ${get('length')} (i32.const 7)) (i32.const 3)))))`)})
      ${finished('own')})`,
)}
`;

/** Arrays by address: values, rows, where the hashes of the rows are, whether it is the first column. */
type HashColumn = (values: number, rows: number, hashes: number, isFirst: 0 | 1, known: number) => void;
export type HashKernel = Record<'hashNumbers' | 'hashCodes' | 'hashTexts', HashColumn>;

let compiled: WebAssembly.Module | undefined;

export const hashKernel = ({ memory }: Arena): HashKernel => {
  compiled ??= new WebAssembly.Module(assemble(source));
  return new WebAssembly.Instance<HashKernel>(compiled, { env: { memory } }).exports;
};
