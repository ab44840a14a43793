/** AWS prints and hashes what is not a string as Java does. */
import type { Json } from '../json.ts';

/** 1.5, but 1.0E-4 and 1.23456789E7 as Java's doubles are printed. */
const ofDouble = (value: number): string => {
  if (Number.isInteger(value) || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e7)) return String(value);
  const [digits = '', exponent] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
};

/** `{a=1, b=[]}`; a string is its own text. */
export const javaText = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (typeof value === 'number') return ofDouble(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}=${javaText(inner)}`)
    .join(', ')}}`;
};

const ofNumber = (value: number): number => {
  if (Number.isInteger(value)) {
    if (Math.abs(value) < 2 ** 31) return value;
    if (Number.isSafeInteger(value)) return Number(BigInt.asIntN(32, BigInt(value) ^ (BigInt(value) >> 32n)));
  }
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  return bits.getInt32(0) ^ bits.getInt32(4);
};

/** `hashCode` of a value, in 32 bits. */
const javaHash = (value: Json): number => {
  if (value === null) return 0;
  if (typeof value === 'number') return ofNumber(value);
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  if (typeof value === 'string') {
    let hash = 0;
    for (let i = 0; i < value.length; i++) hash = (Math.imul(31, hash) + value.charCodeAt(i)) | 0;
    return hash;
  }
  if (Array.isArray(value)) return value.reduce<number>((hash, item) => (Math.imul(31, hash) + javaHash(item)) | 0, 1);
  return Object.entries(value).reduce((hash, [key, inner]) => (hash + (javaHash(key) ^ javaHash(inner))) | 0, 0);
};

/** Different values in the order a HashSet they were added to one by one gives them back. */
export const hashSetOrder = (values: readonly Json[]): Json[] => {
  let size = 16;
  while (values.length > size * 0.75) size *= 2;
  const place = (value: Json) => {
    const hash = javaHash(value);
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  return values.toSorted((a, b) => place(a) - place(b));
};
