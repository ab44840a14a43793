/** GET /pipelines/{name}/endpoint: what stands under the pipeline's name in SageMaker, whoever wants it still, and what it costs. */
import { DescribeEndpointConfigCommand } from '@aws-sdk/client-sagemaker';
import { monthlyUsd } from '../../spec/costs.ts';
import { endpointView, type EndpointView } from '../../spec/endpointView.ts';
import { pricesOf } from '../../spec/prices.ts';
import type { Challenger, Champion } from '../../spec/run.ts';
import { sharesBeside } from '../../spec/weights.ts';
import { isAws } from '../lib/awsErrors.ts';
import { sagemaker } from '../lib/clients.ts';
import { defineRoute, NotFound } from '../lib/defineRoute.ts';
import { findEndpoint, type Endpoint } from '../lib/findEndpoint.ts';
import { getChallenger } from '../lib/ledger/challenger.ts';
import { getChampion } from '../lib/ledger/champion.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { readPrices } from '../lib/readPrices.ts';
import { endpointOf } from '../lib/stack.ts';

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/pipelines/{name}/endpoint',
    summary:
      'The endpoint of a pipeline: its models, their shares of the requests, and what it costs as long as it stands',
    params: pipelineParams,
    answers: { 200: endpointView },
    problems: [404],
  },
  async ({ params: { name } }) => {
    const endpoint = await findEndpoint(endpointOf(name));
    if (!endpoint) throw new NotFound({ what: `The pipeline ${name} has no endpoint`, where: endpointOf(name) });
    const [champion, coming] = await Promise.all([getChampion(name), getChallenger(name)]);
    return { body: await viewOf(endpoint, champion, coming) };
  },
);

type Variant = EndpointView['variants'][number];

const viewOf = async (
  endpoint: Endpoint,
  champion: Champion | undefined,
  coming: Challenger | undefined,
): Promise<EndpointView> => {
  const { EndpointName = '', EndpointStatus = '', EndpointConfigName = '', ProductionVariants = [] } = endpoint;
  const types = await instanceTypesOf(EndpointConfigName);
  const variants = ProductionVariants.map(({ VariantName = '', CurrentInstanceCount = 0, ...it }): Variant => {
    const instanceType = types.get(VariantName);
    return {
      variant: VariantName,
      ...asked(champion, coming, VariantName),
      currentWeight: it.CurrentWeight ?? 0,
      desiredWeight: it.DesiredWeight ?? 0,
      instances: CurrentInstanceCount,
      ...(instanceType !== undefined && { instanceType }),
    };
  });
  const usdPerMonth = await monthly(variants);
  return {
    endpointName: EndpointName,
    status: EndpointStatus,
    config: EndpointConfigName,
    variants,
    ...(usdPerMonth !== undefined && { usdPerMonth }),
  };
};

/** What a variant is to the pipeline, and which share of the requests over HTTP it gets. */
const asked = (
  champion: Champion | undefined,
  coming: Challenger | undefined,
  variant: string,
): Pick<Variant, 'role' | 'weight'> => {
  if (champion?.target !== 'endpoint') return {};
  const weight = sharesBeside(champion, coming ?? { runId: champion.runId, share: 0 }).get(variant);
  return weight === undefined ? {} : { role: variant === champion.runId ? 'champion' : 'challenger', weight };
};

const instanceTypesOf = async (EndpointConfigName: string): Promise<ReadonlyMap<string, string>> => {
  try {
    const config = await sagemaker().send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
    return new Map(
      (config.ProductionVariants ?? []).flatMap(({ VariantName = '', InstanceType }): [string, string][] =>
        InstanceType ? [[VariantName, InstanceType]] : [],
      ),
    );
  } catch (error) {
    if (isAws(error, ['ValidationException'], /could not find/i)) return new Map();
    throw error;
  }
};

/** USD; undefined when the price of one of them is not known. */
const monthly = async (variants: readonly Variant[]): Promise<number | undefined> => {
  const prices = pricesOf(
    variants.flatMap(({ instanceType }) => instanceType ?? []),
    await readPrices(),
  );
  let sum = 0;
  for (const { instanceType = '', instances } of variants) {
    const price = prices[instanceType];
    if (!price) return undefined;
    sum += monthlyUsd(price.usdPerHour, instances);
  }
  return sum;
};
