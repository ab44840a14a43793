/** What lives of a pipeline are made of: settings, drops, questions, and what somebody waits for. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { writePipelineFile } from '../../cli/dropFile.ts';
import { executionArn, keys, runIdOf } from '../../spec/names.ts';
import { settled } from './settled.ts';
import type { Cell } from './watch.ts';
import type { FaultWorld } from './world.ts';

export interface Stage {
  world: FaultWorld;
  cell: Cell;
  /** The pipeline, called as its cell. */
  pipeline: string;
  /** In the order of their drops. */
  runIds: string[];
  /** What routes of the API have refused. */
  refusals: Error[];
}

export const xgboost = '{ algorithm: xgboost, hyperparameters: { num_round: 2 } }';
/** Trains until somebody stops it; see container.mjs. */
export const patient = '{ algorithm: xgboost, hyperparameters: { num_round: 999 } }';
/** Its model answers no transform until somebody stops it; see container.mjs. */
export const mute = '{ algorithm: xgboost, hyperparameters: { num_round: 997 } }';
/** Every training of it fails; see container.mjs. */
export const hopeless = '{ algorithm: xgboost, hyperparameters: { num_round: 998 } }';
export const training = (...candidates: string[]) => `train: { candidates: [${candidates.join(', ')}] }\n`;
export const passing = 'gate: { rules: [{ metric: rmse, max: 500 }], champion: { minDelta: -1 } }\n';
export const refusing = 'gate: { rules: [{ metric: rmse, max: 0.00001 }] }\n';
export const toEndpoint = 'deploy: { target: endpoint }\n';
export const toTwo = 'deploy: { target: endpoint, weights: { champion: 0.5, challenger: 0.5 } }\n';
export const toShift = 'deploy: { target: endpoint, traffic: { linear: { step: 50, wait: 1m } } }\n';
export const toBatch = 'deploy: { target: batch }\n';

export const bucketOf = ({ connection }: FaultWorld) => connection.outputs['DataBucketName'] ?? '';
export const trainOf = ({ connection }: FaultWorld) => connection.outputs['TrainMachineArn'] ?? '';

export const apply = ({ world, pipeline }: Stage, text: string) =>
  world.act(() =>
    writePipelineFile(world.clients, bucketOf(world), keys.pipeline(pipeline), `name: ${pipeline}\n${text}`),
  );

const line = (i: number) => `${((i * 37) % 60) / 8},${(3 * ((i * 37) % 60)) / 8 + (i % 5) / 4}`;
export const rows = `x,y\n${Array.from({ length: 60 }, (_, i) => line(i)).join('\n')}\n`;

/** Drops a file; returns when its run, if any, is over. */
export const drop = async (stage: Stage, text = rows) => {
  await begin(stage, text);
  await settled(stage);
};

export const begin = async ({ world, pipeline, runIds }: Stage, text = rows): Promise<string> => {
  const at = { Bucket: bucketOf(world), Key: `drop/${pipeline}/data.csv` };
  const put = new PutObjectCommand({ ...at, Body: text });
  const { VersionId = '' } = await world.act(() => world.clients.s3.send(put));
  const runId = runIdOf(pipeline, at.Bucket, at.Key, VersionId, '');
  runIds.push(runId);
  return runId;
};

/** Puts any object; `runId` is of the run that it starts if it starts one. */
export const put = async ({ world, pipeline }: Stage, Key: string, Body: string) => {
  const Bucket = bucketOf(world);
  const { VersionId = '' } = await world.act(() =>
    world.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body) })),
  );
  return { key: Key, runId: runIdOf(pipeline, Bucket, Key, VersionId, '') };
};

export const manifestOf = (world: FaultWorld, folder: string, name: string) =>
  JSON.stringify([{ prefix: `s3://${bucketOf(world)}/${folder}` }, name]);

/** From now on things go wrong. */
export const arm = ({ cell }: Stage) => void (cell.armed = true);

/** Waits until a function has called something for this cell, after so many calls, or everything is over. */
export const reached = async (stage: Stage, functionName: string, after = 0) => {
  const hasBegun = () => stage.cell.seen.slice(after).some((it) => it.functionName === functionName);
  const end = settled(stage).then(() => true);
  const look = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(hasBegun()), 2));
  while (!(await Promise.race([end, look()])));
};

export const stop = ({ world }: Stage, runId: string) =>
  world.call('states', 'StopExecution', { executionArn: executionArn(trainOf(world), runId) }).catch(() => {});

/** Lets a run go on that has ended; returns when it is over again. */
export const redrive = async (stage: Stage, runId: string) => {
  const { world } = stage;
  await world.call('states', 'RedriveExecution', { executionArn: executionArn(trainOf(world), runId) });
  await settled(stage);
};

export const asked = async ({ world, refusals }: Stage, ask: () => Promise<unknown>) => {
  try {
    await world.act(ask);
  } catch (error) {
    refusals.push(error as Error);
  }
};

/** From now on these hear nothing of the cell, or fail in it; nobody else does. */
export const lose = ({ cell }: Stage, ...lost: string[]) => {
  cell.lost = new Set(lost);
};

const reapName = 'sluice-dev-reap';

/** Lets the reaper come by, on behalf of this cell, after so many virtual minutes. */
export const reapAfter = async (stage: Stage, minutes: number) => {
  const { world, pipeline } = stage;
  await world.time.wait(minutes * 60_000);
  const Payload = new TextEncoder().encode(JSON.stringify({ pipeline }));
  await world.call('lambda', 'Invoke', { FunctionName: reapName, InvocationType: 'Event', Payload });
  await settled(stage, 5 * 60_000);
};
