/** The frame of charts with two axes: drawn for a phone's width and scaled up, so that its text is never too small to read. */
import { markup, type Markup } from '../markup.ts';
import { figure, place } from '../numbers.ts';

export interface Axis {
  label: string;
  from: number;
  to: number;
  ticks?: readonly number[];
  show?: (value: number) => string;
}

/** Where values lie on the paper. */
export interface Scale {
  x: (value: number) => number;
  y: (value: number) => number;
  /** The lower edge of the plot. */
  floor: number;
  left: number;
  right: number;
  top: number;
}

export interface Plot {
  /** Unique in the document. */
  id: string;
  title: string;
  /** What a reader sees who does not see the chart. */
  description: string;
  x: Axis;
  y: Axis;
  marks: (scale: Scale) => Markup | readonly Markup[];
}

const width = 360;
const height = 270;
const [left, right, top, floor] = [46, width - 12, 10, height - 40];

/** An SVG image with a title and a description. */
export const plot = ({ id, title, description, x, y, marks }: Plot): Markup => {
  const at = (axis: Axis, low: number, high: number) => (value: number) =>
    place(low + ((value - axis.from) / (axis.to - axis.from || 1)) * (high - low));
  const scale: Scale = { x: at(x, left, right), y: at(y, floor, top), floor, left, right, top };
  const across = (x.ticks ?? ticksOf(x)).map(
    (value) =>
      markup`<path class="grid" d="M${scale.x(value)} ${top}V${floor}"/><text x="${scale.x(value)}" y="${floor + 15}" text-anchor="middle">${(x.show ?? figure)(value)}</text>`,
  );
  const up = (y.ticks ?? ticksOf(y)).map(
    (value) =>
      markup`<path class="grid" d="M${left} ${scale.y(value)}H${right}"/><text x="${left - 5}" y="${scale.y(value) + 4}" text-anchor="end">${(y.show ?? figure)(value)}</text>`,
  );
  return markup`<svg class="plot" role="img" viewBox="0 0 ${width} ${height}" aria-labelledby="${id}-title ${id}-text"><title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>${across}${up}<path class="axis" d="M${left} ${top}V${floor}H${right}"/>${marks(scale)}<text class="name" x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">${x.label}</text><text class="name" transform="translate(11 ${(top + floor) / 2}) rotate(-90)" text-anchor="middle">${y.label}</text></svg>`;
};

/** Round numbers within the axis, about five. */
export const ticksOf = ({ from, to }: Pick<Axis, 'from' | 'to'>, wanted = 5): number[] => {
  const span = to - from;
  if (!(span > 0) || !Number.isFinite(span)) return [from];
  const power = 10 ** Math.floor(Math.log10(span / wanted));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => (factor * power * wanted) / span >= 1) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // A span beneath the precision of its numbers has no round numbers within it.
  if (!(last - first < 50)) return [from, to];
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
};

/** The path of a line through points. */
export const line = (xs: readonly number[], ys: readonly number[], { x, y }: Pick<Scale, 'x' | 'y'>): string =>
  xs.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(value)} ${y(ys[index] ?? 0)}`).join('');

/** Shares from nothing to all. */
export const unit = (label: string): Axis => ({ label, from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1] });

/** An axis that holds all values with a little air, also when there is but one. */
export const around = (label: string, values: readonly number[], zero = false): Axis => {
  const all = zero ? [0, ...values] : values;
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low > high) return { label, from: 0, to: 1 };
  const air = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
  return { label, from: zero && low === 0 ? 0 : low - air, to: zero && high === 0 ? 0 : high + air };
};
