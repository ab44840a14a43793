/**
 * The ledger: one DynamoDB table, single-item conditional writes only.
 *   run#<runId>        run       what was asked, how it stands
 *   run#<runId>        approval  who has to say yes, and what was said
 *   run#<runId>        use#<job> what an ended job took of which instances
 *   pipeline#<name>    champion  the deployed model, and what serves beside it
 *   pipeline#<name>    file      the version of its file that was last looked at, and what is wrong with it
 *   pipeline#<name>    challenger  the model that is on its way to the endpoint
 *   pipeline#<name>    lock      which run may change the deployment
 *   pipeline#<name>    active    which run has the pipeline's slot; waiting#<place>: who comes next (queue.ts)
 *   object#<pipeline>#<bucket>/<key>  begun  the newest version of the object of which a run has begun
 *   job#<kind>/<name>  token     who waits for the job
 */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { isAws } from '../awsErrors.ts';
import { dynamodb } from '../clients.ts';
import { environment } from '../environment.ts';

export interface ItemKey {
  pk: string;
  sk: string;
}

export const table = () => environment('TABLE_NAME');

/** The item as it is now, whoever wrote it last. */
export const getItem = async (key: ItemKey): Promise<Record<string, unknown> | undefined> => {
  const { Item } = await dynamodb().send(new GetCommand({ TableName: table(), Key: key, ConsistentRead: true }));
  return Item;
};

/** Holds for an item as it is in this redrive of its run; the member is absent until the first one. */
export const inRedrive = (redrives: number): { condition: string; values: Record<string, number> } =>
  redrives === 0
    ? { condition: 'attribute_not_exists(redrives)', values: {} }
    : { condition: 'redrives = :redrives', values: { ':redrives': redrives } };

/** True when this call wrote; false when the condition did not hold. */
export const conditionally = async (write: () => Promise<unknown>): Promise<boolean> => {
  try {
    await write();
    return true;
  } catch (error) {
    if (isAws(error, ['ConditionalCheckFailedException'])) return false;
    throw error;
  }
};
