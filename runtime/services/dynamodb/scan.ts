import { itemOperation } from './itemOperation.ts';

/** All items of a table or index. */
export const scan = itemOperation('Scan', [
  'ScanFilter',
  'Segment',
  'TotalSegments',
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
