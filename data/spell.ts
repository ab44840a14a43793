/**
 * The spelling of a feature: the nearest 32-bit float, which is what the algorithms compute with, in nine significant digits,
 * which always lead back to it (IEEE 754-2019, 5.12.2). Written digit by digit, since turning doubles into strings took most of the time of preparation.
 */

const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const digits = 9;
const zero = 48;
const minus = 45;
const point = 46;

/** No spelling is longer (bytes): `-1.23456789e-308`. */
export const longestSpelling = 24;

/** Spells a feature into `buffer` from `at` on and answers where it ends; NaN, a missing value, is nothing. */
export const spellInto = (exact: number, buffer: Uint8Array, at: number): number => {
  const value = Math.fround(exact);
  if (value === 0) {
    buffer[at] = zero;
    return at + 1;
  }
  const size = Math.abs(value);
  if (!(size >= 1e-5 && size < 1e9)) return spellRare(value, buffer, at);
  let whole = 1;
  while (size >= powers[whole]!) whole++;
  let decimals = digits - whole;
  if (size < 1) for (let bound = 0; bound < 5 && size < 1 / powers[bound]!; bound++) decimals++;
  // Nine digits are a 32-bit integer, with which processors are quicker.
  let rest = Math.round(size * powers[decimals]!) | 0;
  // Rounded up to one digit more, from 999,999,999.5 on.
  if (size >= 1 && rest >= powers[whole + decimals]!) whole++;
  while (decimals > 0 && rest % 10 === 0) {
    rest = (rest / 10) | 0;
    decimals--;
  }
  let start = at;
  if (value < 0) buffer[start++] = minus;
  const end = start + whole + (decimals === 0 ? 0 : decimals + 1);
  let place = end - 1;
  if (decimals > 0) {
    for (const first = place - decimals; place > first; place--) {
      const next = (rest / 10) | 0;
      buffer[place] = zero + (rest - 10 * next);
      rest = next;
    }
    buffer[place--] = point;
  }
  for (; place >= start; place--) {
    const next = (rest / 10) | 0;
    buffer[place] = zero + (rest - 10 * next);
    rest = next;
  }
  return end;
};

const spellRare = (value: number, buffer: Uint8Array, at: number): number => {
  if (Number.isNaN(value)) return at;
  const text = String(Number(value.toPrecision(digits)));
  for (let i = 0; i < text.length; i++) buffer[at + i] = text.charCodeAt(i);
  return at + text.length;
};

/** The same as text. */
export const spell = (value: number): string => {
  const buffer = Buffer.alloc(longestSpelling);
  return buffer.toString('latin1', 0, spellInto(value, buffer, 0));
};

/** The features of a row, separated by commas. */
export const spellRow = (features: Float64Array): string => Array.from(features, spell).join(',');
