import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { DynamoState } from './table.ts';

const mostTables = 100;

const input = z.strictObject({
  ExclusiveStartTableName: z.string().optional(),
  Limit: z.number().int().min(1).max(mostTables).optional(),
});

/** The names of all tables, in order, a page at a time. */
export const listTables = operation({
  input,
  needs: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  run({ ExclusiveStartTableName = '', Limit = mostTables }, { state }: Call<DynamoState>) {
    const left = [...state.tables.keys()].filter((name) => name > ExclusiveStartTableName).sort();
    const TableNames = left.slice(0, Limit);
    return { TableNames, ...(left.length > Limit && { LastEvaluatedTableName: TableNames.at(-1) }) };
  },
});
