import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Engine } from './engine.ts';

/** The rows of queries with the place of their query, one query after the other: the next one is begun as soon as one has rows, and worked out while these are looked at. */
export async function* inTurn(
  engine: Engine,
  queries: readonly string[],
): AsyncGenerator<{ place: number; chunk: DuckDBDataChunk }, void> {
  let reading = begin(engine, queries[0]);
  let ahead: Begun | undefined;
  try {
    for (let place = 0; reading; place++) {
      for (let next = await reading.first; next.done !== true; next = await reading.chunks.next()) {
        ahead ??= begin(engine, queries[place + 1]);
        yield { place, chunk: next.value };
      }
      reading = ahead ?? begin(engine, queries[place + 1]);
      ahead = undefined;
    }
  } finally {
    // Both are at their end, unless somebody reads no further.
    await Promise.all([reading?.chunks.return?.(), ahead?.chunks.return?.()]);
  }
}

type Begun = NonNullable<ReturnType<typeof begin>>;

const begin = (engine: Engine, query: string | undefined) => {
  if (query === undefined) return undefined;
  const chunks = engine.chunks(query)[Symbol.asyncIterator]();
  const first = chunks.next();
  // Told when its turn comes.
  first.catch(() => undefined);
  return { chunks, first };
};
