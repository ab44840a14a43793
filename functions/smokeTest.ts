/** Asks the live endpoint for held-out rows whose predictions are known: it must answer what was evaluated. */
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import * as z from 'zod';
import { algorithms } from '../algorithms/index.ts';
import type { Score } from '../algorithms/algorithm.ts';
import { AlgorithmError } from '../spec/errors.ts';
import { endpointName, keys } from '../spec/names.ts';
import { runId } from '../spec/run.ts';
import { readText } from './lib/bucket.ts';
import { sagemakerRuntime } from './lib/clients.ts';
import { define } from './lib/define.ts';
import { contender, readPlan, readPrepared } from './lib/run.ts';
import { parseScores, readScores } from './lib/scores.ts';

const rows = 20;
/** Batch and online containers print the same float32; a difference beyond its last digits is another model. */
const tolerance = 1e-5;

export const handler = define({
  input: z.strictObject({ runId, winner: z.int().min(0) }),
  async run({ runId, winner }) {
    const [plan, prepared] = await Promise.all([readPlan(runId), readPrepared(runId)]);
    const { algorithm } = contender(plan, winner);
    const features =
      (await readText(keys.testFeatures(runId)))?.text.split('\n').slice(0, Math.min(rows, prepared.rows.test)) ?? [];
    const predictions = `${keys.candidate(runId, winner)}features.csv.out`;
    const expected = await readScores(predictions, algorithm, prepared.problem, prepared.rows.test);
    const EndpointName = endpointName(plan.pipeline.name);
    const inference = algorithms[algorithm]?.inference;
    const { Body } = await sagemakerRuntime().send(
      new InvokeEndpointCommand({
        EndpointName,
        ContentType: inference?.contentType,
        Accept: inference?.accept,
        Body: features.join('\n'),
      }),
    );
    const answered = parseScores(new TextDecoder().decode(Body), algorithm, prepared.problem, EndpointName);
    const wrong = features.findIndex((_, row) => !close(answered[row], expected[row]));
    if (wrong >= 0)
      throw new AlgorithmError({
        what: `The endpoint answers ${String(answered[wrong])} for held-out row ${wrong + 1}`,
        where: `endpoint ${EndpointName}`,
        expected: `${String(expected[wrong])}, as evaluated`,
      });
    return { rows: features.length };
  },
});

const close = (a: Score | undefined, b: Score | undefined): boolean => {
  const [left, right] = [a, b].map((score) => (typeof score === 'number' ? [score] : (score ?? [])));
  return (
    left !== undefined &&
    right !== undefined &&
    left.length > 0 &&
    left.length === right.length &&
    left.every((value, i) => Math.abs(value - (right[i] ?? Number.NaN)) <= tolerance * Math.max(1, Math.abs(value)))
  );
};
