/** The whole product in one process and in virtual time: the packaged template, its own functions, jobs of a small container. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openApi, type Api } from '../../cli/api.ts';
import { clientsOf, type Clients } from '../../cli/clients.ts';
import { connectTo, type Connection } from '../../cli/connection.ts';
import { openEmbedded } from '../../cli/embedded.ts';
import type { Runtime } from '../../runtime/index.ts';
import type { Service, ServiceFactory } from '../../runtime/operation.ts';
import { allServices } from '../../runtime/services/index.ts';
import type { LambdaState } from '../../runtime/services/lambda/lambdaState.ts';
import type { ExecutionLog } from '../../runtime/services/states/executionLog.ts';
import type { StatesState } from '../../runtime/services/states/statesState.ts';
import type { SageMaker } from '../../runtime/services/sagemaker/sagemakerState.ts';
import type { TrainingJob } from '../../runtime/services/sagemaker/trainingJob.ts';
import type { TransformJob } from '../../runtime/services/sagemaker/transformJob.ts';
import { caller, type Caller } from '../crash/reporting.ts';
import { openFunctionPool, type Invocation } from './functionPool.ts';
import { startVirtualTime, type VirtualTime } from './virtualTime.ts';
import { openWatch, type Watch } from './watch.ts';

export interface FaultWorld {
  runtime: Runtime;
  connection: Connection;
  call: Caller;
  clients: Clients;
  api: Api;
  time: VirtualTime;
  watch: Watch;
  jobs: SageMaker['tables'];
  /** Does something from outside: time does not leap meanwhile. */
  act<T>(what: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const container = { entry: resolve('test', 'faults', 'container.mjs') };

/** Memory where there is a file system of it: what is tested here is no disk. */
const folderAbove = () => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

/** Trains, or has a model that answers no transform, until it is asked to stop (container.mjs): nobody waits for that. */
const isPatient = (job: TrainingJob | undefined, rounds = '999') => job?.HyperParameters?.['num_round'] === rounds;

/** The training job of the candidate that a transform job scores. */
const trainingOf = ({ TransformJobName }: TransformJob) => TransformJobName.replace(/-score$/, '-train');

const moving = ['InProgress', 'Stopping', 'Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** Hears of states as executions enter them. */
const listen = (log: ExecutionLog, enter: (executionArn: string, state: string) => void) => {
  const open = log.open.bind(log);
  log.open = (arn, at) => {
    const entry = open(arn, at);
    return {
      keep: (event) => entry.keep(event),
      add(id, previous, type, details) {
        entry.add(id, previous, type, details);
        const name = (details as { name?: string } | undefined)?.name;
        if (type.endsWith('StateEntered') && name !== undefined) enter(arn, name);
      },
    };
  };
};

export const openFaultWorld = async (): Promise<FaultWorld> => {
  const dataDir = mkdtempSync(join(folderAbove(), `sluice-faults-${process.pid}-`));
  cpSync(resolve('.sluice', 'test', 'package'), join(dataDir, 'package'), { recursive: true });
  let busy = () => true;
  const time = startVirtualTime(() => busy());
  const watch = openWatch(() => time);
  const fitted =
    (factory: ServiceFactory): ServiceFactory =>
    (world) => {
      const service = factory(world);
      if (service.name !== 'lambda') return service;
      const { pool } = service.state as LambdaState;
      watch.pool = openFunctionPool(world, time, (name, payload) => watch.isLost(name, payload));
      Object.assign(pool, watch.pool);
      return service;
    };
  const embedded = await openEmbedded({
    dataDir,
    clock: time.clock,
    // Jobs that last until they are stopped must not be what others wait for.
    services: () =>
      allServices({ containers: () => container, concurrentJobs: 1000 }).map((it) => watch.wrap(fitted(it))),
  });
  const { runtime } = embedded;
  const connection = await connectTo(dataDir, embedded);
  const { tables: jobs } = (runtime.services.get('sagemaker') as Service<SageMaker>).state;
  const isMoving = () =>
    jobs.trainingJobs
      .values()
      .some(
        (it) => moving.includes(it.TrainingJobStatus) && !(isPatient(it) && it.TrainingJobStatus === 'InProgress'),
      ) ||
    jobs.transformJobs
      .values()
      .some(
        (it) =>
          moving.includes(it.TransformJobStatus) &&
          !(isPatient(jobs.trainingJobs.get(trainingOf(it)), '997') && it.TransformJobStatus === 'InProgress'),
      ) ||
    jobs.endpoints.values().some((it) => moving.includes(it.EndpointStatus));
  let acting = 0;
  const isWaiting = ({ hung, asleep }: Invocation) => hung || asleep > 0;
  busy = () => {
    const running = watch.pool?.running() ?? [];
    return (acting > 0 && !running.some(isWaiting)) || watch.active() > 0 || !running.every(isWaiting) || isMoving();
  };
  const { executions } = (runtime.services.get('states') as Service<StatesState>).state;
  listen(executions, (arn, state) => watch.enter(arn, state));
  const call = caller(runtime.world);
  const train = connection.outputs['TrainMachineArn'] ?? '';
  watch.stopRun = async ({ name }) => {
    const running = executions.summaries.open().filter(({ identity, status }) => {
      return status === 'RUNNING' && identity.machineArn === train && identity.name.startsWith(`${name}-`);
    });
    for (const { identity } of running) await call('states', 'StopExecution', { executionArn: identity.arn });
  };
  return {
    runtime,
    connection,
    call,
    clients: clientsOf(connection),
    api: openApi(connection),
    time,
    watch,
    jobs,
    async act(what) {
      acting++;
      try {
        return await what();
      } finally {
        acting--;
        time.stir();
      }
    },
    async close() {
      await embedded.close();
      time.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
