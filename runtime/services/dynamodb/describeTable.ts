import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { describe, onTable, recordOf, tableMember, type DynamoState } from './table.ts';

const answer = z.object({ Table: z.record(z.string(), z.unknown()) });

/** The table's schema, indexes and status. */
export const describeTable = operation({
  input: z.strictObject({ TableName: tableMember }),
  needs: onTable('DescribeTable'),
  async run({ TableName }, call: Call<DynamoState>) {
    const record = recordOf(call, TableName);
    const { Table } = answer.parse(await call.state.engine.perform('DescribeTable', { TableName: record.TableName }));
    return { Table: describe(record, Table) };
  },
});
