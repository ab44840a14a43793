import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';
import { tags } from './tags.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
});

const properties = z.strictObject({
  TableName: z.string().optional(),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(z.strictObject({ IndexName: z.string(), KeySchema: keySchema, Projection: projection }))
    .optional(),
  /** Kept on the laptop's own disk; nothing to do here. */
  PointInTimeRecoverySpecification: z.strictObject({ PointInTimeRecoveryEnabled: z.boolean() }).optional(),
  SSESpecification: z.strictObject({ SSEEnabled: z.boolean() }).optional(),
  Tags: tags,
});

/** AWS::DynamoDB::Table. The keys and indexes of a table that is there cannot change. */
export const table = resourceType({
  properties,
  async apply(given, { world, call, defaultName, previous }) {
    const {
      TableName = defaultName(255),
      BillingMode,
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
    } = given;
    const created = await unlessThere(['ResourceInUseException'], () =>
      call('dynamodb', 'CreateTable', {
        TableName,
        BillingMode,
        AttributeDefinitions,
        KeySchema,
        ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
      }),
    );
    if (!created && previous?.ref === TableName)
      await refuseNewKeys(call, TableName, KeySchema, GlobalSecondaryIndexes);
    return {
      ref: TableName,
      attributes: { Arn: `arn:${world.partition}:dynamodb:${world.region}:${world.accountId}:table/${TableName}` },
    };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('dynamodb', 'DeleteTable', { TableName: ref })),
});

interface Described {
  Table: { KeySchema: unknown; GlobalSecondaryIndexes?: { IndexName: string }[] };
}

const refuseNewKeys = async (
  call: <Output>(service: string, operation: string, input: unknown) => Promise<Output>,
  TableName: string,
  KeySchema: unknown,
  indexes: readonly { IndexName: string }[] = [],
) => {
  const { Table } = await call<Described>('dynamodb', 'DescribeTable', { TableName });
  const names = (list: readonly { IndexName: string }[]) =>
    list
      .map(({ IndexName }) => IndexName)
      .toSorted()
      .join();
  const same =
    JSON.stringify(Table.KeySchema) === JSON.stringify(KeySchema) &&
    names(Table.GlobalSecondaryIndexes ?? []) === names(indexes);
  if (!same)
    throw new Error(`the keys or indexes of ${TableName} have changed; this runtime cannot change them in place`);
};
