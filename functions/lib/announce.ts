import type { Outcome } from '../../spec/run.ts';
import { chargeRun } from './charge.ts';
import { endRun, getRun, type RunRecord } from './ledger/runs.ts';
import { measure } from './metrics.ts';
import { reportLink } from './reportLink.ts';
import { tellOnce } from './tellOnce.ts';

/**
 * Records how a run ended and tells it once in each redrive: whoever comes second, the machine's last step or runEnded, finds it
 * told.
 */
export const announce = async (
  run: { runId: string; pipeline: string; outcome: Outcome; summary: string },
  attempt: string,
  redrives = 0,
) => {
  const isFirst = await endRun(run.runId, run.outcome, run.summary, redrives);
  return tellOnce({ runId: run.runId, attempt, redrives }, async () => {
    // What was recorded first counts: a run that deployed and then could not tell it has not failed.
    const record = await getRun(run.runId);
    const { outcome = run.outcome, summary = run.summary } = record ?? {};
    const cost = await chargeRun(run.runId);
    const money = cost && { costUsd: cost.usd, ...(cost.unknown.length > 0 && { costUnknown: cost.unknown }) };
    if (isFirst && record) measureEnd(record, cost?.usd);
    const report = reportLink(run.runId, outcome);
    return {
      subject: `Sluice: ${run.pipeline} ${outcome.toLowerCase()}`,
      body: { ...run, outcome, summary, ...(redrives > 0 && { redrives }), ...money, ...(report && { report }) },
    };
  });
};

const failed: ReadonlySet<Outcome> = new Set(['FAILED', 'TIMED_OUT']);

const measureEnd = (run: RunRecord, usd = 0) => {
  const { runId, pipeline, outcome, startedAt, redrivenAt = startedAt, endedAt = redrivenAt } = run;
  const found = { runId, pipeline };
  const RunSeconds = (Date.parse(endedAt) - Date.parse(redrivenAt)) / 1000;
  measure({ RunsFailed: failed.has(outcome) ? 1 : 0, RunSeconds, RunCostUsd: usd }, { found });
  measure({ RunsEnded: 1 }, { by: { Outcome: outcome }, found });
};
