/** A computed figure to ten significant digits, so that neither the order of the rows nor of the threads shows in it. */
export const rounded = (value: number) => Number(value.toPrecision(10));

/** The same, undefined where the figure is beyond doubles or there is none. */
export const figure = (value: number | null | undefined) =>
  typeof value === 'number' && Number.isFinite(value) ? rounded(value) : undefined;
