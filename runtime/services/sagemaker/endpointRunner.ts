/**
 * Brings endpoints forward. A new fleet is built beside the one in service and takes traffic, all at once or step by step, once every
 * variant answers its ping; requests under way end on the fleet they are with. A fleet that cannot be built, or during which an
 * alarm goes off, leaves the old one in service (RollingBack → InService), or the new endpoint Failed. After a restart fleets
 * are built again when first asked, and an update goes on with the step it was at.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { asRole } from './arns.ts';
import type { Chosen } from './chooseVariant.ts';
import type { Deployment, Endpoint, EndpointStatus, Variant } from './endpoint.ts';
import { deploymentEvent, endpointEvent, isBusy } from './endpoint.ts';
import { failureReason, JobFailure, told } from './failures.ts';
import { openJobLog, type JobLog } from './jobLog.ts';
import { fetchModel } from './model.ts';
import { openModelServer, type ModelServer } from './modelServer.ts';
import { stepsOf, timeLimitOf, type Rollout } from './rollout.ts';
import { watchAlarms } from './watchAlarms.ts';
import type { Surroundings } from './sagemakerState.ts';
import { tagsOf } from './tags.ts';

export interface EndpointRunner {
  /** Saves an endpoint whose status asks for work (Creating, Updating, Deleting) and starts on it. */
  begin(endpoint: Endpoint): void;
  /**
   * The server of a variant of the fleet in service, built again if a restart has ended it, or of the fleet that is rolled
   * out. Throws JobFailure.
   */
  server(endpoint: Endpoint, chosen: Chosen): Promise<ModelServer>;
  resume(): void;
  close(): Promise<void>;
}

interface Fleet {
  generation: number;
  servers: Map<string, ModelServer>;
  logs: JobLog[];
}

/** Left beside an unpacked model once it is whole, so that a restart need not fetch it again. */
const wholeMark = 'whole';

export const endpointRunner = ({ world, images, timing, tables }: Surroundings): EndpointRunner => {
  const { clock } = world;
  const endpoints = tables.endpoints;
  const fleets = new Map<string, Promise<Fleet>>();
  /** Fleets that are rolled out and not in service yet. */
  const rising = new Map<string, Fleet>();
  const under = new Set<Promise<void>>();
  const abort = new AbortController();

  const save = (endpoint: Endpoint) =>
    endpoints.save(endpoint.EndpointName, endpoint, endpointEvent(endpoint, tagsOf(tables.tags, endpoint.EndpointArn)));
  const move = (endpoint: Endpoint, EndpointStatus: EndpointStatus, facts: Partial<Endpoint> = {}): Endpoint => {
    const moved = { ...endpoint, EndpointStatus, LastModifiedTime: clock.now() / 1000, ...facts };
    if (!abort.signal.aborted) save(moved);
    return moved;
  };
  const folderOf = (name: string) => join(world.dataDir, 'sagemaker/serving', name.toLowerCase());
  const keyOf = ({ EndpointName }: Endpoint) => EndpointName.toLowerCase();

  const openVariant = async (endpoint: Endpoint, deployment: Deployment, variant: Variant, logs: JobLog[]) => {
    const { VariantName, model } = variant;
    const container = images.containers(model.image);
    if (!container)
      throw new JobFailure(
        `The runtime has nothing that stands for the image ${model.image} of variant ${VariantName}; it has: ${images.known.join(', ')}`,
      );
    const root = join(folderOf(endpoint.EndpointName), String(deployment.generation), VariantName);
    const mark = join(root, wholeMark);
    if (!existsSync(mark)) {
      await rm(root, { recursive: true, force: true });
      await mkdir(join(root, 'model'), { recursive: true });
      await fetchModel(world, model, root, abort.signal);
      await writeFile(mark, '');
    }
    const group = `/aws/sagemaker/Endpoints/${endpoint.EndpointName}`;
    const stream = `${VariantName}/${deployment.generation}-${world.ids.hex(4)}`;
    const log = openJobLog(world, asRole(world, model.roleArn), group, stream);
    logs.push(log);
    return openModelServer({
      world,
      container,
      root,
      environment: { AWS_REGION: world.region, ...model.environment },
      line: log.write,
      startup: variant.startup ?? timing.startup,
      timeout: timing.invocation,
    });
  };

  const closeFleet = async ({ servers, logs }: Fleet, how: 'drain' | 'close') => {
    await Promise.all([...servers.values()].map((server) => server[how]()));
    await Promise.all(logs.map((log) => log.flush()));
  };

  /** Every variant, loaded and pinged. Throws JobFailure after ending what was started. */
  const build = async (endpoint: Endpoint, deployment: Deployment): Promise<Fleet> => {
    const fleet: Fleet = { generation: deployment.generation, servers: new Map(), logs: [] };
    try {
      for (const variant of deployment.variants) {
        const server = await openVariant(endpoint, deployment, variant, fleet.logs);
        fleet.servers.set(variant.VariantName, server);
        await server.ready().catch((cause: unknown) => {
          throw new JobFailure(
            `The primary container for production variant ${variant.VariantName} did not pass the ping health check. Please check CloudWatch logs for this endpoint. (${told(cause)})`,
            { cause },
          );
        });
      }
      abort.signal.throwIfAborted();
      return fleet;
    } catch (error) {
      await closeFleet(fleet, 'close');
      throw error;
    }
  };

  /** Lets a fleet that no new request finds answer what it has. */
  const retire = async (fleet: Fleet | undefined) => {
    if (!fleet) return;
    // A request that has just found it reaches it before it drains.
    await setImmediate();
    await closeFleet(fleet, 'drain');
  };

  const replace = async (endpoint: Endpoint, fleet: Fleet | undefined) => {
    const key = keyOf(endpoint);
    const old = fleets.get(key);
    if (fleet) fleets.set(key, Promise.resolve(fleet));
    else fleets.delete(key);
    await retire(await old?.catch(() => undefined));
  };

  /** The fleet in service, built again if a restart has ended it. */
  const inService = (endpoint: Endpoint): Promise<Fleet> => {
    const key = keyOf(endpoint);
    const known = fleets.get(key);
    if (known) return known;
    if (!endpoint.current)
      return Promise.reject(new JobFailure(`Endpoint ${endpoint.EndpointName} has no fleet in service`));
    const built = build(endpoint, endpoint.current);
    fleets.set(key, built);
    built.catch(() => fleets.get(key) === built && fleets.delete(key));
    return built;
  };

  /** The new fleet, unless it takes longer than the whole update may. */
  const buildInTime = async (endpoint: Endpoint, next: Deployment, deadline: number): Promise<Fleet> => {
    const built = build(endpoint, next);
    if (deadline === Infinity) return built;
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = clock.alarm(deadline, () => reject(tookTooLong(endpoint)));
    });
    try {
      return await Promise.race([built, late]);
    } catch (error) {
      void built.then(
        (fleet) => closeFleet(fleet, 'close'),
        () => {},
      );
      throw error;
    } finally {
      cancel();
    }
  };

  const tookTooLong = ({ LastDeploymentConfig }: Endpoint) =>
    new JobFailure(
      `The deployment did not end within MaximumExecutionTimeoutInSeconds, ${timeLimitOf(LastDeploymentConfig)} seconds.`,
    );

  /** Keeps a stage of an update, and announces it. */
  const reach = (endpoint: Endpoint, rollout: Omit<Rollout, 'since'>): Endpoint => {
    const now = clock.now() / 1000;
    const reached = { ...endpoint, LastModifiedTime: now, rollout: { ...rollout, since: now } };
    if (!abort.signal.aborted) {
      const event = deploymentEvent(reached, tagsOf(tables.tags, endpoint.EndpointArn));
      endpoints.save(endpoint.EndpointName, reached, event);
    }
    return reached;
  };

  /** Moves the traffic over, step by step, while the alarms are watched. Throws JobFailure when one goes off. */
  const shift = async (endpoint: Endpoint, next: Deployment, deadline: number): Promise<Endpoint> => {
    const { LastDeploymentConfig: config, rollout } = endpoint;
    const steps = stepsOf(config, next);
    let at = endpoint;
    for (const [step, { share, wait }] of steps.entries()) {
      if (step < (rollout?.step ?? 0)) continue;
      // Where a restart has interrupted a wait, what is left of it.
      const since = rollout?.status === 'Baking' && rollout.step === step ? rollout.since : clock.now() / 1000;
      at = reach(at, { status: 'ActivatingTraffic', share, step });
      at = reach(at, { status: 'Baking', share, step });
      const until = (since + wait) * 1000;
      await watchAlarms({ world, config, next, until: Math.min(until, deadline), signal: abort.signal });
      if (until > deadline) throw tookTooLong(endpoint);
    }
    return at;
  };

  const rollBack = async (endpoint: Endpoint, failed: Fleet | undefined, error: unknown) => {
    const FailureReason = failureReason(error);
    if (!endpoint.current) {
      await rm(folderOf(endpoint.EndpointName), { recursive: true, force: true });
      move(endpoint, 'Failed', { FailureReason });
      return;
    }
    const { rollout: _rollout, ...held } = endpoint;
    const back = move(held, 'RollingBack', { FailureReason });
    rising.delete(keyOf(endpoint));
    await retire(failed);
    await restore(back);
  };

  /** Ends a rollback: the old fleet serves alone, if it can still be had. */
  const restore = async (endpoint: Endpoint) => {
    const { next, rollout: _rollout, updateStarted: _started, ...restored } = endpoint;
    if (next && next.generation !== endpoint.current?.generation)
      await rm(join(folderOf(endpoint.EndpointName), String(next.generation)), { recursive: true, force: true });
    try {
      await inService(endpoint);
    } catch (error) {
      if (abort.signal.aborted) return;
      const FailureReason = `${failureReason(error)} The deployment that was rolled back: ${endpoint.FailureReason}`;
      move(restored, 'UpdateRollbackFailed', { FailureReason: FailureReason.slice(0, 1024) });
      return;
    }
    move(restored, 'InService');
  };

  const deploy = async (endpoint: Endpoint, next: Deployment) => {
    if (next.generation === endpoint.current?.generation) {
      const { next: _, ...rest } = endpoint;
      move(rest, 'InService', { current: next });
      return;
    }
    const limit = timeLimitOf(endpoint.LastDeploymentConfig);
    const deadline = endpoint.current ? ((endpoint.updateStarted ?? 0) + limit) * 1000 : Infinity;
    let fleet: Fleet | undefined;
    let at = endpoint;
    try {
      fleet = await buildInTime(endpoint, next, deadline);
      if (endpoint.current) {
        rising.set(keyOf(endpoint), fleet);
        at = await shift(endpoint, next, deadline);
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      await rollBack(at, fleet, error);
      return;
    }
    const { next: _next, updateStarted: _started, FailureReason: _reason, rollout: _rollout, ...rest } = at;
    // From here on requests find the new fleet alone; nothing is awaited in between.
    move(rest, 'InService', { current: next });
    rising.delete(keyOf(endpoint));
    await replace(endpoint, fleet);
    if (endpoint.current && !abort.signal.aborted)
      await rm(join(folderOf(endpoint.EndpointName), String(endpoint.current.generation)), {
        recursive: true,
        force: true,
      });
  };

  const remove = async (endpoint: Endpoint) => {
    await replace(endpoint, undefined);
    await rm(folderOf(endpoint.EndpointName), { recursive: true, force: true });
    if (abort.signal.aborted) return;
    tables.tags.delete(endpoint.EndpointArn);
    endpoints.remove(endpoint.EndpointName);
  };

  const work = async (endpoint: Endpoint) => {
    if (endpoint.EndpointStatus === 'RollingBack') await restore(endpoint);
    else if (endpoint.EndpointStatus === 'Deleting') await remove(endpoint);
    else if (endpoint.next) await deploy(endpoint, endpoint.next);
  };
  const lead = (endpoint: Endpoint) => {
    const done = Promise.resolve()
      .then(() => work(endpoint))
      .catch((error: unknown) =>
        world.log('error', 'work on an endpoint failed', { error, name: endpoint.EndpointName }),
      )
      .finally(() => under.delete(done));
    under.add(done);
  };

  return {
    begin(endpoint) {
      save(endpoint);
      lead(endpoint);
    },
    async server(endpoint, { fleet, variant: { VariantName } }) {
      const risen = rising.get(keyOf(endpoint));
      const found = risen?.generation === fleet.generation ? risen : await inService(endpoint);
      const server = found.servers.get(VariantName);
      if (!server) throw new JobFailure(`Endpoint ${endpoint.EndpointName} has no variant ${VariantName}`);
      return server;
    },
    resume() {
      for (const endpoint of endpoints.values().filter(isBusy)) {
        const { rollout } = endpoint;
        // The fleet that was rolled out has to be built again before it takes traffic.
        const held = rollout ? { ...endpoint, rollout: { ...rollout, share: 0 } } : endpoint;
        if (rollout) endpoints.save(endpoint.EndpointName, held);
        lead(held);
      }
    },
    async close() {
      abort.abort(new Error('the runtime closes'));
      const known = await Promise.all([...fleets.values()].map((fleet) => fleet.catch(() => undefined)));
      const all = [...known, ...rising.values()];
      await Promise.all(all.map(async (fleet) => (fleet ? closeFleet(fleet, 'close') : undefined)));
      await Promise.all(under);
    },
  };
};
