/**
 * POST /pipelines/{name}/predictions: raw rows in, predictions out. The deployed model's own recipe prepares the rows, so
 * that serving can not differ from training. JSON: `{ "rows": [{ "column": value, … }] }`; text/csv: rows with a header.
 */
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import * as z from 'zod';
import { algorithms } from '../algorithms/index.ts';
import { scanCsv } from '../data/csv.ts';
import { cellTexts } from '../data/csv/scanRow.ts';
import {
  applyRow,
  predictionOf,
  readingFor,
  recipeSchema,
  type RawRow,
  type Recipe,
  type Prediction,
} from '../data/recipe.ts';
import { spellRow } from '../data/spell.ts';
import { InputError } from '../spec/errors.ts';
import { variantName } from '../spec/names.ts';
import type { Beside, Challenger } from '../spec/run.ts';
import { isAws } from './lib/awsErrors.ts';
import { readDocument } from './lib/bucket.ts';
import { sagemakerRuntime } from './lib/clients.ts';
import { Conflict, defineRoute } from './lib/defineRoute.ts';
import { logger } from './lib/define.ts';
import { getChallenger } from './lib/ledger/challenger.ts';
import { getChampion } from './lib/ledger/champion.ts';
import { pipelineParams } from './lib/pipelineParams.ts';
import { parseScores } from './lib/scores.ts';
import { endpointOf } from './lib/stack.ts';

const maxRows = 10_000;
/** InvokeEndpoint takes no more (SageMaker Runtime API). */
const maxBytes = 6_291_456;
const cell = z.union([z.string().max(65_536), z.number(), z.boolean(), z.null()]);
const jsonBody = z.strictObject({ rows: z.array(z.record(z.string(), cell)).min(1).max(maxRows) });

const probability = z.number();

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/pipelines/{name}/predictions',
    summary: 'Predicts raw rows by the deployed model',
    params: pipelineParams,
    body: { 'application/json': jsonBody, 'text/csv': z.string().describe('Rows with a header') },
    answers: {
      200: z.strictObject({
        model: z.string(),
        /** The production variant that answered: the run that trained its model. */
        variant: z.string(),
        predictions: z.array(
          z.strictObject({
            /** What the user's own file would say. */
            prediction: z.union([z.string(), z.number()]),
            /** Of the positive class (binary) or of the predicted class (multiclass). */
            probability: probability.optional(),
            probabilities: z.record(z.string(), probability).optional(),
          }),
        ),
      }),
    },
    problems: [409],
  },
  async ({ params: { name }, body }) => ({ body: await predicted(name, body) }),
);

type Rows = z.infer<typeof jsonBody> | string;

/** An update may take the champion's fleet away a moment before the ledger names the next one. */
const patience = { tries: 20, ms: 250 };

/**
 * The variant is named after the run whose recipe prepares the rows, and asked for by name: a model never gets rows that
 * another model's recipe has prepared. A challenger gets its share, while traffic moves or as long as it serves beside the
 * champion; what it cannot answer the champion does, so that only the alarms hear of it. Once all traffic has moved, the
 * challenger is the one that is left.
 */
const predicted = async (pipeline: string, rows: Rows, tries = 1): Promise<Predicted> => {
  const [champion, coming] = await Promise.all([getChampion(pipeline), getChallenger(pipeline)]);
  if (champion?.target !== 'endpoint')
    throw new Conflict(
      `The pipeline ${pipeline} has no deployed endpoint: a run with deploy.target: endpoint must pass its gate first.`,
    );
  const chosen = chosenOf(champion.beside, coming);
  const tried = chosen && (await unlessFailed(answered(pipeline, chosen, rows)));
  if (tried) return tried;
  try {
    return await answered(pipeline, champion, rows);
  } catch (error) {
    if (!isAws(error, ['ValidationError', 'ValidationException'], /variant/i)) throw error;
    const left = coming && chosen !== coming ? await unlessFailed(answered(pipeline, coming, rows)) : undefined;
    if (left) return left;
    if (tries >= patience.tries) throw error;
    await new Promise((wake) => setTimeout(wake, patience.ms));
    return predicted(pipeline, rows, tries + 1);
  }
};

/** By their shares the challenger that is coming or the one that serves; undefined for the champion. */
const chosenOf = (beside: Beside | undefined, coming: Challenger | undefined): Model | undefined => {
  if (coming && Math.random() < coming.share) return coming;
  return beside && Math.random() < beside.weight ? beside : undefined;
};

/** What it takes to ask a model. */
type Model = Omit<Beside, 'weight'>;

interface Predicted {
  model: string;
  variant: string;
  predictions: Prediction[];
}

const unlessFailed = (answer: Promise<Predicted>): Promise<Predicted | undefined> =>
  answer.catch((error: unknown) => {
    logger.warn('The challenger has not answered.', error as Error);
    return undefined;
  });

const answered = async (pipeline: string, model: Model, rows: Rows): Promise<Predicted> => {
  const recipe = await recipeOf(model);
  const { variant, text } = await invoke(pipeline, model, await prepared(rows, recipe));
  const scores = parseScores(text, model.algorithm, recipe.target.problem, endpointOf(pipeline));
  return {
    model: model.modelName,
    variant,
    predictions: scores.map((score) => predictionOf(recipe, score, model.threshold)),
  };
};

/** Of the models that this process has asked last; the recipe of a model never changes. */
const recipes = new Map<string, Recipe>();
const mostRecipes = 4;

const recipeOf = async ({ recipeKey }: Model): Promise<Recipe> => {
  const known = recipes.get(recipeKey);
  if (known) return known;
  const recipe = await readDocument(recipeKey, recipeSchema);
  const [oldest] = recipes.keys();
  if (oldest !== undefined && recipes.size >= mostRecipes) recipes.delete(oldest);
  recipes.set(recipeKey, recipe);
  return recipe;
};

const invoke = async (pipeline: string, { runId, algorithm }: Model, Body: Uint8Array) => {
  const inference = algorithms[algorithm]?.inference;
  const TargetVariant = variantName(runId);
  const answer = await sagemakerRuntime().send(
    new InvokeEndpointCommand({
      EndpointName: endpointOf(pipeline),
      TargetVariant,
      ContentType: inference?.contentType,
      Accept: inference?.accept,
      Body,
    }),
  );
  return { variant: answer.InvokedProductionVariant ?? TargetVariant, text: new TextDecoder().decode(answer.Body) };
};

const prepared = async (given: Rows, recipe: Recipe): Promise<Uint8Array> => {
  const rows: RawRow[] = typeof given === 'string' ? await fromCsv(given, recipe) : given.rows;
  const body = Buffer.from(rows.map((row) => spellRow(applyRow(recipe, row))).join('\n'));
  if (body.length > maxBytes)
    throw new InputError({
      what: `The rows make ${body.length} bytes for the endpoint`,
      where: 'body',
      expected: `at most ${maxBytes}`,
      todo: 'Send fewer rows a request.',
    });
  return body;
};

const fromCsv = async (text: string, recipe: Recipe): Promise<RawRow[]> => {
  async function* bytes() {
    yield Buffer.from(text);
  }
  const rows: RawRow[] = [];
  await scanCsv(bytes(), { name: 'body', maxRows, ...readingFor(recipe) }, ({ names }) => ({
    row(bytes, cells) {
      const texts = cellTexts(bytes, cells);
      rows.push(Object.fromEntries(names.map((name, place) => [name, texts[place]])));
    },
  }));
  return rows;
};
