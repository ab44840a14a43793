/**
 * Points the pipeline's endpoint at a configuration: `update` at the winner's, `rollback` at the champion's (or away with an
 * endpoint that never served). Only the run that holds the pipeline's lock gets here.
 */
import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  UpdateEndpointCommand,
  type DeploymentConfig,
} from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { InputError, PlatformError } from '../spec/errors.ts';
import { attemptOf, endpointConfigName } from '../spec/names.ts';
import { shareOf } from '../spec/rollout.ts';
import { redrives, runId, type Champion, type Plan } from '../spec/run.ts';
import { isAws } from './lib/awsErrors.ts';
import { sagemaker } from './lib/clients.ts';
import { define } from './lib/define.ts';
import { deploymentConfigOf } from './lib/deploymentConfig.ts';
import { dropAlarms, putAlarms, servingRuns } from './lib/endpointAlarms.ts';
import { createConfig, isOurs, modelRunOf, renewConfig } from './lib/endpointConfigs.ts';
import { findEndpoint, type Endpoint } from './lib/findEndpoint.ts';
import { dropChallenger, putChallenger } from './lib/ledger/challenger.ts';
import { getChampion } from './lib/ledger/champion.ts';
import { lock, unlock } from './lib/ledger/lock.ts';
import { isOver } from './lib/ledger/runs.ts';
import { overtaken } from './lib/overtaken.ts';
import { readPlan, tagsOf } from './lib/run.ts';
import { servingModel } from './lib/servingModel.ts';
import { endpointOf } from './lib/stack.ts';

export const handler = define({
  input: z.discriminatedUnion('action', [
    z.strictObject({
      action: z.literal('update'),
      runId,
      winner: z.int().min(0),
      modelPackageArn: z.string(),
      redrives,
    }),
    z.strictObject({ action: z.literal('rollback'), runId, redrives }),
  ]),
  async run(input) {
    const plan = await readPlan(input.runId);
    const name = endpointOf(plan.pipeline.name);
    return input.action === 'rollback' ? rollback(plan, name, input.redrives) : update(plan, name, input);
  },
});

const update = async (
  plan: Plan,
  name: string,
  { winner, modelPackageArn, redrives }: { winner: number; modelPackageArn: string; redrives: number },
) => {
  const { runId, pipeline } = plan;
  const holder = attemptOf(runId, redrives);
  if (!(await lock(pipeline.name, holder)))
    throw new PlatformError({ what: `Another run is deploying the pipeline ${pipeline.name}`, where: runId });
  // Looked at behind the lock: runEnded marks the run first and looks at the lock then, so that one of the two sees the other.
  if (await isOver(runId, redrives)) {
    await unlock(pipeline.name, holder);
    throw new InputError({ what: 'The run has ended: it deploys nothing any more', where: runId });
  }
  const champion = await getChampion(pipeline.name);
  if (isOvertaken(plan, champion)) throw overtaken(plan, champion);
  await createConfig(plan, winner);
  const config = endpointConfigName(runId);
  const { traffic, alarms } = pipeline.deploy;
  const modelRun = modelRunOf(plan);
  const watched = { endpoint: name, modelRun, tags: tagsOf(runId, pipeline.name) };
  const names = await putAlarms(watched, alarms);
  // Before any traffic moves: whoever predicts has to know by which recipe the rows of the new model are prepared.
  const serving = await servingModel(plan, { winner, modelPackageArn, target: 'endpoint' });
  await putChallenger(pipeline.name, { ...serving, share: shareOf(traffic) });
  // What goes wrong with the champion is no reason to keep what is taken away beside it.
  const back = champion?.runId === modelRun ? [] : names;
  await point(plan, name, config, { how: deploymentConfigOf(traffic, back) });
  return { name, expected: config };
};

/** A run that is to give the champion all requests again takes one certain challenger away. */
const isOvertaken = (plan: Plan, champion: Champion | undefined): boolean =>
  champion?.runId === modelRunOf(plan)
    ? plan.deploys !== undefined && champion.beside?.runId !== plan.deploys.beside
    : champion?.runId !== plan.champion?.runId;

/** Longer than one attempt may take: the next one takes the lock anew. */
const rollbackSeconds = 120;

/** Back to what the ledger calls the champion. Whoever else holds the lock brings the endpoint where it belongs itself. */
const rollback = async (plan: Plan, name: string, redrives: number) => {
  const pipeline = plan.pipeline.name;
  const holder = attemptOf(plan.runId, redrives);
  const nothing = { name, expected: null };
  if (!(await lock(pipeline, holder, rollbackSeconds))) return nothing;
  try {
    const champion = await getChampion(pipeline);
    const config = champion?.endpointConfigName;
    const own = endpointConfigName(plan.runId);
    const dropped = await Promise.allSettled([
      config === own ? undefined : dropChallenger(pipeline, own),
      dropAlarms(name, [modelRunOf(plan)], servingRuns(champion)),
    ]);
    const back = await takeBack(plan, name, champion);
    // Told last: what cannot be cleared away must not keep the endpoint where it is.
    for (const it of dropped) if (it.status === 'rejected') throw it.reason;
    return back;
  } finally {
    await unlock(pipeline, holder);
  }
};

const takeBack = async (plan: Plan, name: string, champion: Champion | undefined) => {
  const config = champion?.endpointConfigName;
  const endpoint = await findEndpoint(name);
  const nothing = { name, expected: null };
  if (endpoint && !(await isOurs(plan.pipeline.name, endpoint.EndpointConfigName ?? ''))) return nothing;
  if (config) {
    await point(plan, name, config, { first: () => renewConfig(champion) });
    return { name, expected: config };
  }
  if (endpoint && endpoint.EndpointStatus !== 'Deleting') {
    refuseBusy(endpoint);
    await unlessAt(undefined, name, () => sagemaker().send(new DeleteEndpointCommand({ EndpointName: name })));
  }
  return nothing;
};

const busy: ReadonlySet<string | undefined> = new Set([
  'Creating',
  'Updating',
  'SystemUpdating',
  'RollingBack',
  'Deleting',
]);

/** SageMaker neither updates nor deletes an endpoint that is changing. */
const refuseBusy = ({ EndpointName, EndpointStatus }: Endpoint) => {
  if (busy.has(EndpointStatus))
    throw new PlatformError({ what: `The endpoint ${EndpointName} is ${EndpointStatus}`, expected: 'one at rest' });
};

/** Where an endpoint is or will be. Undefined when that is not told, or when it stays between two configurations. */
const goalOf = ({ EndpointStatus, EndpointConfigName, PendingDeploymentSummary }: Endpoint) => {
  if (EndpointStatus === 'Updating') return PendingDeploymentSummary?.EndpointConfigName;
  return EndpointStatus === 'Creating' || EndpointStatus === 'InService' ? EndpointConfigName : undefined;
};

interface Way {
  how?: DeploymentConfig;
  /** Done right before, while nothing is at that configuration. */
  first?: () => Promise<void>;
}

/** Creates or updates the endpoint unless it is at that configuration, or on its way there, already. */
const point = async (plan: Plan, name: string, config: string, { how, first = async () => {} }: Way) => {
  const endpoint = await findEndpoint(name);
  const target = { EndpointName: name, EndpointConfigName: config };
  if (!endpoint) {
    const Tags = tagsOf(plan.runId, plan.pipeline.name);
    await first();
    await unlessAt(config, name, () => sagemaker().send(new CreateEndpointCommand({ ...target, Tags })));
    return;
  }
  if (!(await isOurs(plan.pipeline.name, endpoint.EndpointConfigName ?? '')))
    throw new InputError({
      what: `There is an endpoint ${name} that this pipeline has not made`,
      where: `its configuration ${endpoint.EndpointConfigName}`,
      todo: 'Delete that endpoint or give the pipeline another name.',
    });
  if (goalOf(endpoint) === config) return;
  refuseBusy(endpoint);
  if (endpoint.EndpointStatus === 'Failed') {
    // Nothing but deletion is allowed now; the next attempt finds it gone.
    await sagemaker().send(new DeleteEndpointCommand({ EndpointName: name }));
    throw new PlatformError({ what: `The endpoint ${name} had failed and is made anew`, where: plan.runId });
  }
  await first();
  await unlessAt(config, name, () => sagemaker().send(new UpdateEndpointCommand({ ...target, DeploymentConfig: how })));
};

/** A change whose answer was lost is refused when it is asked for again: what counts is where the endpoint is going. */
const unlessAt = async (config: string | undefined, name: string, change: () => Promise<unknown>) => {
  try {
    await change();
  } catch (error) {
    if (!isAws(error, ['ValidationException'])) throw error;
    const endpoint = await findEndpoint(name);
    const goal = endpoint && endpoint.EndpointStatus !== 'Deleting' ? goalOf(endpoint) : undefined;
    if (goal !== config) throw error;
  }
};
