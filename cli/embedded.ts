/** Joins the runtime with our template and our trainers: the one place that knows both. */
import { join } from 'node:path';
import { algorithms } from '../algorithms/index.ts';
import type { Clock } from '../runtime/clock.ts';
import { openRuntime, type Runtime } from '../runtime/index.ts';
import type { ServiceFactory, World } from '../runtime/operation.ts';
import { allServices } from '../runtime/services/index.ts';
import { deploy, type Deployed } from '../runtime/template/deploy.ts';
import { packageService } from './packageService.ts';
import { projectRoot } from './project.ts';

export interface Embedded {
  runtime: Runtime;
  deployed: Deployed;
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  dataDir: string;
  port?: number;
  log?: World['log'];
  /** Default: the machine's. */
  clock?: Clock;
  /** Hears what is being done, for people who wait. */
  progress?: (what: string) => void;
  /** What the runtime is given in place of the services, for tests that watch their calls. */
  services?: (own: ServiceFactory[]) => readonly ServiceFactory[];
}

/** Packages the service (once per content), opens the runtime on `dataDir` and deploys the stack into it. */
export const openEmbedded = async ({
  dataDir,
  port = 0,
  log,
  clock,
  progress = () => {},
  services = (own) => own,
}: EmbeddedOptions): Promise<Embedded> => {
  progress('Packaging the service');
  const { template, assets } = await packageService(dataDir);
  progress('Starting the embedded AWS');
  const runtime = await openRuntime({
    dataDir,
    port,
    services: services(allServices({ containers, knownImages })),
    ...(log && { log }),
    ...(clock && { clock }),
  });
  try {
    progress('Deploying the stack');
    const deployed = await deploy({ world: runtime.world, stackName: 'sluice-dev', template, assets });
    return { runtime, deployed, close: () => runtime.close() };
  } catch (error) {
    await runtime.close();
    throw error;
  }
};

const entry = join(projectRoot, 'dist', 'algorithms', 'container.mjs');

const knownImages = Object.values(algorithms).flatMap(({ repositories }) => repositories);

/** The container that plays an image: found by the image's repository, whatever its account and region. */
export const containers = (image: string) => {
  const repository = /\/([^/:]+)(?::[^/]*)?$/.exec(image)?.[1] ?? '';
  const manifest = Object.values(algorithms).find(({ repositories }) => repositories.includes(repository));
  if (!manifest) return undefined;
  const metricDefinitions = manifest.metrics.map(({ name, regex }) => ({ Name: name, Regex: regex }));
  return { entry, workerData: { algorithm: manifest.name }, metricDefinitions };
};
