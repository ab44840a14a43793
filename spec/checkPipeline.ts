/** Everything about a pipeline that can be refused without its data: before a run spends anything, or at a desk. */
import { checkHyperparameters } from '../algorithms/hyperparameters.ts';
import { algorithms } from '../algorithms/index.ts';
import { didYouMean } from '../algorithms/nearMiss.ts';
import { ceilingOf, instanceTypesOf } from './costs.ts';
import { InputError } from './errors.ts';
import { keys } from './names.ts';
import type { Pipeline } from './pipeline.ts';
import { knownPrices, pricesOf, type PriceDocument, type Prices } from './prices.ts';
import type { PlannedCandidate } from './run.ts';

export interface Checking {
  /** How messages name the file. */
  where: string;
  /** Whose images are taken. */
  region: string;
  /** prices.yaml, whose figures go before ours. */
  ownPrices?: PriceDocument | undefined;
}

export interface CheckedPipeline {
  candidates: PlannedCandidate[];
  prices: Prices;
  /** Absent when an instance has no known price. */
  costCeilingUsd?: number;
}

/** Throws InputError. */
export const checkPipeline = (pipeline: Pipeline, checking: Checking): CheckedPipeline => {
  const candidates = pipeline.train.candidates.map((candidate, id) => planned(candidate, id, checking));
  const prices = pricesOf(instanceTypesOf(pipeline), checking.ownPrices);
  const costCeilingUsd = ceilingWithin(pipeline, prices, checking.where);
  return { candidates, prices, ...(costCeilingUsd !== undefined && { costCeilingUsd }) };
};

const planned = (
  given: Pipeline['train']['candidates'][number],
  id: number,
  { where, region }: Checking,
): PlannedCandidate => {
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
      imageUri: manifest.imageUri(region, given.version),
      hyperparameters: values,
    };
  } catch (cause) {
    throw new InputError({ what: (cause as Error).message, where: `${at}.version` }, { cause });
  }
};

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
