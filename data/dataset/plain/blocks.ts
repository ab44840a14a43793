/** A text as blocks of whole lines. */

const lineFeed = 10;

/**
 * Undefined, as the last one, where there is a line that no block holds. `ending` ends the last line if nothing does. A block is a part of `memory`, and
 * holds until the next one is asked for.
 */
export async function* blocksOf(
  chunks: AsyncIterable<Uint8Array>,
  ending: Uint8Array,
  memory: Uint8Array,
): AsyncGenerator<Uint8Array | undefined> {
  const most = memory.length - ending.length;
  let filled = 0;
  for await (const chunk of chunks)
    for (let from = 0; from < chunk.length;) {
      const some = chunk.subarray(from, from + most - filled);
      memory.set(some, filled);
      filled += some.length;
      from += some.length;
      if (filled < most) continue;
      const end = memory.lastIndexOf(lineFeed, filled - 1) + 1;
      if (end === 0) {
        yield undefined;
        return;
      }
      yield memory.subarray(0, end);
      memory.copyWithin(0, end, filled);
      filled -= end;
    }
  if (filled === 0) return;
  const isEnded = memory[filled - 1] === lineFeed;
  if (!isEnded) memory.set(ending, filled);
  yield memory.subarray(0, filled + (isEnded ? 0 : ending.length));
}
