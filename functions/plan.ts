/** Resolves defaults into a frozen plan, and refuses whatever can be refused before anything is spent. */
import { algorithms } from '../algorithms/index.ts';
import { checkHyperparameters } from '../algorithms/hyperparameters.ts';
import { didYouMean } from '../algorithms/nearMiss.ts';
import { approvalSeconds } from '../spec/approval.ts';
import { ceilingOf, endpointUsdPerMonth, instanceTypesOf } from '../spec/costs.ts';
import { InputError } from '../spec/errors.ts';
import { keys } from '../spec/names.ts';
import type { Pipeline } from '../spec/pipeline.ts';
import { parsePrices } from '../spec/parsePrices.ts';
import { knownPrices, pricesOf, type Prices } from '../spec/prices.ts';
import { runInput, type Plan, type PlannedCandidate } from '../spec/run.ts';
import { readText, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { getChampion } from './lib/ledger/champion.ts';
import { updateRun } from './lib/ledger/runs.ts';
import { planDeployment } from './lib/planDeployment.ts';
import { readPipeline } from './lib/readPipeline.ts';

export const handler = define({
  input: runInput,
  async run({ runId, pipeline: name, source, trigger, deploys }) {
    if (deploys) return planDeployment({ runId, pipeline: name, source, trigger, deploys });
    const where = keys.pipeline(name);
    const { pipeline, versionId } = await readPipeline(name);
    const candidates = pipeline.train.candidates.map((candidate, id) => planned(candidate, id, where));
    const prices = await readPrices(pipeline);
    const costCeilingUsd = ceilingWithin(pipeline, prices, where);
    const monthly = endpointUsdPerMonth(pipeline, prices);
    const champion = await getChampion(name);
    const plan: Plan = {
      runId,
      source,
      pipeline,
      candidates,
      ...(versionId && { pipelineVersionId: versionId }),
      ...(champion && { champion }),
      prices,
      ...(costCeilingUsd !== undefined && { costCeilingUsd }),
      ...(monthly !== undefined && { endpointUsdPerMonth: monthly }),
    };
    await writeDocument(keys.plan(runId), plan);
    // Whatever becomes of the run, its jobs are charged at the prices that it was planned with.
    await updateRun(runId, {
      prices: Object.fromEntries(Object.entries(prices).map(([type, { usdPerHour }]) => [type, usdPerHour])),
    });
    return {
      runId,
      pipeline: name,
      candidates: candidates.map(({ id }) => id),
      target: pipeline.deploy.target,
      approvalSeconds: approvalSeconds(pipeline.approval),
      costCeilingUsd: costCeilingUsd ?? null,
    };
  },
});

const planned = (given: Pipeline['train']['candidates'][number], id: number, where: string): PlannedCandidate => {
  const at = `${where}, train.candidates[${id}]`;
  const manifest = algorithms[given.algorithm];
  if (!manifest)
    throw new InputError({
      what: `Unknown algorithm "${given.algorithm}".${didYouMean(given.algorithm, Object.keys(algorithms))}`,
      where: `${at}.algorithm`,
    });
  const { values, problems } = checkHyperparameters(manifest, given.hyperparameters);
  if (problems.length > 0)
    throw new InputError({
      what: problems.map(({ message }) => message).join(' '),
      where: `${at}.hyperparameters`,
      todo: 'docs/algorithms.md lists every hyperparameter with its range.',
    });
  try {
    return {
      id,
      algorithm: manifest.name,
      imageUri: manifest.imageUri(environment('AWS_REGION'), given.version),
      hyperparameters: values,
    };
  } catch (cause) {
    throw new InputError({ what: (cause as Error).message, where: `${at}.version` }, { cause });
  }
};

/** The user's prices before ours. */
const readPrices = async (pipeline: Pipeline): Promise<Prices> => {
  const own = await readText(keys.prices, maxPricesBytes);
  return pricesOf(instanceTypesOf(pipeline), own && parsePrices(own.text, keys.prices));
};

const maxPricesBytes = 256 * 1024;

/** Throws InputError when the run could cost more than its budget, or when nobody knows what it could cost. */
const ceilingWithin = (pipeline: Pipeline, prices: Prices, where: string): number | undefined => {
  const { budget, gate, train } = pipeline;
  const { type } = train.instance;
  const ceiling = ceilingOf(pipeline, prices);
  const figure = gate.rules.findIndex((rule) => rule.figure === 'trainingUsd');
  const needs = budget ? 'budget' : figure >= 0 ? `gate.rules[${figure}]` : undefined;
  if (ceiling === undefined && needs)
    throw new InputError({
      what: `No price is known for ${type}, so that ${needs} cannot be kept`,
      where: `${where}, ${needs}`,
      todo: `Say its price in ${keys.prices} of the bucket, as usdPerHour: { ${type}: … }, or take an instance type among ${Object.keys(knownPrices.instances).join(', ')}.`,
    });
  if (budget && ceiling !== undefined && ceiling > budget.maxUsd)
    throw new InputError({
      what: `The run could cost ${ceiling.toFixed(2)} USD, the budget is ${budget.maxUsd} USD (${type} at ${prices[type]?.usdPerHour} USD an hour: ${prices[type]?.source})`,
      where: `${where}, budget.maxUsd`,
      todo: 'Lower train.maxRuntime, take fewer candidates or a smaller instance, or raise the budget.',
    });
  return ceiling;
};
