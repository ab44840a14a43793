/** What a pipeline lives through, from the cheapest life to the dearest: each call is tried in the first that makes it. */
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
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

const xgboost = '{ algorithm: xgboost, hyperparameters: { num_round: 2 } }';
/** Trains until somebody stops it; see container.mjs. */
const patient = '{ algorithm: xgboost, hyperparameters: { num_round: 999 } }';
/** Every training of it fails; see container.mjs. */
const hopeless = '{ algorithm: xgboost, hyperparameters: { num_round: 998 } }';
const training = (...candidates: string[]) => `train: { candidates: [${candidates.join(', ')}] }\n`;
const passing = 'gate: { rules: [{ metric: rmse, max: 500 }], champion: { minDelta: -1 } }\n';
const refusing = 'gate: { rules: [{ metric: rmse, max: 0.00001 }] }\n';
const toEndpoint = 'deploy: { target: endpoint }\n';
const toBatch = 'deploy: { target: batch }\n';

const bucketOf = ({ connection }: FaultWorld) => connection.outputs['DataBucketName'] ?? '';
const trainOf = ({ connection }: FaultWorld) => connection.outputs['TrainMachineArn'] ?? '';

const apply = ({ world, pipeline }: Stage, text: string) =>
  world.act(() =>
    writePipelineFile(world.clients, bucketOf(world), keys.pipeline(pipeline), `name: ${pipeline}\n${text}`),
  );

const line = (i: number) => `${((i * 37) % 60) / 8},${(3 * ((i * 37) % 60)) / 8 + (i % 5) / 4}`;
const rows = `x,y\n${Array.from({ length: 60 }, (_, i) => line(i)).join('\n')}\n`;

/** Drops a file; returns when its run, if any, is over. */
const drop = async (stage: Stage, text = rows) => {
  await begin(stage, text);
  await settled(stage);
};

const begin = async ({ world, pipeline, runIds }: Stage, text = rows): Promise<string> => {
  const at = { Bucket: bucketOf(world), Key: `drop/${pipeline}/data.csv` };
  const put = new PutObjectCommand({ ...at, Body: text });
  const { VersionId = '' } = await world.act(() => world.clients.s3.send(put));
  const runId = runIdOf(pipeline, at.Bucket, at.Key, VersionId, '');
  runIds.push(runId);
  return runId;
};

/** Puts any object; `runId` is of the run that it starts if it starts one. */
const put = async ({ world, pipeline }: Stage, Key: string, Body: string) => {
  const Bucket = bucketOf(world);
  const { VersionId = '' } = await world.act(() =>
    world.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body) })),
  );
  return { key: Key, runId: runIdOf(pipeline, Bucket, Key, VersionId, '') };
};

const manifestOf = (world: FaultWorld, folder: string, name: string) =>
  JSON.stringify([{ prefix: `s3://${bucketOf(world)}/${folder}` }, name]);

/** From now on things go wrong. */
const arm = ({ cell }: Stage) => void (cell.armed = true);

/** Waits until a function has called something for this cell, after so many calls, or everything is over. */
const reached = async (stage: Stage, functionName: string, after = 0) => {
  const hasBegun = () => stage.cell.seen.slice(after).some((it) => it.functionName === functionName);
  const end = settled(stage).then(() => true);
  const look = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(hasBegun()), 2));
  while (!(await Promise.race([end, look()])));
};

const stop = ({ world }: Stage, runId: string) =>
  world.call('states', 'StopExecution', { executionArn: executionArn(trainOf(world), runId) }).catch(() => {});

const asked = async ({ world, refusals }: Stage, ask: () => Promise<unknown>) => {
  try {
    await world.act(ask);
  } catch (error) {
    refusals.push(error as Error);
  }
};

/** In the order of what they cost. */
export const scenarios: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async registered(stage) {
    await apply(stage, training(xgboost) + passing);
    arm(stage);
    await drop(stage);
    await asked(stage, () => stage.world.api.getRun(stage.runIds[0] ?? ''));
    await asked(stage, () => stage.world.api.listRuns(5));
    const month = new Date(stage.world.time.clock.now()).toISOString().slice(0, 7);
    await asked(stage, () => stage.world.api.getCosts({ month, pipeline: stage.pipeline }));
  },
  /** Somebody says yes; the pipeline asks for it. */
  async approved(stage) {
    const { world } = stage;
    await apply(stage, `${training(xgboost)}${passing}approval: { expires: 10m }\n`);
    arm(stage);
    const runId = await begin(stage);
    await reached(stage, 'approve');
    await settled(stage, 2000);
    await asked(stage, () => world.api.answerApproval(runId, { decision: 'approve', reason: 'good' }));
    await settled(stage);
  },
  /** Nobody says anything until it is too late. */
  async unanswered(stage) {
    await apply(stage, `${training(xgboost)}${passing}approval: { expires: 10m }\n`);
    arm(stage);
    await drop(stage);
  },
  /** Two drops at once: the second waits for the first, and is passed over by none. */
  async queued(stage) {
    await apply(stage, training(xgboost) + refusing);
    arm(stage);
    await begin(stage);
    await begin(stage, `${rows}1,3\n`);
    await settled(stage);
  },
  /** A pipeline that runs by itself, until its file is gone. */
  async scheduled(stage) {
    const { world, pipeline } = stage;
    await apply(stage, training(xgboost) + refusing);
    await drop(stage);
    arm(stage);
    await apply(stage, `${training(xgboost)}${refusing}schedule: rate(1 hour)\n`);
    await world.time.wait(70 * 60_000);
    await settled(stage);
    const at = { Bucket: bucketOf(world), Key: keys.pipeline(pipeline) };
    await world.act(() => world.clients.s3.send(new DeleteObjectCommand(at)));
    await settled(stage);
  },
  /** A pipeline that comes, is looked at and goes over HTTP, with a drop by an address that was handed out. */
  async filed(stage) {
    const { world, pipeline, runIds } = stage;
    const path = `/pipelines/${pipeline}`;
    const text = `name: ${pipeline}\n${training(xgboost)}${refusing}`;
    arm(stage);
    await asked(stage, () => world.api.putPipeline(pipeline, text));
    await asked(stage, () => world.api.putPipeline(pipeline, `${text}# again\n`));
    await asked(stage, async () => {
      const { versions } = (await world.api.ask('GET', `${path}/versions`)) as { versions?: { versionId: string }[] };
      await world.api.ask('GET', `${path}?version=${versions?.at(-1)?.versionId}`);
    });
    for (const route of [path, '/pipelines', '/openapi.json']) await asked(stage, () => world.api.ask('GET', route));
    await asked(stage, async () => {
      const body = JSON.stringify({ filename: 'data.csv' });
      const { url = '', key = '' } = (await world.api.ask('POST', `${path}/uploads`, body)) as Record<string, string>;
      // What goes wrong here goes wrong between S3 and somebody's browser.
      stage.cell.armed = false;
      const answer = await fetch(url, { method: 'PUT', body: rows });
      const version = answer.headers.get('x-amz-version-id') ?? '';
      if (answer.ok) runIds.push(runIdOf(pipeline, bucketOf(world), key, version, ''));
    });
    await settled(stage);
    arm(stage);
    await asked(stage, () => world.api.ask('DELETE', path));
    await settled(stage);
  },
  async refused(stage) {
    await apply(stage, training(xgboost) + refusing);
    arm(stage);
    await drop(stage);
  },
  async batch(stage) {
    await apply(stage, training(xgboost) + passing + toBatch);
    arm(stage);
    await drop(stage);
  },
  async endpoint(stage) {
    await apply(stage, training(xgboost) + passing + toEndpoint);
    arm(stage);
    await drop(stage);
    await asked(stage, () => stage.world.api.predictRows(stage.pipeline, [{ x: 1 }]));
  },
  /** A second drop meets the model of the first, with folds and two candidates; it is asked for over HTTP. */
  async challenged(stage) {
    const { world, pipeline, runIds } = stage;
    await apply(stage, training(xgboost) + passing + toEndpoint);
    await drop(stage);
    await apply(stage, `prepare: { split: { folds: 2 } }\n${training(xgboost, xgboost)}${passing}${toEndpoint}`);
    arm(stage);
    await asked(stage, async () => {
      const key = `drop/${pipeline}/data.csv`;
      const { runId } = await world.api.startRun(pipeline, { key, idempotencyKey: 'again' } as { key: string });
      runIds.push(runId);
    });
    await settled(stage);
  },
  /** A file without what the pipeline wants to predict. */
  async wrongFile(stage) {
    await apply(stage, `data: { target: z }\n${training(xgboost)}`);
    arm(stage);
    await drop(stage);
  },
  async stoppedWhileTraining(stage) {
    await apply(stage, training(patient));
    arm(stage);
    const runId = await begin(stage);
    await reached(stage, 'poll');
    await asked(stage, () => stage.world.api.stopRun(runId));
    await settled(stage, 2000);
    await stop(stage, runId);
    await settled(stage);
  },
  /** A run that is stopped amid its deployment has to go back to the model before it. */
  async stoppedWhileDeploying(stage) {
    await apply(stage, training(xgboost) + passing + toEndpoint);
    await drop(stage);
    const { length } = stage.cell.seen;
    arm(stage);
    const runId = await begin(stage);
    await reached(stage, 'smokeTest', length);
    await stop(stage, runId);
    await settled(stage);
  },
  /** An algorithm that fails says so in its log; asked for again, it fails again. */
  async retried(stage) {
    await apply(stage, training(hopeless));
    arm(stage);
    await drop(stage);
    await asked(stage, async () => {
      const { runId } = await stage.world.api.retryRun(stage.runIds[0] ?? '');
      stage.runIds.push(runId);
    });
    await settled(stage);
  },
  /** A set of files, closed by a marker and by a manifest, run again on the versions that it had. */
  async sets(stage) {
    const { world, pipeline, runIds } = stage;
    const settings = (on: string) => `data: { target: z }\n${training(xgboost)}trigger: { on: ${on} }\n`;
    const folder = `drop/${pipeline}/set/`;
    await apply(stage, settings('success'));
    arm(stage);
    await put(stage, `${folder}a.csv`, rows);
    const marked = await put(stage, `${folder}_SUCCESS`, '');
    runIds.push(marked.runId);
    await settled(stage);
    await apply(stage, settings('manifest'));
    const { key, runId } = await put(stage, `${folder}all.manifest`, manifestOf(world, folder, 'a.csv'));
    runIds.push(runId);
    await settled(stage);
    for (const id of [marked.runId, runId]) {
      await asked(stage, async () => void runIds.push((await world.api.retryRun(id)).runId));
      await settled(stage);
    }
    await asked(stage, async () => {
      const again = { key, idempotencyKey: 'again' } as { key: string };
      runIds.push((await world.api.startRun(pipeline, again)).runId);
    });
    await settled(stage);
  },
  /** Each drop takes the place of the one before it. */
  async replaced(stage) {
    await apply(stage, `${training(patient)}trigger: { policy: replace }\n`);
    arm(stage);
    await begin(stage);
    await reached(stage, 'poll');
    await apply(stage, `${training(xgboost)}${refusing}trigger: { policy: replace }\n`);
    await drop(stage, `${rows}1,3\n`);
  },
  /** Somebody says no. */
  async turnedDown(stage) {
    const { world } = stage;
    await apply(stage, `${training(xgboost)}${passing}approval: { expires: 10m }\n`);
    arm(stage);
    const runId = await begin(stage);
    await reached(stage, 'approve');
    await settled(stage, 2000);
    await asked(stage, () => world.api.answerApproval(runId, { decision: 'reject', reason: 'worse' }));
    await settled(stage);
  },
  /** New rows meet the deployed model: a set of them dropped, asked for and on a schedule. */
  async scored(stage) {
    const { world, pipeline } = stage;
    const settings = training(xgboost) + passing + toBatch;
    await apply(stage, `${settings}batch: { on: manifest }\n`);
    await drop(stage);
    arm(stage);
    const folder = `score/${pipeline}/`;
    await put(stage, `${folder}rows.csv`, 'x\n1\n2\n');
    const { key } = await put(stage, `${folder}all.manifest`, manifestOf(world, folder, 'rows.csv'));
    await settled(stage);
    await asked(stage, () => world.api.startBatch(pipeline, { key, idempotencyKey: 'again' }));
    await settled(stage);
    await apply(stage, `${settings}batch: { on: manifest, schedule: rate(1 hour) }\n`);
    await world.time.wait(70 * 60_000);
    await settled(stage);
    await apply(stage, `${settings}batch: { on: manifest, schedule: rate(2 days) }\n`);
    await settled(stage);
    await apply(stage, settings);
    await settled(stage);
  },
  /** Back to the model before, which is then ruled out no more than the one in its place. */
  async wentBack(stage) {
    const { world, pipeline, runIds } = stage;
    await apply(stage, training(xgboost) + passing + toBatch);
    await drop(stage);
    await drop(stage);
    arm(stage);
    await asked(stage, () => world.api.listModels(pipeline, 10));
    await asked(stage, async () => {
      const { runId } = await world.api.deployModel(pipeline, { action: 'rollback' }, 'back');
      runIds.push(runId);
    });
    await settled(stage);
    await asked(stage, () => world.api.answerModel(pipeline, 2, { decision: 'reject', reason: 'worse' }));
    await settled(stage);
  },
};
