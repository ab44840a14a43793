/** Asks the live endpoint for held-out rows whose predictions are known: it must answer what was evaluated. */
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import * as z from 'zod';
import { algorithms } from '../algorithms/index.ts';
import type { Score } from '../algorithms/algorithm.ts';
import { AlgorithmError } from '../spec/errors.ts';
import { keys, variantName } from '../spec/names.ts';
import { runId } from '../spec/run.ts';
import { sagemakerRuntime } from './lib/clients.ts';
import { define } from './lib/define.ts';
import { contender, modelPlanOf, readPlan, readPrepared } from './lib/run.ts';
import { readLines } from './lib/objectStream.ts';
import { parseScores, streamScores } from './lib/scores.ts';
import { endpointOf } from './lib/stack.ts';

const rows = 20;
/** Batch and online containers print the same float32; a difference beyond its last digits is another model. */
const tolerance = 1e-5;

export const handler = define({
  input: z.strictObject({ runId, winner: z.int().min(0) }),
  async run({ runId, winner }) {
    const plan = await modelPlanOf(await readPlan(runId));
    const prepared = await readPrepared(plan.runId);
    const { algorithm } = contender(plan, winner);
    const features = await firstOf(readLines(keys.testFeatures(plan.runId)));
    const predictions = `${keys.candidate(plan.runId, winner)}features.csv.out`;
    const expected = await firstOf(streamScores(predictions, algorithm, prepared.problem));
    const EndpointName = endpointOf(plan.pipeline.name);
    const inference = algorithms[algorithm]?.inference;
    const { Body } = await sagemakerRuntime().send(
      new InvokeEndpointCommand({
        EndpointName,
        TargetVariant: variantName(plan.runId),
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

const firstOf = async <T>(source: AsyncGenerator<T>): Promise<T[]> => {
  const first: T[] = [];
  for await (const item of source) if (first.push(item) === rows) break;
  return first;
};

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
