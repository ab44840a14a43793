/**
 * Brings endpoints forward. A new fleet is built beside the one in service and takes the traffic in one step once every
 * variant answers its ping; requests under way end on the old fleet. A fleet that cannot be built leaves the old one in
 * service (RollingBack → InService), or the new endpoint Failed. After a restart fleets are built again when first asked.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { asRole } from './arns.ts';
import type { Deployment, Endpoint, EndpointStatus, Variant } from './endpoint.ts';
import { endpointEvent } from './endpoint.ts';
import { failureReason, JobFailure, told } from './failures.ts';
import { openJobLog, type JobLog } from './jobLog.ts';
import { fetchModel } from './model.ts';
import { openModelServer, type ModelServer } from './modelServer.ts';
import type { Surroundings } from './sagemakerState.ts';
import { tagsOf } from './tags.ts';

export interface EndpointRunner {
  /** Saves an endpoint whose status asks for work (Creating, Updating, Deleting) and starts on it. */
  begin(endpoint: Endpoint): void;
  /** The server of a variant of the fleet in service; built again if a restart has ended it. Throws JobFailure. */
  server(endpoint: Endpoint, variantName: string): Promise<ModelServer>;
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

  const replace = async (endpoint: Endpoint, fleet: Fleet | undefined) => {
    const key = keyOf(endpoint);
    const old = fleets.get(key);
    if (fleet) fleets.set(key, Promise.resolve(fleet));
    else fleets.delete(key);
    const oldFleet = await old?.catch(() => undefined);
    if (!oldFleet) return;
    // A request that has just found the old fleet reaches it before it drains.
    await setImmediate();
    await closeFleet(oldFleet, 'drain');
  };

  const deploy = async (endpoint: Endpoint, next: Deployment) => {
    const { next: _, updateStarted: __, FailureReason: ___, ...rest } = endpoint;
    if (next.generation === endpoint.current?.generation) {
      move(rest, 'InService', { current: next });
      return;
    }
    const folder = folderOf(endpoint.EndpointName);
    let fleet: Fleet;
    try {
      fleet = await build(endpoint, next);
    } catch (error) {
      if (abort.signal.aborted) return;
      await rm(join(folder, String(next.generation)), { recursive: true, force: true });
      const FailureReason = failureReason(error);
      if (!endpoint.current) {
        move(endpoint, 'Failed', { FailureReason });
        return;
      }
      const back = move(endpoint, 'RollingBack', { FailureReason });
      const { next: _next, updateStarted: _started, ...restored } = back;
      move(restored, 'InService');
      return;
    }
    // From here on requests find the new fleet; nothing is awaited in between.
    move(rest, 'InService', { current: next });
    await replace(endpoint, fleet);
    if (endpoint.current && !abort.signal.aborted)
      await rm(join(folder, String(endpoint.current.generation)), { recursive: true, force: true });
  };

  const remove = async (endpoint: Endpoint) => {
    await replace(endpoint, undefined);
    await rm(folderOf(endpoint.EndpointName), { recursive: true, force: true });
    if (abort.signal.aborted) return;
    tables.tags.delete(endpoint.EndpointArn);
    endpoints.remove(endpoint.EndpointName);
  };

  const work = async (endpoint: Endpoint) => {
    // A crash between the two statuses of a rollback leaves the old fleet in service.
    if (endpoint.EndpointStatus === 'RollingBack') {
      const { next: _, updateStarted: __, ...restored } = endpoint;
      move(restored, 'InService');
    } else if (endpoint.EndpointStatus === 'Deleting') await remove(endpoint);
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
    async server(endpoint, variantName) {
      const key = keyOf(endpoint);
      let fleet = fleets.get(key);
      if (!fleet) {
        if (!endpoint.current) throw new JobFailure(`Endpoint ${endpoint.EndpointName} has no fleet in service`);
        const built = build(endpoint, endpoint.current);
        fleets.set(key, (fleet = built));
        built.catch(() => fleets.get(key) === built && fleets.delete(key));
      }
      const server = (await fleet).servers.get(variantName);
      if (!server) throw new JobFailure(`Endpoint ${endpoint.EndpointName} has no variant ${variantName}`);
      return server;
    },
    resume() {
      for (const endpoint of endpoints.values())
        if (['Creating', 'Updating', 'RollingBack', 'Deleting'].includes(endpoint.EndpointStatus)) lead(endpoint);
    },
    async close() {
      abort.abort(new Error('the runtime closes'));
      const all = await Promise.all([...fleets.values()].map((fleet) => fleet.catch(() => undefined)));
      await Promise.all(all.map(async (fleet) => (fleet ? closeFleet(fleet, 'close') : undefined)));
      await Promise.all(under);
    },
  };
};
