/**
 * POST /pipelines/{name}/predictions: raw rows in, predictions out. The deployed model's own recipe prepares the rows, so
 * that serving can not differ from training. JSON: `{ "rows": [{ "column": value, … }] }`; text/csv: rows with a header.
 */
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { algorithms } from '../algorithms/index.ts';
import { scanCsv } from '../data/csv.ts';
import { cellTexts } from '../data/csv/scanRow.ts';
import { applyRow, predictionOf, readingFor, recipeSchema, type RawRow, type Recipe } from '../data/recipe.ts';
import { spellRow } from '../data/spell.ts';
import { InputError } from '../spec/errors.ts';
import { endpointName, variantName } from '../spec/names.ts';
import { pipelineName } from '../spec/pipeline.ts';
import type { Champion } from '../spec/run.ts';
import { isAws } from './lib/awsErrors.ts';
import { readDocument } from './lib/bucket.ts';
import { sagemakerRuntime } from './lib/clients.ts';
import { bodyOf, Conflict, defineRoute, jsonOf } from './lib/defineRoute.ts';
import { getChampion } from './lib/ledger/champion.ts';
import { parseScores } from './lib/scores.ts';

const maxRows = 10_000;
/** InvokeEndpoint takes no more (SageMaker Runtime API). */
const maxBytes = 6_291_456;
const cell = z.union([z.string().max(65_536), z.number(), z.boolean(), z.null()]);
const jsonBody = z.strictObject({ rows: z.array(z.record(z.string(), cell)).min(1).max(maxRows) });

export const handler = defineRoute(async (event) => {
  const name = pipelineName.safeParse(event.pathParameters?.['name']);
  if (!name.success) throw new InputError({ what: z.prettifyError(name.error), where: 'path, name' });
  return { body: await predicted(name.data, event) };
});

/** An update switches the endpoint to the new variant a moment before the ledger names the new champion. */
const patience = { tries: 20, ms: 250 };

/**
 * The variant is named after the run whose recipe prepares the rows, and asked for by name: a model never gets rows that
 * another model's recipe has prepared. While an update leaves the two apart, the champion is looked up again.
 */
const predicted = async (pipeline: string, event: APIGatewayProxyEventV2, tries = 1) => {
  const champion = await getChampion(pipeline);
  if (champion?.target !== 'endpoint')
    throw new Conflict(
      `The pipeline ${pipeline} has no deployed endpoint: a run with deploy.target: endpoint must pass its gate first.`,
    );
  const recipe = await readDocument(champion.recipeKey, recipeSchema);
  const Body = await prepared(event, recipe);
  try {
    const answer = await invoke(pipeline, champion, Body);
    const scores = parseScores(answer, champion.algorithm, recipe.target.problem, endpointName(pipeline));
    return {
      model: champion.modelName,
      predictions: scores.map((score) => predictionOf(recipe, score, champion.threshold)),
    };
  } catch (error) {
    if (!isAws(error, ['ValidationError', 'ValidationException'], /variant/i) || tries >= patience.tries) throw error;
    await new Promise((wake) => setTimeout(wake, patience.ms));
    return predicted(pipeline, event, tries + 1);
  }
};

const invoke = async (pipeline: string, champion: Champion, Body: Uint8Array): Promise<string> => {
  const inference = algorithms[champion.algorithm]?.inference;
  const answer = await sagemakerRuntime().send(
    new InvokeEndpointCommand({
      EndpointName: endpointName(pipeline),
      TargetVariant: variantName(champion.runId),
      ContentType: inference?.contentType,
      Accept: inference?.accept,
      Body,
    }),
  );
  return new TextDecoder().decode(answer.Body);
};

const prepared = async (event: APIGatewayProxyEventV2, recipe: Recipe): Promise<Uint8Array> => {
  const contentType = (event.headers['content-type'] ?? 'application/json').split(';')[0]?.trim();
  const rows = contentType === 'text/csv' ? await fromCsv(bodyOf(event), recipe) : fromJson(jsonOf(event));
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

const fromJson = (body: unknown): RawRow[] => {
  const parsed = jsonBody.safeParse(body);
  if (parsed.success) return parsed.data.rows;
  throw new InputError({
    what: z.prettifyError(parsed.error),
    where: 'body',
    expected: '{ "rows": [{ "<column>": <value>, … }] }',
  });
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
