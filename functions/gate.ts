/** Asks the gate, and writes down its verdict with the evaluation it rests on. */
import * as z from 'zod';
import { directionOf } from '../data/metrics.ts';
import { tellEndpointCost } from '../spec/costs.ts';
import { bestOf, judge } from '../spec/gate.ts';
import { keys } from '../spec/names.ts';
import { candidateResult, runId, type CandidateResult, type Plan } from '../spec/run.ts';
import { showShare } from '../spec/weights.ts';
import { readDocument, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { figuresOf } from './lib/figures.ts';
import { readDrift } from './lib/readDrift.ts';
import { readPlan, readPrepared } from './lib/run.ts';
import { weightsBeside } from './lib/weightsBeside.ts';

export const handler = define({
  input: z.strictObject({ runId }),
  async run({ runId }) {
    const [plan, prepared] = await Promise.all([readPlan(runId), readPrepared(runId)]);
    const read = (id: number | 'champion') => readDocument(keys.metrics(runId, id), candidateResult);
    const candidates = await Promise.all(plan.candidates.map(({ id }) => read(id)));
    const champion: CandidateResult | { complaint: string } | undefined = prepared.championComplaint
      ? { complaint: prepared.championComplaint }
      : plan.champion && (await read('champion'));
    const { objective, problem, baseline } = prepared;
    const direction = directionOf(objective);
    const { candidate: best, trainingJob } = bestOf(candidates, objective, direction) ?? {};
    const judged = judge({
      gate: plan.pipeline.gate,
      objective,
      direction,
      candidates,
      baseline,
      drift: (await readDrift(runId)) ?? {
        none: 'there is no deployed model whose drop this one could be compared with',
      },
      ...(champion && { champion }),
      ...(typeof best === 'number' && { figures: await figuresOf(plan, best, trainingJob) }),
    });
    const told = [tellBeside(plan), tellEndpointCost(plan.pipeline, plan.prices ?? {})].filter(
      (it) => it !== undefined,
    );
    const verdict = { ...judged, ...(told.length > 0 && { notes: [...(judged.notes ?? []), ...told] }) };
    await writeDocument(keys.evaluation(runId), { runId, problem, objective, candidates, champion, baseline });
    await writeDocument(keys.gate(runId), verdict);
    return { passed: verdict.passed, winner: verdict.winner ?? null, summary: verdict.summary };
  },
});

const tellBeside = (plan: Plan): string | undefined => {
  const beside = weightsBeside(plan);
  return (
    beside &&
    `A model that passes serves beside the deployed one of ${beside.champion.runId}, with ${showShare(beside.weights.challenger)} of the requests.`
  );
};
