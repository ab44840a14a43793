/** Money: the most that a run can cost, what it did cost, and what an endpoint costs as long as it stands. */
import * as z from 'zod';
import type { Pipeline } from './pipeline.ts';
import type { Prices } from './prices.ts';

/** A month of AWS's own estimates: 365 · 24 / 12. */
export const hoursPerMonth = 730;

/** What a job took of which instances; `seconds` are those that SageMaker bills. */
export const jobUse = z.strictObject({
  job: z.string(),
  instanceType: z.string(),
  count: z.number(),
  seconds: z.number().min(0),
});
export type JobUse = z.infer<typeof jobUse>;

/** In US dollars, of what has a price; `unknown` are the instance types that have none. */
const cost = z.strictObject({ usd: z.number(), unknown: z.array(z.string()) });
export type Cost = z.infer<typeof cost>;

/** Every instance type that a run of this pipeline takes. */
export const instanceTypesOf = ({ train, deploy }: Pipeline): string[] => [
  train.instance.type,
  ...(deploy.target === 'endpoint' ? [deploy.instance.type] : []),
];

/**
 * Every job at the time limit of training: a training and a scoring job per candidate and fold, one to score the champion and
 * one for a batch. Undefined when the price is unknown.
 */
export const ceilingOf = ({ train, prepare, deploy }: Pipeline, prices: Prices): number | undefined => {
  const price = prices[train.instance.type]?.usdPerHour;
  if (price === undefined) return undefined;
  const { folds = 0, repeats } = prepare.split;
  const trainings = train.candidates.length * (1 + folds * repeats);
  const transforms = trainings + 1 + (deploy.target === 'batch' ? 1 : 0);
  return rounded((price * train.maxRuntime * (trainings * train.instance.count + transforms)) / 3600, 100);
};

/** Instances of the endpoint: with weights two models stand beside each other. */
const standing = ({ deploy }: Pipeline): number => deploy.instance.count * (deploy.weights ? 2 : 1);

/** Undefined when there is no endpoint, or no price of its instance. */
export const endpointUsdPerMonth = (pipeline: Pipeline, prices: Prices): number | undefined => {
  const { target, instance } = pipeline.deploy;
  const price = target === 'endpoint' ? prices[instance.type]?.usdPerHour : undefined;
  return price === undefined ? undefined : monthlyUsd(price, standing(pipeline));
};

/** What instances cost that stand for a month, USD. */
export const monthlyUsd = (usdPerHour: number, count: number): number =>
  rounded(usdPerHour * count * hoursPerMonth, 100);

export const costOf = (uses: readonly JobUse[], usdPerHour: Readonly<Record<string, number>>): Cost => {
  const usd = uses.reduce(
    (sum, { instanceType, count, seconds }) => sum + ((usdPerHour[instanceType] ?? 0) * count * seconds) / 3600,
    0,
  );
  const unknown = new Set(uses.flatMap(({ instanceType }) => (instanceType in usdPerHour ? [] : [instanceType])));
  return { usd: rounded(usd, 1e6), unknown: [...unknown].toSorted() };
};

const rounded = (value: number, parts: number) => Math.round(value * parts) / parts;

/** `12.50 USD`; below one dollar two significant digits, so that seconds of a job are not nothing. */
export const showUsd = (usd: number): string => `${usd >= 1 ? usd.toFixed(2) : String(Number(usd.toPrecision(2)))} USD`;

/** One sentence on what the endpoint will cost; undefined when none is wanted. */
export const tellEndpointCost = (pipeline: Pipeline, prices: Prices): string | undefined => {
  const { target, instance } = pipeline.deploy;
  if (target !== 'endpoint') return undefined;
  const price = prices[instance.type];
  const monthly = endpointUsdPerMonth(pipeline, prices);
  if (!price || monthly === undefined)
    return `What the endpoint costs is not known: no price of ${instance.type} is. Say it in prices.yaml.`;
  return `The endpoint costs ${showUsd(monthly)} a month as long as it stands: ${standing(pipeline)} × ${instance.type} at ${price.usdPerHour} USD × ${hoursPerMonth} h (${price.source}).`;
};

/** What runs of one pipeline have cost together. */
export const pipelineCosts = cost.extend({ pipeline: z.string(), runs: z.int() }).meta({ id: 'PipelineCosts' });
export type PipelineCosts = z.infer<typeof pipelineCosts>;

/** Sums by pipeline, in the order of their names. */
export const addCosts = (before: readonly PipelineCosts[], more: readonly PipelineCosts[]): PipelineCosts[] => {
  const sums = new Map<string, PipelineCosts>();
  for (const { pipeline, runs, usd, unknown } of [...before, ...more]) {
    const sum = sums.get(pipeline);
    sums.set(pipeline, {
      pipeline,
      runs: (sum?.runs ?? 0) + runs,
      usd: rounded((sum?.usd ?? 0) + usd, 1e6),
      unknown: [...new Set([...(sum?.unknown ?? []), ...unknown])].toSorted(),
    });
  }
  return [...sums.values()].toSorted((a, b) => (a.pipeline < b.pipeline ? -1 : 1));
};
