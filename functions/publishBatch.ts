/** Joins the batch predictions with the rows of the drop, in their order, and publishes them under batch/<runId>/. */
import * as z from 'zod';
import { csvRow } from '../data/csvRow.ts';
import { openDataset, rowsView, type Dataset } from '../data/dataset.ts';
import { predictionOf, recipeSchema, type Recipe } from '../data/recipe.ts';
import { AlgorithmError } from '../spec/errors.ts';
import { keys } from '../spec/names.ts';
import { candidateResult, runId } from '../spec/run.ts';
import { readDocument, uriOf } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { objectsOf } from './lib/drop.ts';
import { writeLines } from './lib/objectStream.ts';
import { contender, readPlan } from './lib/run.ts';
import { streamScores } from './lib/scores.ts';
import { withEngine } from './lib/workspace.ts';

export const handler = define({
  input: z.strictObject({ runId, winner: z.int().min(0) }),
  async run({ runId, winner }) {
    const plan = await readPlan(runId);
    const recipe = await readDocument(keys.recipe(runId), recipeSchema);
    const { algorithm } = contender(plan, winner);
    const { threshold } = await readDocument(keys.metrics(runId, winner), candidateResult);
    const key = keys.predictions(runId);
    const rows = await withEngine(async (engine) => {
      const { header } = plan.pipeline.data;
      // As text, so that numbers come back in the spelling of the drop; only missing cells and blanks around a cell do not.
      const dataset = await openDataset(engine, await objectsOf(plan), { header, allText: true });
      await writeLines(key, joined(dataset, recipe, { runId, algorithm, threshold }));
      return dataset.rows;
    });
    return { rows, uri: uriOf(key) };
  },
});

/** The lines of the published file. Throws AlgorithmError when the job answered more or fewer rows. */
const joined = async function* (
  { engine, columns }: Dataset,
  recipe: Recipe,
  { runId, algorithm, threshold }: { runId: string; algorithm: string; threshold: number | undefined },
) {
  const where = `${keys.run(runId)}batch/out/features.csv.out`;
  const { problem } = recipe.target;
  const scores = streamScores(where, algorithm, problem);
  const added = problem === 'regression' ? (['prediction'] as const) : (['prediction', 'probability'] as const);
  yield csvRow([...columns.map(({ name }) => name), ...added]);
  for await (const chunk of engine.chunks(`SELECT * FROM ${rowsView}`))
    for (const cells of chunk.getRows()) {
      const { value: score, done } = await scores.next();
      if (done) throw unequal(where, 'fewer');
      const told = predictionOf(recipe, score, threshold);
      yield csvRow([
        ...cells.map((cell) => (typeof cell === 'string' ? cell : '')),
        ...added.map((it) => String(told[it])),
      ]);
    }
  if (!(await scores.next()).done) throw unequal(where, 'more');
};

const unequal = (where: string, what: 'fewer' | 'more') =>
  new AlgorithmError({
    what: `The transform job wrote ${what} predictions than the drop has rows`,
    where,
    expected: 'one per row',
  });
