/**
 * From the objects to be scored to the features that the transform job reads, by the recipe of the deployed model. Writes the plan
 * of the run, and down to the row what cannot be scored.
 */
import { openDataset } from '../data/dataset.ts';
import { readingFor, recipeSchema } from '../data/recipe.ts';
import { openScorable, refuseNoneScorable, type Rejected } from '../data/scoring.ts';
import { instanceTypesOf } from '../spec/costs.ts';
import { InputError } from '../spec/errors.ts';
import { keys } from '../spec/names.ts';
import { pricesOf } from '../spec/prices.ts';
import { scoringInput, type Champion, type Plan } from '../spec/run.ts';
import { readText, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { objectsOf } from './lib/drop.ts';
import { keepPrices } from './lib/keepPrices.ts';
import { measure } from './lib/metrics.ts';
import { noChampion } from './lib/noChampion.ts';
import { writeLines, writeObject } from './lib/objectStream.ts';
import { readPipeline } from './lib/readPipeline.ts';
import { readPrices } from './lib/readPrices.ts';
import { withEngine } from './lib/workspace.ts';

export const handler = define({
  input: scoringInput,
  async run({ runId, pipeline: name, source, champion }) {
    if (!champion) throw noChampion(name);
    const { pipeline, versionId } = await readPipeline(name);
    const recipe = await recipeOf(champion);
    const prices = pricesOf(instanceTypesOf(pipeline), await readPrices());
    const plan: Plan = {
      runId,
      source,
      pipeline,
      ...(versionId && { pipelineVersionId: versionId }),
      candidates: [],
      champion,
      prices,
    };
    await writeDocument(keys.plan(runId), plan);
    await keepPrices(runId, prices);
    const { header } = pipeline.data;
    const rows = await withEngine(async (engine) => {
      const reading = {
        ...readingFor(recipe),
        ...(header !== undefined && { header }),
        infiniteAsText: true,
        hashes: false,
      };
      const dataset = await openDataset(engine, await objectsOf(plan), reading);
      const scorable = await openScorable(recipe, dataset);
      const rejected = await writeRejected(runId, scorable.rejected());
      refuseNoneScorable(dataset, dataset.rows - rejected.rows, rejected.first);
      return {
        read: dataset.rows,
        rejected: rejected.rows,
        scored: await writeFeatures(runId, scorable.writeFeatures),
      };
    });
    if (rows.scored + rows.rejected !== rows.read)
      throw new Error(
        `Of ${rows.read} rows, ${rows.scored} are to be scored and ${rows.rejected} are not: some are lost.`,
      );
    measure({ RowsRead: rows.read }, { found: { runId } });
    return { runId, rows, modelPackageArn: champion.modelPackageArn };
  },
});

/** The recipe may have been deleted, the model's artefact with it. */
const recipeOf = async ({ recipeKey, modelPackageArn }: Champion) => {
  const found = await readText(recipeKey);
  if (found) return recipeSchema.parse(JSON.parse(found.text));
  throw new InputError({
    what: `The recipe of the deployed model ${modelPackageArn} is gone`,
    where: recipeKey,
    todo: 'Restore the object, or deploy another model',
  });
};

const writeRejected = async (runId: string, rejected: AsyncIterable<Rejected>) => {
  let rows = 0;
  let first: Rejected | undefined;
  const lines = async function* () {
    for await (const rejection of rejected) {
      rows++;
      first ??= rejection;
      yield JSON.stringify([rejection.row, rejection.why]);
    }
  };
  await writeLines(keys.batchRejected(runId), lines());
  return { rows, first };
};

/** The object is whole or there is none. */
const writeFeatures = async (runId: string, write: (to: (bytes: Uint8Array) => Promise<void>) => Promise<number>) => {
  const object = writeObject(keys.batchFeatures(runId));
  try {
    const rows = await write((bytes) => object.write(bytes));
    await object.end();
    return rows;
  } catch (error) {
    await object.abort();
    throw error;
  }
};
