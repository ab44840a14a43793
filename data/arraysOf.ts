import type { DuckDBDataChunk } from '@duckdb/node-api';

/** The columns of a piece of a query as typed arrays. Of which type the numbers are is what the query casts them to; a NULL is not told apart. */
export const arraysOf = <Items>(chunk: DuckDBDataChunk): Items[] =>
  Array.from(
    { length: chunk.columnCount },
    (_, place) => (chunk.getColumnVector(place) as unknown as { items: Items }).items,
  );
