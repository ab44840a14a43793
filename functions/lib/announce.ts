import type { Outcome } from '../../spec/run.ts';
import { chargeRun } from './charge.ts';
import { endRun, getRun } from './ledger/runs.ts';
import { tellOnce } from './tellOnce.ts';

/** Records how a run ended and tells it once: whoever comes second, the machine's last step or runEnded, finds it told. */
export const announce = async (
  run: { runId: string; pipeline: string; outcome: Outcome; summary: string },
  attempt: string,
) => {
  await endRun(run.runId, run.outcome, run.summary);
  return tellOnce({ runId: run.runId, attempt }, async () => {
    // What was recorded first counts: a run that deployed and then could not tell it has not failed.
    const { outcome = run.outcome, summary = run.summary } = (await getRun(run.runId)) ?? {};
    const cost = await chargeRun(run.runId);
    const money = cost && { costUsd: cost.usd, ...(cost.unknown.length > 0 && { costUnknown: cost.unknown }) };
    return {
      subject: `Sluice: ${run.pipeline} ${outcome.toLowerCase()}`,
      body: { ...run, outcome, summary, ...money },
    };
  });
};
