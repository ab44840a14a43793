/**
 * Endpoint configurations: one for each run that deploys, named for it, and one more where it moves the traffic step by step; with a
 * variant for each model, named for its run.
 */
import {
  CreateEndpointConfigCommand,
  DeleteEndpointConfigCommand,
  ListEndpointConfigsCommand,
} from '@aws-sdk/client-sagemaker';
import { endpointConfigName, modelName, runOfConfig, shiftConfigName, variantName } from '../../spec/names.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import { runId as runIdGrammar, type Champion, type Plan } from '../../spec/run.ts';
import { restOf, sharesBeside } from '../../spec/weights.ts';
import { isAws } from './awsErrors.ts';
import { sagemaker } from './clients.ts';
import { logger } from './define.ts';
import { getRun } from './ledger/runs.ts';
import { readPlan, tagsOf } from './run.ts';
import { weightsBeside } from './weightsBeside.ts';

interface Variant {
  /** The run that trained the model. */
  runId: string;
  modelName: string;
  weight: number;
  /** Default: those that the run asks for. */
  instance?: Pipeline['deploy']['instance'];
}

/** The run whose model a run deploys. */
export const modelRunOf = ({ runId, deploys }: Plan) => deploys?.runId ?? runId;

/** The configuration that a run deploys; one that is there already was made by an earlier attempt. Returns its name. */
export const createConfig = async (plan: Plan, winner: number): Promise<string> => {
  const runId = modelRunOf(plan);
  const own = { runId, modelName: modelName(runId, winner) };
  const beside = weightsBeside(plan);
  const name = endpointConfigName(plan.runId);
  await create(
    plan,
    name,
    beside
      ? [
          { ...beside.champion, weight: beside.weights.champion },
          { ...own, weight: beside.weights.challenger },
        ]
      : [{ ...own, weight: 1 }],
  );
  return name;
};

/**
 * The configuration by which a run's model takes the traffic of what serves: as that stands now, on its own instances, and the model
 * with no request of its own yet. Returns its name.
 */
export const createShiftConfig = async (
  plan: Plan,
  champion: Champion,
  { winner, redrives }: { winner: number; redrives: number },
): Promise<string> => {
  const runId = modelRunOf(plan);
  const shares = sharesBeside(champion, { runId, share: 0 });
  const { endpointConfigName: config, beside } = champion;
  const { instance } = (config === undefined ? plan : await readPlan(config)).pipeline.deploy;
  const standing = [champion, ...(beside ? [beside] : [])].filter((it) => it.runId !== runId);
  const name = shiftConfigName(plan.runId, redrives);
  await create(plan, name, [
    ...standing.map((it) => ({ ...it, weight: shares.get(it.runId) ?? 0, instance })),
    { runId, modelName: modelName(runId, winner), weight: shares.get(runId) ?? 0 },
  ]);
  return name;
};

/**
 * Makes the configuration of the champion and its challenger anew where their shares have changed since: an endpoint that goes
 * back to it begins with its weights. Nothing may be served by it now.
 */
export const renewConfig = async (champion: Champion) => {
  const { beside, endpointConfigName: config } = champion;
  if (!beside || config === undefined) return;
  const plan = await readPlan(config);
  if (weightsBeside(plan)?.weights.challenger === beside.weight) return;
  await deleteConfig(config);
  await create(plan, config, [{ ...champion, weight: restOf(beside.weight) }, beside]);
};

const create = async ({ runId, pipeline }: Plan, name: string, variants: readonly Variant[]) => {
  try {
    await sagemaker().send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: variants.map(({ instance = pipeline.deploy.instance, ...it }) => ({
          VariantName: variantName(it.runId),
          ModelName: it.modelName,
          InstanceType: instance.type as 'ml.m5.large',
          InitialInstanceCount: instance.count,
          InitialVariantWeight: it.weight,
        })),
        Tags: tagsOf(runId, pipeline.name),
      }),
    );
  } catch (error) {
    if (!isAws(error, ['ValidationException'], /already exist/i)) throw error;
  }
};

const deleteConfig = async (EndpointConfigName: string) => {
  try {
    await sagemaker().send(new DeleteEndpointConfigCommand({ EndpointConfigName }));
  } catch (error) {
    if (!isAws(error, ['ValidationException'], /could not find/i)) throw error;
  }
};

/** Of a listing. */
const mostPages = 20;

/**
 * Deletes the configurations of all other deployments of a pipeline, those that failed, too. Called behind the pipeline's lock
 * while the endpoint is at rest with the `needed` one, or gone: then no update and no way back needs another.
 */
export const dropConfigs = async (pipeline: string, needed?: string) => {
  let NextToken: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await sagemaker().send(
      new ListEndpointConfigsCommand({ NameContains: pipeline, MaxResults: 100, NextToken }),
    );
    for (const { EndpointConfigName: name = '' } of page.EndpointConfigs ?? [])
      if (name !== needed && (await isOurs(pipeline, name))) await deleteConfig(name);
    NextToken = page.NextToken;
    if (NextToken === undefined) return;
  }
};

/** A deployment that has succeeded does not fail because something old is left: the next one finds it again. */
export const tidyConfigs = async (pipeline: string, needed: string | undefined) => {
  try {
    await dropConfigs(pipeline, needed);
  } catch (error) {
    logger.warn('Endpoint configurations that nobody needs any more are left.', error as Error);
  }
};

/** Configurations are named for runs: one that is not a run's of this pipeline was made by somebody else. */
export const isOurs = async (pipeline: string, config: string): Promise<boolean> => {
  const runId = runOfConfig(config);
  return runIdGrammar.safeParse(runId).success && (await getRun(runId))?.pipeline === pipeline;
};
