import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { challengerSchema, type Challenger } from '../../../spec/run.ts';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, table } from './item.ts';

const challengerKey = (pipeline: string) => ({ pk: `pipeline#${pipeline}`, sk: 'challenger' });

export const getChallenger = async (pipeline: string): Promise<Challenger | undefined> => {
  const item = await getItem(challengerKey(pipeline));
  return item && challengerSchema.parse(item['challenger']);
};

/** Called behind the pipeline's lock: whatever is there was left by a deployment that is over. */
export const putChallenger = async (pipeline: string, challenger: Challenger) => {
  await dynamodb().send(new PutCommand({ TableName: table(), Item: { ...challengerKey(pipeline), challenger } }));
};

/** Forgets the challenger of this endpoint configuration; another one stays. */
export const dropChallenger = (pipeline: string, config: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: challengerKey(pipeline),
        ConditionExpression: 'challenger.endpointConfigName = :config',
        ExpressionAttributeValues: { ':config': config },
      }),
    ),
  );
