import { PublishCommand } from '@aws-sdk/client-sns';
import { PlatformError } from '../../spec/errors.ts';
import { isUnanswered } from './awsErrors.ts';
import { sns } from './clients.ts';
import { logger } from './define.ts';
import { environment } from './environment.ts';
import type { ItemKey } from './ledger/item.ts';
import { runKey } from './ledger/runs.ts';
import { giveTurnBack, markTold, takeTurnToTell } from './ledger/telling.ts';

/** Milliseconds that a publish may take: less than the function has. */
const patience = 10_000;

/**
 * Sends one notification about a run, or about another item of it (`key`), once: whoever comes second finds it told. A publish
 * that fails gives the turn back, so that the retry tells it; an attempt that dies loses it after a minute. A publish whose
 * answer is lost is not made again, for it may have been heard: the ledger says `unanswered`. `attempt` names who tells; it is
 * the same when the same attempt is made again. `message` is asked for when the turn is ours.
 */
export const tellOnce = async (
  {
    runId,
    attempt,
    key = runKey(runId),
    redrives = 0,
  }: { runId: string; attempt: string; key?: ItemKey; redrives?: number },
  message: () => Promise<{ subject: string; body: object }>,
): Promise<{ announced: boolean }> => {
  const turn = await takeTurnToTell(runId, attempt, key, redrives);
  if (turn === 'told') return { announced: false };
  if (turn === 'taken') throw new PlatformError({ what: 'Another attempt is telling the same', where: runId });
  let answered = true;
  try {
    const { subject, body } = await message();
    answered = await publish(subject, body);
  } catch (error) {
    await giveTurnBack(runId, key, redrives);
    throw error;
  }
  await markTold(runId, key, answered, redrives);
  return { announced: true };
};

/** False when the answer was lost. Throws what SNS answers else. */
const publish = async (subject: string, body: object): Promise<boolean> => {
  const impatient = new AbortController();
  const timer = setTimeout(() => impatient.abort(), patience);
  const command = new PublishCommand({
    TopicArn: environment('TOPIC_ARN'),
    Subject: subject.slice(0, 100),
    Message: JSON.stringify(body, null, 1),
  });
  try {
    await sns().send(command, { abortSignal: impatient.signal });
    return true;
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    logger.warn('The answer of a notification was lost: it is not sent again.', { error: error as Error });
    return false;
  } finally {
    clearTimeout(timer);
  }
};
