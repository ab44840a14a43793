import { batchOperation } from './itemOperation.ts';

/** Up to 100 items of any tables. */
export const batchGetItem = batchOperation('BatchGetItem', ['ReturnConsumedCapacity']);
