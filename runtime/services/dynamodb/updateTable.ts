import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { sseMember, throughputMember } from './createTable.ts';
import { changeRecord, describe, onTable, recordOf, settled, tableMember, type DynamoState } from './table.ts';

const input = z.strictObject({
  TableName: tableMember,
  BillingMode: z.string().optional(),
  ProvisionedThroughput: throughputMember.optional(),
  // Creating and deleting an index are not known members: dynalite has no backfill.
  GlobalSecondaryIndexUpdates: z
    .array(
      z.strictObject({ Update: z.strictObject({ IndexName: z.string(), ProvisionedThroughput: throughputMember }) }),
    )
    .optional(),
  DeletionProtectionEnabled: z.boolean().optional(),
  SSESpecification: sseMember.optional(),
});

/** Changes throughput, deletion protection and the record of encryption. */
export const updateTable = operation({
  input,
  needs: onTable('UpdateTable'),
  async run(it, call: Call<DynamoState>) {
    const { engine } = call.state;
    const record = recordOf(call, it.TableName);
    const { TableName } = record;
    const { DeletionProtectionEnabled = record.DeletionProtectionEnabled, SSESpecification, ...rest } = it;
    const changesEngine = Object.keys(rest).length > 1;
    if (!changesEngine && it.DeletionProtectionEnabled === undefined && SSESpecification === undefined)
      throw new AwsError('ValidationException', 'At least one of the members that change a table is required');
    if (changesEngine) {
      await engine.perform('UpdateTable', { ...rest, TableName });
      await settled(call.state, TableName);
    }
    const changed = {
      ...record,
      DeletionProtectionEnabled,
      SSEEnabled: SSESpecification?.Enabled ?? record.SSEEnabled,
    };
    await changeRecord(call, changed);
    return { TableDescription: describe(changed, (await engine.describe(TableName)) ?? {}) };
  },
});
