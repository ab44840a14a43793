/**
 * What one cell says. Files (bytes) and prediction requests (strings) are read by the same grammar and both round correctly,
 * so the same text gives the same bits on either way in.
 */

export const missingTokens: ReadonlySet<string> = new Set([
  '',
  '?',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  'null',
  'NULL',
  'NaN',
  'nan',
  'None',
]);
const longestMissing = 4;
/** Numbers, as a regular expression that DuckDB reads too. Digits may be grouped by single underscores, as DuckDB reads them. */
export const numberGrammar = '[+-]?(?:[0-9]+(?:_[0-9]+)*\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?';
const grammar = new RegExp(`^(?:${numberGrammar})$`);
const infinite = /^[+-]?inf(?:inity)?$/i;

/** Whether a trimmed cell stands for "not known". */
export const isMissing = (text: string) => missingTokens.has(text);

/** The number a trimmed cell holds: ±Infinity for `inf` and for what a double cannot hold, NaN for text and missing. */
export const numberOf = (text: string): number => {
  if (grammar.test(text)) return Number(text.includes('_') ? text.replaceAll('_', '') : text) + 0;
  return infinite.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number.NaN;
};

const latin1 = (bytes: Uint8Array, start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));

/** `isMissing` of the bytes from `start` to `end`. */
export const isMissingAt = (bytes: Uint8Array, start: number, end: number) => {
  if (end === start) return true;
  if (end - start > longestMissing) return false;
  const first = bytes[start];
  // `?`, `N`, `n` and `#`: nearly every other cell is settled here without making a string.
  if (first !== 63 && first !== 78 && first !== 110 && first !== 35) return false;
  return isMissing(latin1(bytes, start, end));
};

const powersOfTen = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * `numberOf` of the bytes from `start` to `end`. Up to 15 digits without exponent are computed here: mantissa and power of
 * ten are exact doubles, so one division rounds correctly (Clinger, 1990). The rest goes through Number.
 */
export const numberAt = (bytes: Uint8Array, start: number, end: number): number => {
  let at = start;
  const sign = bytes[at];
  if (sign === 45 || sign === 43) at += 1;
  if (end - at > 16) return slowNumberAt(bytes, start, end);
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits += 1;
    } else if (digit === -2 && point < 0) point = at;
    else return slowNumberAt(bytes, start, end);
  }
  if (digits === 0 || digits > 15) return slowNumberAt(bytes, start, end);
  const value = point < 0 ? mantissa : mantissa / (powersOfTen[end - point - 1] ?? 1);
  return sign === 45 ? 0 - value : value;
};

const longestNumber = 400;
const slowNumberAt = (bytes: Uint8Array, start: number, end: number) => {
  const first = bytes[start] ?? 0;
  // Digits, signs, the point, and the i of inf: text is settled by its first byte.
  const canBeNumber = (first >= 43 && first <= 57) || first === 105 || first === 73;
  return canBeNumber && end - start <= longestNumber ? numberOf(latin1(bytes, start, end)) : Number.NaN;
};
