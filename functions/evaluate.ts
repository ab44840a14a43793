/** Scores a contender on the held-out rows: predictions of the transform job against the labels nobody trained on. */
import * as z from 'zod';
import { algorithms } from '../algorithms/index.ts';
import { evaluationOf } from '../data/evaluation.ts';
import { columnGains } from '../data/evaluation/columnGains.ts';
import { permutationImportance } from '../data/evaluation/importance.ts';
import type { SliceColumn } from '../data/evaluation/slices.ts';
import { evaluate, type Answers } from '../data/metrics.ts';
import { recipeSchema } from '../data/recipe/schema.ts';
import { AlgorithmError } from '../spec/errors.ts';
import type { EvaluationDocument, Importance, ThresholdChoice, TreeGain } from '../spec/evaluation.ts';
import { sliceColumns } from '../spec/gateRules.ts';
import { toModelQuality } from '../spec/modelQuality.ts';
import { keys, partsOf, type CandidateId } from '../spec/names.ts';
import { candidateId, jobName, runId, type CandidateResult, type Plan, type Prepared } from '../spec/run.ts';
import { readAnswers, thresholdFor } from './lib/answers.ts';
import { readDocument, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { readModelFile } from './lib/modelFile.ts';
import { readLines } from './lib/objectStream.ts';
import { contender, readPlan, readPrepared } from './lib/run.ts';
import { readScores } from './lib/scores.ts';

export const handler = define({
  input: z.strictObject({ runId, candidate: candidateId, trainingJob: jobName.optional() }),
  async run({ runId, candidate, trainingJob }) {
    const [plan, prepared] = await Promise.all([readPlan(runId), readPrepared(runId)]);
    const { algorithm, modelName } = contender(plan, candidate);
    const folder = keys.candidate(runId, candidate);
    const { threshold, choice } = await blaming(`${folder}validation.csv.out`, () =>
      thresholdFor(plan, prepared, candidate),
    );
    const answers = await readAnswers(plan, prepared, candidate, threshold);
    const found = await blaming(`${folder}features.csv.out`, () =>
      partsOf(candidate).fold === undefined
        ? whole(plan, prepared, candidate, answers, { choice, trainingJob })
        : evaluate(answers),
    );
    const result: CandidateResult = {
      candidate,
      algorithm,
      modelName,
      ...found,
      ...(threshold !== undefined && { threshold }),
      ...(trainingJob !== undefined && { trainingJob }),
    };
    await writeDocument(keys.metrics(runId, candidate), result);
    // The machine needs to know that it is done; what was found lies in the bucket.
    return { candidate, metrics: { [prepared.objective]: result.metrics[prepared.objective] ?? null } };
  },
});

type Found = Pick<CandidateResult, 'metrics' | 'confusionMatrix' | 'intervals' | 'slices'>;

/** All that is told of a model; the curves and what else only a report shows go into documents of their own. */
const whole = async (
  plan: Plan,
  prepared: Prepared,
  candidate: CandidateId,
  answers: Answers,
  { choice, trainingJob }: { choice: ThresholdChoice | undefined; trainingJob: string | undefined },
): Promise<Found> => {
  const { runId, pipeline } = plan;
  const slices = await readSlices(runId, prepared);
  const measured = evaluate(answers);
  const document: EvaluationDocument = {
    ...evaluationOf(answers, { measured, slices, ...(prepared.classes && { classes: prepared.classes }) }),
    ...(choice && { thresholdChoice: choice }),
    ...(candidate !== 'champion' && {
      importance: await importanceOf(plan, prepared, candidate, answers),
      ...(await gainOf(plan, candidate, trainingJob)),
    }),
  };
  await writeDocument(keys.evaluated(runId, candidate), document);
  await writeDocument(keys.modelQuality(runId, candidate), toModelQuality(document));
  const judged = sliceColumns(pipeline.gate);
  const { metrics, intervals } = document;
  const { confusionMatrix } = measured;
  return {
    metrics,
    intervals,
    ...(confusionMatrix && { confusionMatrix }),
    ...(document.slices && { slices: document.slices.filter(({ column }) => judged.includes(column)) }),
  };
};

const readSlices = async (runId: string, { slices = [], rows }: Prepared): Promise<SliceColumn[]> => {
  const columns = slices.map(({ column, names }) => ({ column, names, codes: new Int32Array(rows.test) }));
  if (columns.length === 0) return [];
  let row = 0;
  for await (const line of readLines(keys.testSlices(runId))) {
    for (const [place, code] of line.split(',').entries()) {
      const column = columns[place];
      // Behind the names stands every other value.
      if (column) column.codes[row] = Number(code) < column.names.length ? Number(code) : -1;
    }
    row++;
  }
  return columns;
};

/** By how much the objective gets worse when one column's values are shuffled. */
const importanceOf = async (
  { runId, ...plan }: Plan,
  { problem, objective, permuted }: Prepared,
  candidate: CandidateId,
  { labels, scores, ...answers }: Answers,
): Promise<Importance[]> => {
  if (!permuted) return [];
  const { columns, rows, repeats } = permuted;
  const { algorithm } = contender({ runId, ...plan }, candidate);
  const key = `${keys.candidate(runId, candidate)}permuted.csv.out`;
  const shuffled = await readScores(key, algorithm, problem, columns.length * repeats * rows);
  const width = scores.length / labels.length;
  const first = labels.subarray(0, rows);
  const measured = (from: Float64Array, block: number) =>
    evaluate({ ...answers, labels: first, scores: from.subarray(block * rows * width, (block + 1) * rows * width) })
      .metrics[objective];
  const base = measured(scores, 0);
  if (base === undefined) return [];
  const values = columns.map((column, place) => {
    const found = Array.from({ length: repeats }, (_, repeat) => measured(shuffled, place * repeats + repeat));
    return [column, found.filter((value) => value !== undefined)] as const;
  });
  return permutationImportance(objective, base, Object.fromEntries(values));
};

/** What the trees gained by each column; a model file that does not tell it is no reason to fail. */
const gainOf = async (plan: Plan, candidate: CandidateId, trainingJob?: string): Promise<{ gain?: TreeGain }> => {
  const { runId } = plan;
  const trees = algorithms[contender(plan, candidate).algorithm]?.trees;
  if (!trees) return {};
  const recipe = await readDocument(keys.recipe(runId), recipeSchema);
  try {
    const gains = trees.read(await readModelFile(keys.model(runId, candidate, trainingJob), trees.file));
    return { gain: { columns: columnGains(gains, recipe) } };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { gain: { leftOut: error.message } };
  }
};

/** Scores that are no numbers or no probabilities are the model's fault. */
const blaming = async <Found>(where: string, measure: () => Found | Promise<Found>): Promise<Found> => {
  try {
    return await measure();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AlgorithmError({ what: cause.message, where }, { cause });
  }
};
