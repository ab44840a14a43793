/** ItemBatcher: how items are put together into the inputs of child executions. */
import type { Json } from '../json.ts';
import type { BatcherOrder } from './order.ts';

/** The input of one child execution and how many items are in it. */
export interface ChildInput {
  input: Json;
  items: number;
}

/** Fills batches up to their limits of items and bytes; an item too large for any batch is one by itself. */
export const batched = (inputs: readonly Json[], { maxItems, maxBytes, input }: BatcherOrder): ChildInput[] => {
  const batch = (items: Json[]): ChildInput => ({
    input: input === undefined ? { Items: items } : { BatchInput: input, Items: items },
    items: items.length,
  });
  const empty = Buffer.byteLength(JSON.stringify(batch([]).input));
  const batches: ChildInput[] = [];
  let items: Json[] = [];
  let bytes = empty;
  for (const item of inputs) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (items.length > 0 && (bytes + size > maxBytes || (maxItems > 0 && items.length >= maxItems))) {
      batches.push(batch(items));
      items = [];
      bytes = empty;
    }
    items.push(item);
    bytes += size;
  }
  if (items.length > 0) batches.push(batch(items));
  return batches;
};
