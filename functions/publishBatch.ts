/**
 * Joins the batch predictions with the rows of the drop, in their order, and publishes them under batch/<runId>/: of a run that
 * deploys to a batch, or of one that scores new rows with the deployed model. No row is left out: one that could not be scored
 * stands in its place and says why, and the rows are counted.
 */
import * as z from 'zod';
import { csvRow } from '../data/csvRow.ts';
import { openDataset, rowsView, type Dataset } from '../data/dataset.ts';
import { readingFor, recipeSchema, type Recipe } from '../data/recipe.ts';
import { count } from '../data/count.ts';
import { addedColumns, rejectedCells, scoredCells } from '../data/scoredRows.ts';
import { AlgorithmError } from '../spec/errors.ts';
import { keys } from '../spec/names.ts';
import { candidateResult, runId, type Plan, type ScoringSummary } from '../spec/run.ts';
import { readDocument, uriOf, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { objectsOf } from './lib/drop.ts';
import { readLines, writeLines } from './lib/objectStream.ts';
import { contender, readPlan } from './lib/run.ts';
import { streamScores } from './lib/scores.ts';
import { withEngine } from './lib/workspace.ts';

export const handler = define({
  input: z.strictObject({
    runId,
    winner: z.union([z.int().min(0), z.literal('champion')]),
    modelPackageArn: z.string().min(1).max(2048),
  }),
  async run({ runId, winner, modelPackageArn }) {
    const plan = await readPlan(runId);
    const model = await (winner === 'champion' ? championOf(plan) : candidateOf(plan, winner));
    const named = { ...model, model: `${plan.pipeline.name}/${modelPackageArn.split('/').at(-1)}` };
    const key = keys.predictions(runId);
    const counted = { scored: 0, rejected: 0, first: [] as Rejection[] };
    const read = await withEngine(async (engine) => {
      const { header } = plan.pipeline.data;
      // As text, so that cells come back in the spelling of the drop; only blanks around a cell do not.
      const options = { ...model.reading, ...(header !== undefined && { header }), allText: true };
      const dataset = await openDataset(engine, await objectsOf(plan), options);
      await writeLines(key, joined(dataset, plan, named, counted));
      return dataset.rows;
    });
    const { scored, rejected, first } = counted;
    const left =
      rejected > 0 ? `; ${count(rejected, 'row')} could not be scored, the first: ${shownRow(first[0])}` : '';
    const summary: ScoringSummary = {
      runId,
      model: named.model,
      modelPackageArn,
      source: plan.source,
      rows: { read, scored, rejected },
      rejected: first,
      predictions: uriOf(key),
      summary: `Scored ${scored} of ${count(read, 'row')} with ${named.model}${left}. Predictions: ${uriOf(key)}`,
    };
    await writeDocument(keys.predictionsSummary(runId), summary);
    return { rows: summary.rows, uri: summary.predictions, summary: summary.summary };
  },
});

type Rejection = ScoringSummary['rejected'][number];

const shownRow = (rejection: Rejection | undefined) => (rejection ? `data row ${rejection.row}, ${rejection.why}` : '');

interface Model {
  algorithm: string;
  recipe: Recipe;
  threshold: number | undefined;
  /** How objects without a header name their columns. */
  reading?: ReturnType<typeof readingFor>;
}

const candidateOf = async (plan: Plan, winner: number): Promise<Model> => ({
  ...contender(plan, winner),
  recipe: await readDocument(keys.recipe(plan.runId), recipeSchema),
  threshold: (await readDocument(keys.metrics(plan.runId, winner), candidateResult)).threshold,
});

const championOf = async (plan: Plan): Promise<Model> => {
  const { champion } = plan;
  if (!champion) throw new RangeError(`The plan of ${plan.runId} has no champion.`);
  const recipe = await readDocument(champion.recipeKey, recipeSchema);
  return { algorithm: champion.algorithm, recipe, threshold: champion.threshold, reading: readingFor(recipe) };
};

const mostTold = 20;

/** The lines of the published file; counts them. Throws AlgorithmError when the job answered more or fewer rows. */
const joined = async function* (
  { engine, columns }: Dataset,
  { runId }: Plan,
  { algorithm, recipe, threshold, model, reading }: Model & { model: string },
  counted: { scored: number; rejected: number; first: Rejection[] },
) {
  const where = `${keys.run(runId)}batch/out/features.csv.out`;
  const scores = streamScores(where, algorithm, recipe.target.problem);
  // Training refuses a drop with such rows.
  const rejections = reading && rejectedRows(runId);
  const nextRejection = async (): Promise<Rejection | undefined> => (await rejections?.next())?.value;
  let rejection = await nextRejection();
  const own = columns.map(({ name }) => name);
  yield csvRow([...own, ...addedColumns(own, recipe.target)]);
  for await (const chunk of engine.chunks(`SELECT * FROM ${rowsView}`))
    for (const row of chunk.getRows()) {
      const cells = row.map((cell) => (typeof cell === 'string' ? cell : ''));
      if (rejection?.row === counted.scored + counted.rejected + 1) {
        yield csvRow([...cells, ...rejectedCells(recipe, rejection.why)]);
        counted.rejected++;
        if (counted.first.length < mostTold) counted.first.push(rejection);
        rejection = await nextRejection();
        continue;
      }
      const { value: score, done } = await scores.next();
      if (done) throw unequal(where, 'fewer');
      yield csvRow([...cells, ...scoredCells(recipe, score, { model, threshold })]);
      counted.scored++;
    }
  if (rejection || !(await scores.next()).done) throw unequal(where, 'more');
};

const rejectedLine = z.tuple([z.int(), z.string()]);

const rejectedRows = async function* (runId: string): AsyncGenerator<Rejection, undefined> {
  for await (const line of readLines(keys.batchRejected(runId))) {
    const [row, why] = rejectedLine.parse(JSON.parse(line));
    yield { row, why };
  }
  return undefined;
};

const unequal = (where: string, what: 'fewer' | 'more') =>
  new AlgorithmError({
    what: `The transform job wrote ${what} predictions than the drop has rows`,
    where,
    expected: 'one per row',
  });
