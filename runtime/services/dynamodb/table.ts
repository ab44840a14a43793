/** What DynamoDB keeps of a table beside dynalite's description of it, and how operations name tables. */
import * as z from 'zod';
import { AwsError, type Call, type Need, type World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import type { Engine } from './engine.ts';

export interface TableRecord {
  TableName: string;
  /** Epoch seconds. */
  CreationDateTime: number;
  Tags: Record<string, string>;
  DeletionProtectionEnabled: boolean;
  /** Encryption under a key of AWS was asked for; items lie on the user's own disk as they are. */
  SSEEnabled: boolean;
  TimeToLive?: { AttributeName: string; Enabled: boolean };
  PointInTimeRecoveryEnabled: boolean;
}

export interface DynamoState {
  engine: Engine;
  tables: Table<TableRecord>;
}

/** A table by its name or its ARN. */
export const tableMember = z.string();

const arnPattern = /^arn:aws:dynamodb:[^:]*:[^:]*:table\/([^/]+)$/;

/** The name in a name or ARN. */
export const tableNameOf = (nameOrArn: string): string => arnPattern.exec(nameOrArn)?.[1] ?? nameOrArn;

export const tableArn = ({ region, accountId }: World, nameOrArn: string): string =>
  `arn:aws:dynamodb:${region}:${accountId}:table/${tableNameOf(nameOrArn)}`;

/** One permission on the table, or on the index where the request names one. */
export const onTable =
  (action: string) =>
  (it: { TableName?: string | undefined; IndexName?: string | undefined }, { world }: Call<DynamoState>): Need[] => [
    {
      action: `dynamodb:${action}`,
      resource: `${tableArn(world, it.TableName ?? '')}${it.IndexName === undefined ? '' : `/index/${it.IndexName}`}`,
    },
  ];

/** One permission on the resource an ARN names. */
export const onResource =
  (action: string) =>
  ({ ResourceArn }: { ResourceArn: string }): Need[] => [{ action: `dynamodb:${action}`, resource: ResourceArn }];

/** The record of a table. Throws ResourceNotFoundException. */
export const recordOf = ({ state }: Call<DynamoState>, nameOrArn: string): TableRecord => {
  const name = tableNameOf(nameOrArn);
  const record = state.tables.get(name);
  if (!record)
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
  return record;
};

/** Changes a table's record; durable when it resolves. */
export const changeRecord = async ({ state, world }: Call<DynamoState>, record: TableRecord) => {
  state.tables.set(record.TableName, record);
  await world.store.flushed();
};

/** dynalite's description completed by what the record adds. */
export const describe = (record: TableRecord, description: Record<string, unknown>): Record<string, unknown> => ({
  ...description,
  CreationDateTime: record.CreationDateTime,
  DeletionProtectionEnabled: record.DeletionProtectionEnabled,
  ...(record.SSEEnabled && { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' } }),
});

/** Resolves when dynalite has made or removed the table in fact: it answers first. */
export const settled = async ({ engine }: DynamoState, name: string): Promise<void> => {
  const passing = ['CREATING', 'DELETING', 'UPDATING'];
  const isPassing = async () => passing.includes(String((await engine.describe(name))?.['TableStatus']));
  while (await isPassing()) await new Promise((resolve) => setImmediate(resolve));
};
