import { PublishCommand } from '@aws-sdk/client-sns';
import { PlatformError } from '../../spec/errors.ts';
import { sns } from './clients.ts';
import { environment } from './environment.ts';
import type { ItemKey } from './ledger/item.ts';
import { runKey } from './ledger/runs.ts';
import { giveTurnBack, markTold, takeTurnToTell } from './ledger/telling.ts';

/**
 * Sends one notification about a run, or about another item of it (`key`), once: whoever comes second finds it told. A publish
 * that fails gives the turn back, so that the retry tells it; an attempt that dies loses it after a minute. Told twice only
 * when the answer of a publish is lost: the message names the run, so that who hears it can tell. `attempt` names who tells;
 * it is the same when the same attempt is made again. `message` is asked for when the turn is ours.
 */
export const tellOnce = async (
  { runId, attempt, key = runKey(runId) }: { runId: string; attempt: string; key?: ItemKey },
  message: () => Promise<{ subject: string; body: object }>,
): Promise<{ announced: boolean }> => {
  const turn = await takeTurnToTell(runId, attempt, key);
  if (turn === 'told') return { announced: false };
  if (turn === 'taken') throw new PlatformError({ what: 'Another attempt is telling the same', where: runId });
  try {
    const { subject, body } = await message();
    await sns().send(
      new PublishCommand({
        TopicArn: environment('TOPIC_ARN'),
        Subject: subject.slice(0, 100),
        Message: JSON.stringify(body, null, 1),
      }),
    );
  } catch (error) {
    await giveTurnBack(runId, key);
    throw error;
  }
  await markTold(runId, key);
  return { announced: true };
};
