/**
 * DynamoDB: tables and items are dynalite's (engine.ts); what dynalite lacks of a table is kept beside it (table.ts).
 * Transactions, PartiQL, streams and backups are not there: nothing in Sluice may need them.
 */
import type { Service, ServiceFactory, World } from '../../operation.ts';
import { batchGetItem } from './batchGetItem.ts';
import { batchWriteItem } from './batchWriteItem.ts';
import { createTable } from './createTable.ts';
import { deleteItem } from './deleteItem.ts';
import { deleteTable } from './deleteTable.ts';
import { describeContinuousBackups } from './describeContinuousBackups.ts';
import { describeTable } from './describeTable.ts';
import { describeTimeToLive } from './describeTimeToLive.ts';
import { getItem } from './getItem.ts';
import { listTables } from './listTables.ts';
import { listTagsOfResource } from './listTagsOfResource.ts';
import { putItem } from './putItem.ts';
import { query } from './query.ts';
import { scan } from './scan.ts';
import { tagResource } from './tagResource.ts';
import { untagResource } from './untagResource.ts';
import { updateContinuousBackups } from './updateContinuousBackups.ts';
import { updateItem } from './updateItem.ts';
import { updateTable } from './updateTable.ts';
import { updateTimeToLive } from './updateTimeToLive.ts';
import { openEngine } from './engine.ts';
import { settled, type DynamoState, type TableRecord } from './table.ts';

const operations = {
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateTable: createTable,
  DeleteItem: deleteItem,
  DeleteTable: deleteTable,
  DescribeContinuousBackups: describeContinuousBackups,
  DescribeTable: describeTable,
  DescribeTimeToLive: describeTimeToLive,
  GetItem: getItem,
  ListTables: listTables,
  ListTagsOfResource: listTagsOfResource,
  PutItem: putItem,
  Query: query,
  Scan: scan,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateContinuousBackups: updateContinuousBackups,
  UpdateItem: updateItem,
  UpdateTable: updateTable,
  UpdateTimeToLive: updateTimeToLive,
};

/** Ends what a crash left half done: tables answer CREATING and DELETING only while a call is under way. */
const reconcile = async (state: DynamoState, { store }: World) => {
  for (const { TableName } of state.tables.values()) {
    const description = await state.engine.describe(TableName);
    const status = description?.['TableStatus'];
    if (status === 'ACTIVE') continue;
    // Deleting needs an active table; an update or creation only lacked its last step.
    if (description)
      await state.engine.redescribe(TableName, {
        ...description,
        ...activeIndexes(description),
        TableStatus: 'ACTIVE',
      });
    if (status === 'DELETING') {
      await state.engine.perform('DeleteTable', { TableName });
      await settled(state, TableName);
    }
    if (!description || status === 'DELETING') state.tables.delete(TableName);
  }
  await store.flushed();
};

const activeIndexes = ({ GlobalSecondaryIndexes }: Record<string, unknown>) =>
  Array.isArray(GlobalSecondaryIndexes)
    ? { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index: object) => ({ ...index, IndexStatus: 'ACTIVE' })) }
    : {};

/** The DynamoDB of a runtime. */
export const dynamodb: ServiceFactory = (world): Service<DynamoState> => {
  const state: DynamoState = {
    engine: openEngine(world),
    tables: world.store.table<TableRecord>('dynamodb.tables'),
  };
  return {
    name: 'dynamodb',
    protocol: 'awsJson1.0',
    operations,
    state,
    async start() {
      await state.engine.open();
      await reconcile(state, world);
    },
    stop: () => state.engine.close(),
  };
};
