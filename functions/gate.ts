/** Asks the gate, and writes down its verdict with the evaluation it rests on. */
import * as z from 'zod';
import { directionOf } from '../data/metrics.ts';
import { judge } from '../spec/gate.ts';
import type { DriftFacts } from '../spec/gateRules.ts';
import { keys } from '../spec/names.ts';
import { candidateResult, runId, type CandidateResult } from '../spec/run.ts';
import { readDocument, readText, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { readPlan, readPrepared } from './lib/run.ts';

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
    const verdict = judge({
      gate: plan.pipeline.gate,
      objective,
      direction: directionOf(objective),
      candidates,
      baseline,
      drift: await readDrift(runId),
      ...(champion && { champion }),
    });
    await writeDocument(keys.evaluation(runId), { runId, problem, objective, candidates, champion, baseline });
    await writeDocument(keys.gate(runId), verdict);
    return { passed: verdict.passed, winner: verdict.winner ?? null, summary: verdict.summary };
  },
});

const driftDocument = z.object({
  columns: z.array(
    z.object({
      column: z.string(),
      psi: z.number().optional(),
      ks: z.number().optional(),
      pValue: z.number().optional(),
    }),
  ),
});

const readDrift = async (runId: string): Promise<DriftFacts> => {
  const found = await readText(keys.drift(runId));
  if (!found) return { none: 'there is no deployed model whose drop this one could be compared with' };
  const { columns } = driftDocument.parse(JSON.parse(found.text));
  // A column that is new, gone or of another type has no figure; the contract judges that.
  return {
    columns: columns.flatMap(({ column, psi, ks, pValue }) =>
      psi === undefined
        ? []
        : [{ column, psi, ...(ks !== undefined && { ks }), ...(pValue !== undefined && { p: pValue }) }],
    ),
  };
};
