/** Writes report.html of a run, once the gate has decided: what it rests on, to be read by people. */
import * as z from 'zod';
import { profileSchema } from '../data/profile.ts';
import { reportHtml, type EvaluatedCandidate } from '../report/reportHtml.ts';
import { evaluationDocument } from '../spec/evaluation.ts';
import { keys } from '../spec/names.ts';
import { gateVerdict, runId, type Plan } from '../spec/run.ts';
import { readDocument, uriOf, write } from './lib/bucket.ts';
import { chargeRun } from './lib/charge.ts';
import { define } from './lib/define.ts';
import { readDrift } from './lib/readDrift.ts';
import { contender, readPlan, readPrepared } from './lib/run.ts';

export const handler = define({
  input: z.strictObject({ runId }),
  async run({ runId }) {
    const [plan, prepared, profile, verdict, drift, cost] = await Promise.all([
      readPlan(runId),
      readPrepared(runId),
      readDocument(keys.profile(runId), profileSchema),
      readDocument(keys.gate(runId), gateVerdict),
      readDrift(runId),
      chargeRun(runId),
    ]);
    const champion = plan.champion && !prepared.championComplaint ? (['champion'] as const) : [];
    const scored = [...plan.candidates.map(({ id }) => id), ...champion];
    const evaluations = await Promise.all(scored.map((candidate) => evaluated(plan, candidate)));
    const html = reportHtml({
      plan,
      prepared,
      profile,
      verdict,
      evaluations,
      ...(drift && { drift }),
      ...(cost && { cost }),
    });
    const key = keys.report(runId);
    await write(key, html, 'text/html; charset=utf-8');
    return { report: uriOf(key) };
  },
});

const evaluated = async (plan: Plan, candidate: number | 'champion'): Promise<EvaluatedCandidate> => ({
  candidate,
  algorithm: contender(plan, candidate).algorithm,
  evaluation: await readDocument(keys.evaluated(plan.runId, candidate), evaluationDocument),
});
