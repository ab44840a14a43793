/** Whether more of a metric is better, or less, or what is nearer to zero. */
export type Direction = 'max' | 'min' | 'zero';

const goodnesses: Record<Direction, (value: number) => number> = {
  max: (value) => value,
  min: (value) => -value,
  zero: (value) => -Math.abs(value),
};

/** A metric's value turned so that more is better. */
export const goodness = (value: number, direction: Direction): number => goodnesses[direction](value);
