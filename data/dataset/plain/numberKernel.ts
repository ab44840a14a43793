/**
 * How the kernel reads a decimal number: at most 19 digits, and a power of ten, by one multiplication of 64 by 64 or by 128 bits that rounds correctly (Lemire,
 * Number parsing at a gigabyte per second, 2021). What has more digits, or is subnormal or infinite, is left to the caller.
 */

const get = (name: string) => `(local.get $${name})`;
const set = (name: string, value: string) => `(local.set $${name} ${value})`;
const low = (value: string) => `(i64.and ${value} (i64.const 0xffffffff))`;
const high = (value: string) => `(i64.shr_u ${value} (i64.const 32))`;

/** The product of two words of 64 bits in two of them. */
const multiply = (a: string, b: string, upper: string, lower: string) => `
  ${set('cross', `(i64.mul ${low(a)} ${high(b)})`)}
  ${set('middle', `(i64.add (i64.add (i64.mul ${high(a)} ${low(b)}) ${high(`(i64.mul ${low(a)} ${low(b)})`)}) ${low(get('cross'))})`)}
  ${set(upper, `(i64.add (i64.add (i64.mul ${high(a)} ${high(b)}) ${high(get('middle'))}) ${high(get('cross'))})`)}
  ${set(lower, `(i64.mul ${a} ${b})`)}`;

const [fewestTens, mostTens] = [-342, 308];

/** The first 128 bits of the powers of five from -342 to 308, of those below 1 rounded up: two words each, the upper one first. */
export const powersOfFive = (): BigUint64Array => {
  const words: bigint[] = [];
  for (let exponent = fewestTens; exponent <= mostTens; exponent++) {
    const power = 5n ** BigInt(Math.abs(exponent));
    const bits = BigInt(power.toString(2).length);
    let value = exponent < 0 ? (1n << (2n * bits + 128n)) / power + 1n : power << 128n;
    const extra = BigInt(value.toString(2).length) - 128n;
    // Few digits: the quotient itself is rounded up, not the first bits of a longer one.
    if (exponent < 0 && exponent >= -27) value = (1n << (2n * bits + 128n - extra)) / power + 1n;
    else value >>= extra;
    words.push(value >> 64n, value & 0xffff_ffff_ffff_ffffn);
  }
  return BigUint64Array.from(words);
};

/** The digits, the point and the exponent from $at to $cellEnd: $mantissa and $tens, or a branch to $slow. */
const digits = `
  ${set('cellEnd', `(i32.add ${get('at')} ${get('length')})`)}
  ${set('negative', `(i32.eq (i32.load8_u ${get('at')}) (i32.const 45))`)}
  ${set('from', `(i32.add ${get('at')} (i32.or ${get('negative')} (i32.eq (i32.load8_u ${get('at')}) (i32.const 43))))`)}
  ${set('mantissa', '(i64.const 0)')} ${set('any', '(i32.const 0)')} ${set('digits', '(i32.const 0)')} ${set('point', '(i32.const 0)')} ${set('tens', '(i32.const 0)')}
  (block $read (loop $next
    (br_if $read (i32.ge_u ${get('from')} ${get('cellEnd')}))
    ${set('digit', `(i32.sub (i32.load8_u ${get('from')}) (i32.const 48))`)}
    (block $put
      (block $isDigit
        (br_if $isDigit (i32.lt_u ${get('digit')} (i32.const 10)))
        (block $isPoint
          (br_if $isPoint (i32.eq ${get('digit')} (i32.const -2)))
          ;; e and E
          (br_if $slow (i32.ne (i32.or ${get('digit')} (i32.const 32)) (i32.const 53)))
          (br_if $slow (i32.eqz ${get('any')}))
          ${set('cellEnd', get('from'))}
          (br $read))
        (br_if $slow ${get('point')})
        ${set('point', `(i32.add ${get('from')} (i32.const 1))`)}
        (br $put))
      ${set('any', '(i32.const 1)')}
      ${set('mantissa', `(i64.add (i64.mul ${get('mantissa')} (i64.const 10)) (i64.extend_i32_u ${get('digit')}))`)}
      ${set('digits', `(i32.add ${get('digits')} (i32.eqz (i64.eqz ${get('mantissa')})))`)})
    ${set('from', `(i32.add ${get('from')} (i32.const 1))`)}
    (br $next)))
  (br_if $slow (i32.eqz ${get('any')}))
  (br_if $slow (i32.gt_u ${get('digits')} (i32.const 19)))
  ;; The exponent, if the digits ended before the cell.
  (block $noExponent
    (br_if $noExponent (i32.eq ${get('from')} (i32.add ${get('at')} ${get('length')})))
    ${set('from', `(i32.add ${get('from')} (i32.const 1))`)}
    ${set('digits', `(i32.eq (i32.load8_u ${get('from')}) (i32.const 45))`)}
    ${set('from', `(i32.add ${get('from')} (i32.or ${get('digits')} (i32.eq (i32.load8_u ${get('from')}) (i32.const 43))))`)}
    ;; One to three digits.
    ${set('any', `(i32.sub (i32.add ${get('at')} ${get('length')}) ${get('from')})`)}
    (br_if $slow (i32.ge_u (i32.sub ${get('any')} (i32.const 1)) (i32.const 3)))
    (loop $next
      ${set('digit', `(i32.sub (i32.load8_u ${get('from')}) (i32.const 48))`)}
      (br_if $slow (i32.ge_u ${get('digit')} (i32.const 10)))
      ${set('tens', `(i32.add (i32.mul ${get('tens')} (i32.const 10)) ${get('digit')})`)}
      ${set('from', `(i32.add ${get('from')} (i32.const 1))`)}
      ${set('any', `(i32.sub ${get('any')} (i32.const 1))`)}
      (br_if $next ${get('any')}))
    (block $positive
      (br_if $positive (i32.eqz ${get('digits')}))
      ${set('tens', `(i32.sub (i32.const 0) ${get('tens')})`)}))
  (block $noPoint
    (br_if $noPoint (i32.eqz ${get('point')}))
    ${set('tens', `(i32.sub ${get('tens')} (i32.sub ${get('cellEnd')} ${get('point')}))`)})`;

/** $mantissa times ten to the power of $tens as the $bits of a double, or a branch to $slow. */
const scaled = `
  (br_if $slow (i32.ge_u (i32.add ${get('tens')} (i32.const ${-fewestTens})) (i32.const ${mostTens - fewestTens + 1})))
  ${set('zeros', `(i64.clz ${get('mantissa')})`)}
  ${set('mantissa', `(i64.shl ${get('mantissa')} ${get('zeros')})`)}
  ${set('power', `(i32.add ${get('powers')} (i32.shl (i32.add ${get('tens')} (i32.const ${-fewestTens})) (i32.const 4)))`)}
  ${set('five', `(i64.load ${get('power')})`)}
  ${multiply(get('mantissa'), get('five'), 'upper', 'lower')}
  (block $exact
    (br_if $exact (i64.ne (i64.and ${get('upper')} (i64.const 0x1ff)) (i64.const 0x1ff)))
    ${set('five', `(i64.load offset=8 ${get('power')})`)}
    ${multiply(get('mantissa'), get('five'), 'more', 'rest')}
    ${set('lower', `(i64.add ${get('lower')} ${get('more')})`)}
    ${set('upper', `(i64.add ${get('upper')} (i64.extend_i32_u (i64.gt_u ${get('more')} ${get('lower')})))`)})
  ${set('more', `(i64.shr_u ${get('upper')} (i64.const 63))`)}
  ${set('rest', `(i64.add ${get('more')} (i64.const 9))`)}
  ${set('bits', `(i64.shr_u ${get('upper')} ${get('rest')})`)}
  ;; The exponent of two: 217706 / 65536 are the bits of a digit.
  ${set('exponent', `(i64.sub (i64.add ${get('more')} (i64.const 1086)) ${get('zeros')})`)}
  ${set('exponent', `(i64.add ${get('exponent')} (i64.extend_i32_s (i32.shr_s (i32.mul ${get('tens')} (i32.const 217706)) (i32.const 16))))`)}
  ;; Subnormal or infinite.
  (br_if $slow (i64.gt_u (i64.sub ${get('exponent')} (i64.const 1)) (i64.const 2044)))
  ;; Half-way between two doubles: to the even one.
  (block $notHalf
    (br_if $notHalf (i64.gt_u ${get('lower')} (i64.const 1)))
    (br_if $notHalf (i32.ge_u (i32.add ${get('tens')} (i32.const 4)) (i32.const 28)))
    (br_if $notHalf (i64.ne (i64.and ${get('bits')} (i64.const 3)) (i64.const 1)))
    (br_if $notHalf (i64.ne (i64.shl ${get('bits')} ${get('rest')}) ${get('upper')}))
    ${set('bits', `(i64.sub ${get('bits')} (i64.const 1))`)})
  ${set('bits', `(i64.shr_u (i64.add ${get('bits')} (i64.and ${get('bits')} (i64.const 1))) (i64.const 1))`)}
  ;; The leading bit is one of the exponent then, and rounding up to the next power of two is right by itself.
  ${set('bits', `(i64.add ${get('bits')} (i64.shl (i64.sub ${get('exponent')} (i64.const 1)) (i64.const 52)))`)}
  (br_if $slow (i64.gt_u ${get('bits')} (i64.const 0x7fefffffffffffff)))`;

/** Reads the cell from $at of $length bytes into $value, or branches to $slow; $powers is the address of the powers of five. */
export const numberSource = `
  (br_if $slow (i32.eqz ${get('length')}))
  ${digits}
  (block $told
    ${set('value', `(f64.convert_i64_u ${get('mantissa')})`)}
    (br_if $told (i32.eqz ${get('tens')}))
    (br_if $told (i64.eqz ${get('mantissa')}))
    ${scaled}
    ${set('value', `(f64.reinterpret_i64 ${get('bits')})`)})
  (block $positive
    (br_if $positive (i32.eqz ${get('negative')}))
    ;; Not a negation: there is no negative zero among cells.
    ${set('value', `(f64.sub (f64.const 0) ${get('value')})`)})`;

/** What it needs besides what the kernel of rows has. */
export const numberLocals = `
  (local $any i32) (local $negative i32) (local $digits i32) (local $digit i32) (local $point i32) (local $tens i32) (local $cellEnd i32) (local $power i32)
  (local $mantissa i64) (local $zeros i64) (local $five i64) (local $upper i64) (local $lower i64) (local $more i64) (local $rest i64) (local $cross i64)
  (local $middle i64) (local $bits i64) (local $exponent i64) (local $value f64)`;
