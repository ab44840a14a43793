import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { describe, onTable, settled, tableMember, type DynamoState } from './table.ts';

const throughput = z.strictObject({ ReadCapacityUnits: z.number(), WriteCapacityUnits: z.number() });
const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.string() }));
const index = {
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: z.string().optional(),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
};

export const sseMember = z.strictObject({ Enabled: z.boolean().optional(), SSEType: z.literal('KMS').optional() });
export const throughputMember = throughput;

const input = z.strictObject({
  TableName: tableMember,
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.string() })),
  KeySchema: keySchema,
  BillingMode: z.string().optional(),
  ProvisionedThroughput: throughput.optional(),
  LocalSecondaryIndexes: z.array(z.strictObject(index)).optional(),
  GlobalSecondaryIndexes: z
    .array(z.strictObject({ ...index, ProvisionedThroughput: throughput.optional() }))
    .optional(),
  DeletionProtectionEnabled: z.boolean().optional(),
  SSESpecification: sseMember.optional(),
  StreamSpecification: z.strictObject({ StreamEnabled: z.literal(false) }).optional(),
  TableClass: z.literal('STANDARD').optional(),
  Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
});

/** Makes a table. It can be used as soon as the call is answered, though the answer says CREATING as on AWS. */
export const createTable = operation({
  input,
  needs: (it, call: Call<DynamoState>) => [
    ...onTable('CreateTable')(it, call),
    ...(it.Tags?.length ? onTable('TagResource')(it, call) : []),
  ],
  async run(it, { state, world }: Call<DynamoState>) {
    const { DeletionProtectionEnabled = false, SSESpecification, Tags = [] } = it;
    const { StreamSpecification: _, TableClass: __, ...rest } = it;
    const { DeletionProtectionEnabled: ___, SSESpecification: ____, Tags: _____, ...description } = rest;
    if (state.tables.has(it.TableName))
      throw new AwsError('ResourceInUseException', `Table already exists: ${it.TableName}`);
    const record = {
      TableName: it.TableName,
      CreationDateTime: world.clock.now() / 1000,
      Tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
      DeletionProtectionEnabled,
      SSEEnabled: SSESpecification?.Enabled ?? false,
      PointInTimeRecoveryEnabled: false,
    };
    // Recorded first: a start that finds a record without a table forgets it.
    state.tables.set(it.TableName, record);
    await world.store.flushed();
    try {
      const { TableDescription } = tableAnswer.parse(await state.engine.perform('CreateTable', description));
      await settled(state, it.TableName);
      return { TableDescription: describe(record, TableDescription) };
    } catch (error) {
      state.tables.delete(it.TableName);
      throw error;
    }
  },
});

/** An answer that is a table's description. */
export const tableAnswer = z.object({ TableDescription: z.record(z.string(), z.unknown()) });
