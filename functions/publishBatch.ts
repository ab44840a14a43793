/** Joins the batch predictions with the rows of the drop, in their order, and publishes them under batch/<runId>/. */
import type { Readable } from 'node:stream';
import * as z from 'zod';
import { readTable } from '../data/csv.ts';
import { predictionOf, recipeSchema } from '../data/recipe.ts';
import { textAt } from '../data/table.ts';
import { csvRow } from '../data/writeCsv.ts';
import { keys } from '../spec/names.ts';
import { runId } from '../spec/run.ts';
import { open, readDocument, uriOf, write } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { contender, readPlan } from './lib/run.ts';
import { readScores } from './lib/scores.ts';

const profiledColumns = z.object({ columns: z.array(z.object({ name: z.string() })) });

export const handler = define({
  input: z.strictObject({ runId, winner: z.int().min(0) }),
  async run({ runId, winner }) {
    const plan = await readPlan(runId);
    const { source, pipeline } = plan;
    const recipe = await readDocument(keys.recipe(runId), recipeSchema);
    const { Body } = await open(source.key, source.versionId);
    // As text, so that every cell comes back as the user wrote it.
    const { columns } = await readDocument(keys.profile(runId), profiledColumns);
    const textColumns = columns.map(({ name }) => name);
    const table = await readTable(Body as Readable, { name: source.key, header: pipeline.data.header, textColumns });
    const { algorithm } = contender(plan, winner);
    const scores = await readScores(
      `${keys.run(runId)}batch/out/features.csv.out`,
      algorithm,
      recipe.target.problem,
      table.rows,
    );
    const predictions = scores.map((score) => predictionOf(recipe, score));
    const added = (['prediction', 'probability'] as const).filter((member) => predictions[0]?.[member] !== undefined);
    const lines = [csvRow([...table.columns.map(({ name }) => name), ...added])];
    for (let row = 0; row < table.rows; row++) {
      const cells = table.columns.map((column) => textAt(column, row) ?? '');
      lines.push(csvRow([...cells, ...added.map((member) => String(predictions[row]?.[member]))]));
    }
    const key = keys.predictions(runId);
    await write(key, `${lines.join('\n')}\n`);
    return { rows: table.rows, uri: uriOf(key) };
  },
});
