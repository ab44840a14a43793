import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { comparable } from '../../../spec/place.ts';
import type { RunInput } from '../../../spec/run.ts';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, table } from './item.ts';

/**
 * Notes that a run of this version of an object begins, unless one of a newer version has begun before: then the id of that
 * run, and nothing is changed. The same run again is noted again.
 */
export const passNewer = async (
  { pipeline, source: { bucket, key }, runId }: RunInput,
  sequencer: string,
): Promise<string | undefined> => {
  const Key = { pk: `object#${pipeline}#${bucket}/${key}`, sk: 'begun' };
  const isNewest = await conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key,
        UpdateExpression: 'SET sequencer = :own, runId = :runId',
        ConditionExpression: 'attribute_not_exists(pk) OR sequencer <= :own',
        ExpressionAttributeValues: { ':own': comparable(sequencer), ':runId': runId },
      }),
    ),
  );
  return isNewest ? undefined : ((await getItem(Key))?.['runId'] as string | undefined);
};
