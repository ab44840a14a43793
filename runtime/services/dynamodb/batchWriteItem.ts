import { batchOperation } from './itemOperation.ts';

/** Up to 25 puts and deletes, each on its own. */
export const batchWriteItem = batchOperation('BatchWriteItem', [
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
]);
