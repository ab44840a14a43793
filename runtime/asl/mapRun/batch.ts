/** ItemBatcher: how items are put together into the inputs of child executions. */
import type { Json } from '../json.ts';
import type { BatcherOrder } from './order.ts';

/** The input of one child execution and how many items are in it. */
export interface ChildInput {
  input: Json;
  items: number;
}

/** Takes items and gives the inputs that are complete. */
export interface Packer {
  take(item: Json): ChildInput[];
  rest(): ChildInput[];
}

const single: Packer = { take: (input) => [{ input, items: 1 }], rest: () => [] };

/** Fills batches up to their limits of items and bytes; an item too large for any batch is one by itself. */
export const packer = (order: BatcherOrder | undefined): Packer => {
  if (!order) return single;
  const { maxItems, maxBytes, input } = order;
  const batch = (items: Json[]): ChildInput => ({
    input: input === undefined ? { Items: items } : { BatchInput: input, Items: items },
    items: items.length,
  });
  const empty = Buffer.byteLength(JSON.stringify(batch([]).input));
  let items: Json[] = [];
  let bytes = empty;
  const rest = () => {
    const full = items.length > 0 ? [batch(items)] : [];
    items = [];
    bytes = empty;
    return full;
  };
  return {
    rest,
    take(item) {
      const text = Buffer.byteLength(JSON.stringify(item));
      // A comma stands before all but the first.
      const size = () => text + (items.length > 0 ? 1 : 0);
      const over = items.length > 0 && (bytes + size() > maxBytes || (maxItems > 0 && items.length >= maxItems));
      const full = over ? rest() : [];
      bytes += size();
      items.push(item);
      return full;
    },
  };
};

/** All items at once. */
export const batched = (inputs: readonly Json[], order: BatcherOrder): ChildInput[] => {
  const it = packer(order);
  return [...inputs.flatMap((item) => it.take(item)), ...it.rest()];
};
