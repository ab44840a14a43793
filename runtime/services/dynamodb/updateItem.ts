import { itemOperation } from './itemOperation.ts';

/** Changes attributes of an item, on a condition if one is given. */
export const updateItem = itemOperation('UpdateItem', [
  'Key',
  'AttributeUpdates',
  'UpdateExpression',
  'Expected',
  'ConditionalOperator',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
]);
