import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { tableAnswer } from './createTable.ts';
import { describe, onTable, recordOf, settled, tableMember, type DynamoState } from './table.ts';

/** Deletes a table with its items. */
export const deleteTable = operation({
  input: z.strictObject({ TableName: tableMember }),
  needs: onTable('DeleteTable'),
  async run(it, call: Call<DynamoState>) {
    const { state, world } = call;
    const record = recordOf(call, it.TableName);
    const { TableName } = record;
    if (record.DeletionProtectionEnabled)
      throw new AwsError(
        'ValidationException',
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
      );
    const { TableDescription } = tableAnswer.parse(await state.engine.perform('DeleteTable', { TableName }));
    await settled(state, TableName);
    // Last: a start that finds the record and a half-deleted table deletes the rest.
    state.tables.delete(TableName);
    await world.store.flushed();
    return { TableDescription: describe(record, TableDescription) };
  },
});
