import { PublishCommand } from '@aws-sdk/client-sns';
import { PlatformError } from '../../spec/errors.ts';
import type { Outcome } from '../../spec/run.ts';
import { sns } from './clients.ts';
import { environment } from './environment.ts';
import { endRun, getRun } from './ledger/runs.ts';
import { giveTurnBack, markTold, takeTurnToTell } from './ledger/telling.ts';

/**
 * Records how a run ended and tells it once: whoever comes second, the machine's last step or runEnded, finds it told.
 * A publish that fails gives the turn back, so that the retry tells it; an attempt that dies loses it after a minute. Told
 * twice only when the answer of a publish is lost: the message names the run, so that who hears it can tell. `attempt` names
 * who tells; it is the same when the same attempt is made again.
 */
export const announce = async (
  run: { runId: string; pipeline: string; outcome: Outcome; summary: string },
  attempt: string,
) => {
  await endRun(run.runId, run.outcome, run.summary);
  const turn = await takeTurnToTell(run.runId, attempt);
  if (turn === 'told') return { announced: false };
  if (turn === 'taken')
    throw new PlatformError({ what: 'Another attempt is telling how the run ended', where: run.runId });
  try {
    // What was recorded first counts: a run that deployed and then could not tell it has not failed.
    const { outcome = run.outcome, summary = run.summary } = (await getRun(run.runId)) ?? {};
    await sns().send(
      new PublishCommand({
        TopicArn: environment('TOPIC_ARN'),
        Subject: `Sluice: ${run.pipeline} ${outcome.toLowerCase()}`.slice(0, 100),
        Message: JSON.stringify({ ...run, outcome, summary }, null, 1),
      }),
    );
  } catch (error) {
    await giveTurnBack(run.runId);
    throw error;
  }
  await markTold(run.runId);
  return { announced: true };
};
