/** Lives in which events are lost and people are late: what the product does then needs permissions that nothing else does. */
import { settled } from './settled.ts';
import {
  apply,
  arm,
  asked,
  begin,
  drop,
  hopeless,
  lose,
  manifestOf,
  mute,
  passing,
  patient,
  put,
  reached,
  reapAfter,
  refusing,
  rows,
  stop,
  toBatch,
  toEndpoint,
  training,
  trainOf,
  xgboost,
  type Stage,
} from './stage.ts';

const again = (x: number) => `${rows}${x},3\n`;

const startAgain = (stage: Stage, idempotencyKey: string) =>
  asked(stage, async () => {
    const key = `drop/${stage.pipeline}/data.csv`;
    const { runId } = await stage.world.api.startRun(stage.pipeline, { key, idempotencyKey } as { key: string });
    stage.runIds.push(runId);
  });

export const mishaps: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  /** An endpoint is taken away. */
  async undeployed(stage) {
    await apply(stage, training(xgboost) + passing + toEndpoint);
    await drop(stage);
    arm(stage);
    await asked(stage, () => stage.world.api.undeploy(stage.pipeline));
    // A request that died holds the deployment for a minute; asked again, it does the rest.
    await stage.world.time.wait(70_000);
    stage.cell.armed = false;
    await asked(stage, () => stage.world.api.undeploy(stage.pipeline));
    await settled(stage);
  },
  /** The second of two drops is called off while it waits for the first. */
  async calledOff(stage) {
    const { world } = stage;
    await apply(stage, training(patient));
    arm(stage);
    const first = await begin(stage);
    await reached(stage, 'poll');
    const { length } = stage.cell.seen;
    const second = await begin(stage, again(1));
    await reached(stage, 'triggers-s3', length);
    await settled(stage, 2000);
    await asked(stage, () => world.api.stopRun(second));
    await asked(stage, () => world.api.stopRun(first));
    await settled(stage, 2000);
    await stop(stage, first);
    await settled(stage);
    await stop(stage, second);
    await settled(stage);
  },
  /** Nobody hears of jobs: the waits look by themselves. A rule asks what the training has cost. */
  async unheardJobs(stage) {
    await apply(stage, `${training(xgboost)}gate: { rules: [{ figure: trainingSeconds, max: 99999 }] }\n`);
    arm(stage);
    lose(stage, 'jobChanged');
    await drop(stage);
    await apply(stage, training(hopeless));
    await drop(stage, again(1));
    lose(stage);
  },
  /** Two runs beside each other: the model of the first is deployed while the second compares with none. */
  async overtaken(stage) {
    await apply(stage, `${training(xgboost)}${passing}${toBatch}trigger: { policy: parallel }\n`);
    arm(stage);
    await begin(stage);
    await begin(stage, again(1));
    await settled(stage);
  },
  /** An answer comes between two attempts to ask for it. */
  async answeredEarly(stage) {
    await apply(stage, `${training(xgboost)}${passing}approval: { expires: 10m }\n`);
    arm(stage);
    lose(stage, 'approve sns.Publish');
    const runId = await begin(stage);
    await reached(stage, 'approve');
    await settled(stage, 1000);
    await asked(stage, () => stage.world.api.answerApproval(runId, { decision: 'approve', reason: 'good' }));
    lose(stage);
    await settled(stage);
  },
  /** An answer comes after the end of its run, of which nobody has heard. */
  async answeredLate(stage) {
    await apply(stage, `${training(xgboost)}${passing}approval: { expires: 10m }\n`);
    arm(stage);
    lose(stage, 'runEnded');
    const runId = await begin(stage);
    await reached(stage, 'approve');
    await settled(stage, 2000);
    await stop(stage, runId);
    await settled(stage);
    await asked(stage, () => stage.world.api.answerApproval(runId, { decision: 'approve', reason: 'good' }));
    lose(stage);
    await reapAfter(stage, 21);
    await settled(stage);
  },
  /** Ends that nobody hears: each start that follows frees the place of the one before it, the reaper that of the last. */
  async unheardEnds(stage) {
    const { world } = stage;
    await apply(stage, training(xgboost) + refusing);
    arm(stage);
    lose(stage, 'runEnded');
    await drop(stage);
    await drop(stage, again(1));
    await startAgain(stage, 'first');
    await settled(stage);
    await apply(stage, `${training(hopeless)}schedule: rate(1 hour)\n`);
    await world.time.wait(70 * 60_000);
    await settled(stage);
    await apply(stage, training(xgboost) + refusing);
    await asked(stage, async () => {
      const runs = (await world.api.listRuns(100)) as { runs: { runId: string; pipeline: string; trigger: string }[] };
      const failed = runs.runs.find((it) => it.pipeline === stage.pipeline && it.trigger === 'schedule');
      const { runId } = await world.api.retryRun(failed?.runId ?? '');
      stage.runIds.push(runId);
    });
    await settled(stage);
    lose(stage);
    // So soon the last one counts as being heard: the end of another that is heard frees its place.
    await reapAfter(stage, 1);
    await reapAfter(stage, 21);
    await settled(stage);
  },
  /** Whatever starts a run takes the place of the one before it: a request, a schedule, a retry. */
  async replacedAgain(stage) {
    const { world } = stage;
    const settings = `${training(patient)}trigger: { policy: replace }\n`;
    await apply(stage, settings);
    arm(stage);
    const first = await begin(stage);
    await reached(stage, 'poll');
    await startAgain(stage, 'first');
    await settled(stage, 60_000);
    await apply(stage, `${settings}schedule: rate(30 minutes)\n`);
    // A training may last for an hour.
    await world.time.wait(35 * 60_000);
    await apply(stage, `${training(xgboost)}${refusing}trigger: { policy: replace }\n`);
    await settled(stage, 60_000);
    await asked(stage, async () => void stage.runIds.push((await world.api.retryRun(first)).runId));
    await settled(stage);
  },
  /** A run is stopped and nobody hears of it: it holds its place, its executions and its jobs until the reaper comes by. */
  async orphaned(stage) {
    await apply(stage, training(patient, mute));
    arm(stage);
    lose(stage, 'runEnded', 'jobChanged');
    const { length } = stage.cell.seen;
    const first = await begin(stage);
    await reached(stage, 'poll', length);
    // The second candidate waits for its training until it looks by itself, and then for a transform that never ends.
    await settled(stage, 20 * 60_000);
    await apply(stage, training(xgboost) + refusing);
    await begin(stage, again(1));
    await settled(stage, 10_000);
    // One that Step Functions does not stop with its parent.
    const stateMachineArn = trainOf(stage.world).replace(/train$/, 'candidate');
    const input = JSON.stringify({ runId: first, candidate: 0 });
    await stage.world.call('states', 'StartExecution', { stateMachineArn, name: `${first}-c0-left`, input });
    await settled(stage, 10_000);
    await stop(stage, first);
    await reapAfter(stage, 21);
    lose(stage);
    await reapAfter(stage, 15);
    await settled(stage);
  },
  /** A file that a manifest names is not there, first of new rows, then of a drop. */
  async gone(stage) {
    const { world, pipeline, runIds } = stage;
    const settings = training(xgboost) + passing + toBatch;
    await apply(stage, `${settings}batch: { on: manifest }\n`);
    await drop(stage);
    await apply(stage, `${settings}batch: { on: manifest }\ntrigger: { on: manifest }\n`);
    arm(stage);
    await put(stage, `score/${pipeline}/all.manifest`, manifestOf(world, `score/${pipeline}/`, 'none.csv'));
    await settled(stage);
    const folder = `drop/${pipeline}/`;
    runIds.push((await put(stage, `${folder}all.manifest`, manifestOf(world, folder, 'none.csv'))).runId);
    await settled(stage);
  },
  /** A run is recorded and never started. */
  async unstarted(stage) {
    await apply(stage, training(xgboost) + refusing);
    arm(stage);
    lose(stage, 'triggers-s3 states.StartExecution');
    await begin(stage);
    await settled(stage);
    lose(stage);
    await reapAfter(stage, 21);
    await settled(stage);
  },
};
