/** How numbers are written for people. */
import type { Interval } from '../spec/evaluation.ts';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
const scientific = new Intl.NumberFormat('en-US', { notation: 'scientific', maximumSignificantDigits: 3 });
const shares = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

const signed = (text: string) => text.replaceAll('-', '\u2212');

/** Rows and the like. */
export const count = (value: number): string => grouped.format(value);

/** Four significant digits. */
export const figure = (value: number): string => {
  const size = Math.abs(value);
  const format = size !== 0 && (size >= 1e7 || size < 1e-4) ? scientific : significant;
  return signed(format.format(value).replace('E', 'e'));
};

/** A share as percent; a small one that is not nothing does not become 0. */
export const percent = (share: number): string =>
  share > 0 && share < 0.0005 ? '< 0.1\u00a0%' : `${shares.format(share * 100)}\u00a0%`;

/** A measured value with all its four digits, so that those of a column can be compared at a glance. */
export const measured = (value: number): string => {
  const size = Math.abs(value);
  // What rounding leaves of nothing.
  if (size < 1e-12) return '0';
  return Number.isInteger(value) || size >= 1000 || size < 1e-4 ? figure(value) : fixed(value, digitsOf(size));
};

/** Both ends with as many digits. */
export const range = ({ lower, upper }: Pick<Interval, 'lower' | 'upper'>): string => {
  const size = Math.max(Math.abs(lower), Math.abs(upper));
  const both =
    size >= 1000 || size < 1e-4
      ? [figure(lower), figure(upper)]
      : [lower, upper].map((end) => fixed(end, digitsOf(size)));
  return both.join(' to ');
};

const digitsOf = (size: number) => 3 - Math.floor(Math.log10(size));
const fixed = (value: number, digits: number) => signed(value.toFixed(Math.max(0, digits)));

/** A deviation: two digits are all that it deserves. */
export const rough = (value: number): string => figure(Number(value.toPrecision(2)));

/** A probability of a test. */
export const chance = (p: number): string => (p < 0.0001 ? '< 0.0001' : figure(Number(p.toPrecision(2))));

/** A coordinate: tenths of a unit are finer than a screen. */
export const place = (value: number): number => Math.round(value * 10) / 10;
