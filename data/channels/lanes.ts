/** Small numbers side by side in the bits of one: what a query sorts and hands over has few columns then, each of which costs more than its bytes. */

const bitsOfLane = 64;

/** A number in a lane is one of so many, from 0 on. */
export const mostPlaces: number = 2 ** 16;

/** A number of a row: below `most`, never NULL. */
export interface Placed {
  sql: string;
  most: number;
}

/** Where the bits of a number stand. */
export interface InLane {
  lane: number;
  shift: number;
  /** What is left of the lane behind the shift. */
  mask: number;
}

export interface Lanes {
  /** One UBIGINT each. */
  sql: readonly string[];
  /** By number. */
  places: readonly InLane[];
}

export const lanesOf = (numbers: readonly Placed[]): Lanes => {
  const lanes: string[][] = [];
  let shift = bitsOfLane;
  const places = numbers.map(({ sql, most }): InLane => {
    const bits = Math.max(1, Math.ceil(Math.log2(most)));
    if (shift + bits > bitsOfLane) {
      lanes.push([]);
      shift = 0;
    }
    lanes.at(-1)!.push(`((${sql})::UBIGINT << ${shift})`);
    const place = { lane: lanes.length - 1, shift, mask: 2 ** bits - 1 };
    shift += bits;
    return place;
  });
  return { sql: lanes.map((own) => own.join(' | ')), places };
};
