/** Small numbers side by side in the bits of one: what a query sorts and hands over has few columns then, each of which costs more than its bytes. */

const perLane = 4;
const bits = 16;

/** A number in a lane is one of so many, from 0 on. */
export const mostPlaces: number = 2 ** bits;

export interface Lanes {
  /** One UBIGINT each. */
  sql: readonly string[];
  /** Where the number of a place stands: which lane, and how many bytes behind its begin (little-endian). */
  at(place: number): { lane: number; offset: number };
}

/** Expressions of numbers below `mostPlaces`, never NULL, as lanes. */
export const lanesOf = (expressions: readonly string[]): Lanes => {
  const sql: string[] = [];
  for (let first = 0; first < expressions.length; first += perLane)
    sql.push(
      expressions
        .slice(first, first + perLane)
        .map((expression, place) => `((${expression})::UBIGINT << ${bits * place})`)
        .join(' | '),
    );
  return { sql, at: (place) => ({ lane: Math.floor(place / perLane), offset: (bits / 8) * (place % perLane) }) };
};
