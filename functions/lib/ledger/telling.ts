import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, inRedrive, table, type ItemKey } from './item.ts';
import { runKey } from './runs.ts';

/** A turn to tell lasts longer than the function that takes it may run, so that one that died gives it up by itself. */
const turnMs = 60_000;

/**
 * The turn to send the one notification of a run, or of another item that is told of: `mine`, or nobody's any more because it is `told`, or `taken` by another
 * attempt that may be under way. An attempt that is made again, because its process died, finds the turn its own. In each
 * redrive of the run there is one to send; what an earlier one had to tell counts as told.
 */
export const takeTurnToTell = async (
  runId: string,
  attempt: string,
  key: ItemKey = runKey(runId),
  redrives = 0,
): Promise<'mine' | 'told' | 'taken'> => {
  const now = Date.now();
  const { condition, values } = inRedrive(redrives);
  const mine = await conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: key,
        UpdateExpression: 'SET tellingUntil = :until, teller = :attempt',
        ConditionExpression: `attribute_exists(pk) AND ${condition} AND attribute_not_exists(notified) AND (attribute_not_exists(tellingUntil) OR tellingUntil < :now OR teller = :attempt)`,
        ExpressionAttributeValues: { ':until': now + turnMs, ':now': now, ':attempt': attempt, ...values },
      }),
    ),
  );
  if (mine) return 'mine';
  const item = await getItem(key);
  // A run that the ledger does not know has nobody to tell.
  return item && item['notified'] !== true && (item['redrives'] ?? 0) === redrives ? 'taken' : 'told';
};

/** `answered`: whether SNS has said that it took the message. */
export const markTold = (runId: string, key: ItemKey = runKey(runId), answered = true, redrives = 0) =>
  endTurn(key, redrives, answered ? ['notified'] : ['notified', 'unanswered']);

/** Gives the turn back after a publish that failed. */
export const giveTurnBack = (runId: string, key: ItemKey = runKey(runId), redrives = 0) => endTurn(key, redrives, []);

/** `told`: what is true from now on. */
const endTurn = async (key: ItemKey, redrives: number, told: readonly string[]) => {
  const { condition, values } = inRedrive(redrives);
  const set = told.length > 0 ? `SET ${told.map((member) => `${member} = :yes`).join(', ')} ` : '';
  const given = { ...(told.length > 0 && { ':yes': true }), ...values };
  await conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: key,
        UpdateExpression: `${set}REMOVE tellingUntil, teller`,
        ConditionExpression: condition,
        ...(Object.keys(given).length > 0 && { ExpressionAttributeValues: given }),
      }),
    ),
  );
};
