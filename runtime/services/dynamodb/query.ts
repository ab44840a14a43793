import { itemOperation } from './itemOperation.ts';

/** Items of one partition of a table or index, in the order of their sort keys. */
export const query = itemOperation('Query', [
  'KeyConditions',
  'KeyConditionExpression',
  'QueryFilter',
  'ScanIndexForward',
  'Select',
  'AttributesToGet',
  'Limit',
  'ConsistentRead',
  'ConditionalOperator',
  'ExclusiveStartKey',
  'ReturnConsumedCapacity',
  'ProjectionExpression',
  'FilterExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
]);
