import { PublishCommand } from '@aws-sdk/client-sns';
import type { Outcome } from '../../spec/run.ts';
import { sns } from './clients.ts';
import { environment } from './environment.ts';
import { claimNotification, endRun, getRun, releaseNotification } from './ledger.ts';

/**
 * Records how a run ended and tells it once: whoever comes second, the machine's last step or runEnded, finds it told.
 * A publish that fails gives the turn back, so that the retry tells it.
 */
export const announce = async (run: { runId: string; pipeline: string; outcome: Outcome; summary: string }) => {
  await endRun(run.runId, run.outcome, run.summary);
  if (!(await claimNotification(run.runId))) return { announced: false };
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
    await releaseNotification(run.runId);
    throw error;
  }
  return { announced: true };
};
