/**
 * The loops that touch every row, in WebAssembly text. Beside the same loops in JavaScript, on Adult: sending rows left or
 * right 1.4 instead of 9 ns a row, histograms 2.5 instead of 5.3 ns an entry, because there are no bounds checks and gradient
 * and hessian are added as one pair of doubles. All addresses are bytes.
 */

/** `width` is that of a column's codes in bits. */
const rowKernels = (width: 8 | 16) => {
  const code = (row: string) => {
    const at = width === 8 ? row : `(i32.shl ${row} (i32.const 1))`;
    return `(i32.load${width}_u (i32.add (local.get $codes) ${at}))`;
  };
  return `
;; Moves the rows at [begin, end) whose code has goesLeft 1 to the front, both sides in order; the right side passes through
;; scratch. Every row is written to both sides and one of the two writes is overwritten: a branch could not be predicted.
(func (export "partition${width}")
  (param $begin i32) (param $end i32) (param $codes i32) (param $goesLeft i32) (param $scratch i32) (result i32)
  (local $left i32) (local $right i32) (local $row i32) (local $step i32)
  (local.set $left (local.get $begin))
  (local.set $right (local.get $scratch))
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $begin) (local.get $end)))
    (local.set $row (i32.load (local.get $begin)))
    (local.set $step (i32.shl
      (i32.load8_u (i32.add (local.get $goesLeft) ${code('(local.get $row)')}))
      (i32.const 2)))
    (i32.store (local.get $left) (local.get $row))
    (i32.store (local.get $right) (local.get $row))
    (local.set $left (i32.add (local.get $left) (local.get $step)))
    (local.set $right (i32.add (local.get $right) (i32.sub (i32.const 4) (local.get $step))))
    (local.set $begin (i32.add (local.get $begin) (i32.const 4)))
    (br $next)))
  (memory.copy (local.get $left) (local.get $scratch) (i32.sub (local.get $right) (local.get $scratch)))
  (local.get $left))

;; Adds values[goesLeft] to the margin of each row at [begin, end): two leaves at once, without moving rows.
(func (export "addLeafPair${width}")
  (param $begin i32) (param $end i32) (param $codes i32) (param $goesLeft i32) (param $values i32) (param $margins i32)
  (local $row i32) (local $margin i32)
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $begin) (local.get $end)))
    (local.set $row (i32.load (local.get $begin)))
    (local.set $margin (i32.add (local.get $margins) (i32.shl (local.get $row) (i32.const 2))))
    (f32.store (local.get $margin) (f32.add
      (f32.load (local.get $margin))
      (f32.load (i32.add (local.get $values) (i32.shl
        (i32.load8_u (i32.add (local.get $goesLeft) ${code('(local.get $row)')}))
        (i32.const 2))))))
    (local.set $begin (i32.add (local.get $begin) (i32.const 4)))
    (br $next))))
`;
};

/** `width` is that of a sparse entry in bits; a histogram cell is a pair of doubles, 16 bytes. */
const histogramKernel = (width: 16 | 32) => `
;; Adds the pairs of the rows at [begin, end) to the cells of their sparse codes.
(func (export "addToHistogram${width}")
  (param $begin i32) (param $end i32) (param $rowStart i32) (param $entries i32) (param $pairs i32) (param $histogram i32)
  (local $row i32) (local $entry i32) (local $last i32) (local $cell i32) (local $pair v128)
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $begin) (local.get $end)))
    (local.set $row (i32.shl (i32.load (local.get $begin)) (i32.const 2)))
    (local.set $pair (f64x2.promote_low_f32x4
      (v128.load64_zero (i32.add (local.get $pairs) (i32.shl (local.get $row) (i32.const 1))))))
    (local.set $row (i32.add (local.get $rowStart) (local.get $row)))
    (local.set $entry (i32.add
      (local.get $entries) (i32.shl (i32.load (local.get $row)) (i32.const ${width / 16}))))
    (local.set $last (i32.add
      (local.get $entries) (i32.shl (i32.load offset=4 (local.get $row)) (i32.const ${width / 16}))))
    (block $rowDone (loop $nextEntry
      (br_if $rowDone (i32.ge_u (local.get $entry) (local.get $last)))
      (local.set $cell (i32.add
        (local.get $histogram)
        (i32.shl (i32.load${width === 16 ? '16_u' : ''} (local.get $entry)) (i32.const 4))))
      (v128.store (local.get $cell) (f64x2.add (v128.load (local.get $cell)) (local.get $pair)))
      (local.set $entry (i32.add (local.get $entry) (i32.const ${width / 8})))
      (br $nextEntry)))
    (local.set $begin (i32.add (local.get $begin) (i32.const 4)))
    (br $next))))
`;

const shared = `
;; Adds one leaf's value to the margins of the rows at [begin, end).
(func (export "addLeaf") (param $begin i32) (param $end i32) (param $value f32) (param $margins i32)
  (local $margin i32)
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $begin) (local.get $end)))
    (local.set $margin (i32.add (local.get $margins) (i32.shl (i32.load (local.get $begin)) (i32.const 2))))
    (f32.store (local.get $margin) (f32.add (f32.load (local.get $margin)) (local.get $value)))
    (local.set $begin (i32.add (local.get $begin) (i32.const 4)))
    (br $next))))

;; Sums the pairs at [begin, end) into the one pair of doubles at sum.
(func (export "sumPairs") (param $begin i32) (param $end i32) (param $sum i32)
  (local $total v128)
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $begin) (local.get $end)))
    (local.set $total (f64x2.add (local.get $total)
      (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $begin)))))
    (local.set $begin (i32.add (local.get $begin) (i32.const 8)))
    (br $next)))
  (v128.store (local.get $sum) (local.get $total)))

;; One histogram minus another, cell by cell from to end, in place.
(func (export "subtract") (param $from i32) (param $end i32) (param $other i32)
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
    (v128.store (local.get $from) (f64x2.sub (v128.load (local.get $from)) (v128.load (local.get $other))))
    (local.set $from (i32.add (local.get $from) (i32.const 16)))
    (local.set $other (i32.add (local.get $other) (i32.const 16)))
    (br $next))))
`;

const lanes = (value: number) => `(v128.const f32x4 ${value} ${value} ${value} ${value})`;
const sum = (a: string, b: string) => `(f32x4.add ${a} ${b})`;
const product = (a: string, b: string) => `(f32x4.mul ${a} ${b})`;

/** a0 + x (a1 + x (a2 + …)) on four lanes. */
const polynomial = (x: string, [first = 0, ...rest]: readonly number[]): string =>
  rest.length === 0 ? lanes(first) : sum(lanes(first), product(x, polynomial(x, rest)));

/**
 * exp on four float32 lanes: x = n ln 2 + r, |r| <= ln 2 / 2, with ln 2 in two parts so that n ln 2 is subtracted without
 * loss; the Taylor series to the seventh power is then exact to half a unit in the last place of float32, and 2^n is made of
 * its bits.
 */
const exponentialOf = (x: string) => `
    (local.set $x (f32x4.max (f32x4.min ${x} ${lanes(87)}) ${lanes(-87)}))
    (local.set $n (f32x4.nearest ${product('(local.get $x)', lanes(Math.LOG2E))}))
    (local.set $x (f32x4.sub (local.get $x) ${product('(local.get $n)', lanes(0.693359375))}))
    (local.set $x (f32x4.sub (local.get $x) ${product('(local.get $n)', lanes(Math.LN2 - 0.693359375))}))
    (local.set $x (f32x4.mul
      ${polynomial('(local.get $x)', [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040])}
      (i32x4.shl (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $n)) (v128.const i32x4 127 127 127 127)) (i32.const 23))))
`;

const logistic = `
;; Gradient p - y and hessian p (1 - p), both times scale where the label is 1, of the rows whose labels are at [begin, end);
;; four rows at a time, running past the end into the padding.
(func (export "logisticPairs")
  (param $begin i32) (param $end i32) (param $margins i32) (param $pairs i32) (param $scale f32)
  (local $x v128) (local $n v128) (local $label v128) (local $weight v128)
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $begin) (local.get $end)))
    ${exponentialOf('(f32x4.neg (v128.load (local.get $margins)))')}
    (local.set $x (f32x4.div ${lanes(1)} ${sum(lanes(1), '(local.get $x)')}))
    (local.set $label (v128.load (local.get $begin)))
    (local.set $weight (v128.bitselect
      (f32x4.splat (local.get $scale)) ${lanes(1)} (f32x4.eq (local.get $label) ${lanes(1)})))
    (local.set $n ${product(
      '(local.get $weight)',
      `(f32x4.max ${product('(local.get $x)', `(f32x4.sub ${lanes(1)} (local.get $x))`)} ${lanes(1e-16)})`,
    )})
    (local.set $x ${product('(local.get $weight)', '(f32x4.sub (local.get $x) (local.get $label))')})
    (v128.store (local.get $pairs)
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $x) (local.get $n)))
    (v128.store offset=16 (local.get $pairs)
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $x) (local.get $n)))
    (local.set $begin (i32.add (local.get $begin) (i32.const 16)))
    (local.set $margins (i32.add (local.get $margins) (i32.const 16)))
    (local.set $pairs (i32.add (local.get $pairs) (i32.const 32)))
    (br $next))))
`;

/** All kernels as one module's text. */
export const kernelSource = [
  rowKernels(8),
  rowKernels(16),
  histogramKernel(16),
  histogramKernel(32),
  shared,
  logistic,
].join('\n');
