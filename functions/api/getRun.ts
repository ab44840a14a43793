/** GET /runs/{id}: the run with what is known of it so far: plan, preparation, evaluation and verdict. */
import { keys } from '../../spec/names.ts';
import { runView } from '../../spec/run.ts';
import { readText } from '../lib/bucket.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { runOfPath, runParams } from '../lib/runOfPath.ts';

const documents = {
  plan: keys.plan,
  prepared: keys.prepared,
  evaluation: keys.evaluation,
  verdict: keys.gate,
  scoring: keys.predictionsSummary,
};

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/runs/{id}',
    summary: 'A run with what is known of it so far: plan, preparation, evaluation and verdict',
    params: runParams,
    answers: { 200: runView },
    problems: [404],
  },
  async ({ params }) => {
    const run = await runOfPath(params);
    const parts = await Promise.all(
      Object.entries(documents).map(async ([name, keyOf]) => {
        const found = await readText(keyOf(run.runId));
        return found && ([name, JSON.parse(found.text)] as const);
      }),
    );
    return { body: { ...run, ...Object.fromEntries(parts.filter((part) => part !== undefined)) } };
  },
);
