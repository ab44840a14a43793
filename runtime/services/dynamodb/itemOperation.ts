/** Operations on items: the dispatcher sees table and index, dynalite validates the rest with AWS's own messages. */
import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import type { Action } from './engine.ts';
import { onTable, tableMember, tableNameOf, type DynamoState } from './table.ts';

const passed = z.unknown().optional();

/** An operation on one table; `members` are those dynalite implements besides TableName and IndexName. */
export const itemOperation = (action: Action, members: readonly string[]) =>
  operation({
    input: z.strictObject({
      TableName: tableMember.optional(),
      IndexName: z.string().optional(),
      ReturnValuesOnConditionCheckFailure: z.string().optional(),
      ...Object.fromEntries(members.map((member) => [member, passed])),
    }),
    needs: onTable(action),
    run(it, { state }: Call<DynamoState>) {
      const { TableName, ReturnValuesOnConditionCheckFailure, ...rest } = it;
      if (ReturnValuesOnConditionCheckFailure !== undefined && ReturnValuesOnConditionCheckFailure !== 'NONE')
        throw new AwsError(
          'NotImplemented',
          `NotImplemented: ${action}.ReturnValuesOnConditionCheckFailure=${ReturnValuesOnConditionCheckFailure} is not supported by this runtime: read the item after the failure`,
          501,
        );
      return state.engine.perform(action, {
        ...rest,
        ...(TableName !== undefined && { TableName: tableNameOf(TableName) }),
      });
    },
  });

const requests = z.record(z.string(), z.unknown());

/** An operation on items of several tables. */
export const batchOperation = (action: Action, members: readonly string[]) =>
  operation({
    input: z.strictObject({
      RequestItems: requests.optional(),
      ...Object.fromEntries(members.map((member) => [member, passed])),
    }),
    needs: ({ RequestItems = {} }, call: Call<DynamoState>) =>
      Object.keys(RequestItems).flatMap((TableName) => onTable(action)({ TableName }, call)),
    run: (it, { state }: Call<DynamoState>) => state.engine.perform(action, it),
  });
