/**
 * Points the pipeline's endpoint at a configuration: `update` at the winner's, or where traffic is to move step by step at one of the
 * champion and the winner, from which `finish` leads to the winner's; `rollback` at the champion's (or away with an endpoint that never
 * served). Only the run that holds the pipeline's lock gets here.
 */
import { CreateEndpointCommand, DeleteEndpointCommand, UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { InputError, PlatformError } from '../spec/errors.ts';
import { attemptOf, endpointConfigName, runOfConfig, variantName } from '../spec/names.ts';
import { redrives, runId, type Champion, type Plan } from '../spec/run.ts';
import { sharesBeside } from '../spec/weights.ts';
import { familyOf, isAws } from './lib/awsErrors.ts';
import { sagemaker } from './lib/clients.ts';
import { define, logger } from './lib/define.ts';
import { dropAlarms, putAlarms, servingRuns } from './lib/endpointAlarms.ts';
import { createConfig, createShiftConfig, isOurs, modelRunOf, renewConfig } from './lib/endpointConfigs.ts';
import { findEndpoint, refuseBusy, type Endpoint } from './lib/findEndpoint.ts';
import { dropChallenger, putChallenger, setShare } from './lib/ledger/challenger.ts';
import { getChampion } from './lib/ledger/champion.ts';
import { lock, unlock } from './lib/ledger/lock.ts';
import { isOver } from './lib/ledger/runs.ts';
import { overtaken } from './lib/overtaken.ts';
import { refuseUnlessDeploying } from './lib/refuseUnlessDeploying.ts';
import { readPlan, tagsOf } from './lib/run.ts';
import { servingModel } from './lib/servingModel.ts';
import { shareRequests } from './lib/shareRequests.ts';
import { shiftingFrom } from './lib/shiftingFrom.ts';
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
    z.strictObject({ action: z.literal('finish'), runId, winner: z.int().min(0), redrives }),
    z.strictObject({ action: z.literal('rollback'), runId, redrives }),
  ]),
  async run(input) {
    const plan = await readPlan(input.runId);
    const name = endpointOf(plan.pipeline.name);
    if (input.action === 'rollback') return rollback(plan, name, input.redrives);
    return input.action === 'finish' ? finish(plan, name, input) : update(plan, name, input);
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
  const shifting = shiftingFrom(plan, champion);
  const config = shifting
    ? await createShiftConfig(plan, shifting.champion, { winner, redrives })
    : await createConfig(plan, winner);
  const watched = { endpoint: name, modelRun: modelRunOf(plan), tags: tagsOf(runId, pipeline.name) };
  await putAlarms(watched, pipeline.deploy.alarms);
  // Before any traffic moves: whoever predicts has to know by which recipe the rows of the new model are prepared.
  const serving = await servingModel(plan, { winner, modelPackageArn, target: 'endpoint' });
  await putChallenger(pipeline.name, { ...serving, share: 0 });
  await point(plan, name, config);
  return { name, expected: config, shifts: shifting !== undefined };
};

/** The model has all requests by now, and has stood them: what served before is taken away. */
const finish = async (plan: Plan, name: string, { winner, redrives }: { winner: number; redrives: number }) => {
  await refuseUnlessDeploying(plan, redrives);
  const config = await createConfig(plan, winner);
  await point(plan, name, config);
  return { name, expected: config, shifts: false };
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
    const dropped = await Promise.allSettled([
      dismiss(plan, name, champion),
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

/**
 * Who predicts over HTTP is back at the champion at once. Where that has no variant just now, because all traffic had moved, the model has no
 * share of its own any more and answers in the champion's stead (functions/predict.ts).
 */
const dismiss = async (plan: Plan, name: string, champion: Champion | undefined) => {
  const pipeline = plan.pipeline.name;
  const own = endpointConfigName(plan.runId);
  if (champion?.endpointConfigName === own) return;
  const shifting = shiftingFrom(plan, champion);
  const endpoint = shifting && (await findEndpoint(name));
  if (endpoint && !stays(endpoint, shifting.champion.runId, own)) await setShare(pipeline, own, 0);
  else await dropChallenger(pipeline, own);
};

/** Whether the model of a run has a variant, and keeps it: it is in no configuration `without`. */
const stays = ({ ProductionVariants = [], PendingDeploymentSummary }: Endpoint, runId: string, without: string) =>
  ProductionVariants.some(({ VariantName }) => VariantName === variantName(runId)) &&
  PendingDeploymentSummary?.EndpointConfigName !== without;

const takeBack = async (plan: Plan, name: string, champion: Champion | undefined) => {
  const config = champion?.endpointConfigName;
  const endpoint = await findEndpoint(name);
  const nothing = { name, expected: null };
  if (endpoint && !(await isOurs(plan.pipeline.name, endpoint.EndpointConfigName ?? ''))) return nothing;
  if (config) {
    await withdraw(plan, champion, endpoint);
    await point(plan, name, config, () => renewed(champion));
    return { name, expected: config };
  }
  if (endpoint && endpoint.EndpointStatus !== 'Deleting') {
    refuseBusy(endpoint);
    await unlessAt(undefined, name, () => sagemaker().send(new DeleteEndpointCommand({ EndpointName: name })));
  }
  return nothing;
};

/**
 * With the shares of now where that can be had: the endpoint goes back all the same, to those with which its configuration was made. What
 * passes is tried again.
 */
const renewed = async (champion: Champion) => {
  try {
    await renewConfig(champion);
  } catch (error) {
    if (familyOf(error) instanceof PlatformError) throw error;
    logger.warn('The endpoint goes back with the weights that its models had at first.', error as Error);
  }
};

/**
 * The champion gets all requests of those who invoke the endpoint themselves, too, as long as both stand on it: weights change sooner than a
 * configuration. What goes wrong with that must not keep the endpoint where it is.
 */
const withdraw = async (plan: Plan, champion: Champion, endpoint: Endpoint | undefined) => {
  const { EndpointConfigName: config = '', EndpointStatus } = endpoint ?? {};
  const isShift = config !== runOfConfig(config) && runOfConfig(config) === plan.runId;
  const shifting = shiftingFrom(plan, champion);
  if (!endpoint || !shifting || !isShift || EndpointStatus !== 'InService') return;
  try {
    await shareRequests(endpoint, sharesBeside(champion, { runId: modelRunOf(plan), share: 0 }));
  } catch (error) {
    logger.warn('The new model keeps its weight until the endpoint is back.', error as Error);
  }
};

/** Where an endpoint is or will be. Undefined when that is not told, or when it stays between two configurations. */
const goalOf = ({ EndpointStatus, EndpointConfigName, PendingDeploymentSummary }: Endpoint) => {
  if (EndpointStatus === 'Updating') return PendingDeploymentSummary?.EndpointConfigName;
  return EndpointStatus === 'Creating' || EndpointStatus === 'InService' ? EndpointConfigName : undefined;
};

/**
 * Creates or updates the endpoint unless it is at that configuration, or on its way there, already. `first` is done right before, while
 * nothing is at that configuration.
 */
const point = async (plan: Plan, name: string, config: string, first = async () => {}) => {
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
  await unlessAt(config, name, () => sagemaker().send(new UpdateEndpointCommand(target)));
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
