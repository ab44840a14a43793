/** What a pipeline lives through, from the cheapest life to the dearest: each call is tried in the first that makes it. */
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { keys, runIdOf } from '../../spec/names.ts';
import { mishaps } from './mishaps.ts';
import { settled } from './settled.ts';
import {
  apply,
  arm,
  asked,
  begin,
  bucketOf,
  drop,
  hopeless,
  lose,
  manifestOf,
  passing,
  patient,
  put,
  reached,
  redrive,
  refusing,
  rows,
  stop,
  toBatch,
  toEndpoint,
  toShift,
  toTwo,
  training,
  xgboost,
  type Stage,
} from './stage.ts';

/** In the order of what they cost. */
const undisturbed: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
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
  approved: (stage) => answered(stage, { decision: 'approve', reason: 'good' }),
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
  /** The second model takes the requests of the first step by step. */
  async shifted(stage) {
    await apply(stage, training(xgboost) + passing + toShift);
    await drop(stage);
    arm(stage);
    await drop(stage);
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
  stoppedWhileDeploying: (stage) => stoppedAmid(stage, toEndpoint, ['smokeTest']),
  /** Stopped with half of the requests at the new model. */
  stoppedWhileShifting: (stage) => stoppedAmid(stage, toShift, ['shiftTraffic'], 2000),
  /** Stopped when the new model stands alone, and is asked for the second time. */
  stoppedWhenShifted: (stage) => stoppedAmid(stage, toShift, ['shiftTraffic', 'smokeTest']),
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
  /** Stopped when its model was scored, and redriven: it goes on with what it has. */
  async redriven(stage) {
    await apply(stage, training(xgboost) + passing);
    const runId = await begin(stage);
    await reached(stage, 'compare');
    await stop(stage, runId);
    await settled(stage);
    arm(stage);
    await redrive(stage, runId);
  },
  /** Stopped before its model was scored, and redriven before anybody has heard of that: what it has left is cleared away first. */
  async redrivenUnheard(stage) {
    await apply(stage, training(xgboost) + passing);
    const runId = await begin(stage);
    await reached(stage, 'poll');
    await reached(stage, 'submit', stage.cell.seen.length);
    lose(stage, 'runEnded');
    await stop(stage, runId);
    await settled(stage, 10_000);
    lose(stage);
    arm(stage);
    await redrive(stage, runId);
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
  turnedDown: (stage) => answered(stage, { decision: 'reject', reason: 'worse' }),
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
  /** Two models behind one endpoint, whose shares change, until one is ruled out. */
  async beside(stage) {
    const { world, pipeline, runIds } = stage;
    await apply(stage, training(xgboost) + passing + toTwo);
    await drop(stage);
    arm(stage);
    await drop(stage);
    await asked(stage, () => world.api.predictRows(pipeline, [{ x: 1 }]));
    await asked(stage, () => world.api.putWeights(pipeline, { champion: 0.4, challenger: 0.6 }));
    await asked(stage, () => world.api.getEndpoint(pipeline));
    // A request that died holds the deployment for a minute.
    await world.time.wait(70_000);
    await asked(stage, async () => {
      const { runId } = await world.api.answerModel(pipeline, 2, { decision: 'reject', reason: 'worse' });
      if (runId !== undefined) runIds.push(runId);
    });
    await settled(stage);
  },
  /** A third model is stopped amid its deployment: the endpoint goes back to two, with the shares that they have been given since. */
  async besideBack(stage) {
    const { world, pipeline } = stage;
    await apply(stage, training(xgboost) + passing + toTwo);
    await drop(stage);
    await drop(stage);
    await asked(stage, () => world.api.putWeights(pipeline, { champion: 0.4, challenger: 0.6 }));
    arm(stage);
    const { length } = stage.cell.seen;
    const runId = await begin(stage);
    await reached(stage, 'smokeTest', length);
    await stop(stage, runId);
    await settled(stage);
  },
};

/** In the order in which calls are tried in them. */
export const scenarios: typeof undisturbed = { ...undisturbed, ...mishaps };

/** A second model is being deployed when its run is stopped: so long (virtual ms) after it has come to these functions, one after the other. */
const stoppedAmid = async (stage: Stage, deploy: string, reaching: readonly string[], after = 0) => {
  await apply(stage, training(xgboost) + passing + deploy);
  await drop(stage);
  let { length } = stage.cell.seen;
  arm(stage);
  const runId = await begin(stage);
  for (const functionName of reaching) {
    await reached(stage, functionName, length);
    ({ length } = stage.cell.seen);
  }
  if (after > 0) await settled(stage, after);
  await stop(stage, runId);
  await settled(stage);
};

/** A run asks whether its model may be deployed, and hears an answer. */
const answered = async (stage: Stage, answer: Parameters<Stage['world']['api']['answerApproval']>[1]) => {
  const { world } = stage;
  await apply(stage, `${training(xgboost)}${passing}approval: { expires: 10m }\n`);
  arm(stage);
  const runId = await begin(stage);
  await reached(stage, 'approve');
  await settled(stage, 2000);
  // Who asks may have died on the way and be tried again: nobody answers before having been asked.
  for (let turn = 0; turn < 5; turn++) {
    const refused = stage.refusals.length;
    await asked(stage, () => world.api.answerApproval(runId, answer));
    if (!stage.refusals.slice(refused).some(({ message }) => message.includes('nobody was asked'))) break;
    stage.refusals.splice(refused);
    await settled(stage, 60_000);
  }
  await settled(stage);
};
