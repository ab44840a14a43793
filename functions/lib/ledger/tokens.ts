import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, table } from './item.ts';

export interface WaitingToken {
  token: string;
  runId: string;
  /** The endpoint configuration that is wanted InService. */
  expected?: string;
}

const jobKey = (kind: string, name: string) => ({ pk: `job#${kind}/${name}`, sk: 'token' });

export const putToken = async (kind: string, name: string, waiting: WaitingToken) => {
  await dynamodb().send(new PutCommand({ TableName: table(), Item: { ...jobKey(kind, name), ...waiting } }));
};

export const getToken = async (kind: string, name: string): Promise<WaitingToken | undefined> => {
  return (await getItem(jobKey(kind, name))) as WaitingToken | undefined;
};

/** Forgets a token that was answered, unless a newer wait replaced it. */
export const dropToken = (kind: string, name: string, token: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: jobKey(kind, name),
        ConditionExpression: '#token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':token': token },
      }),
    ),
  );
