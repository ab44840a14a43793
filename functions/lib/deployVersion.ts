/** Deploys a version of the registry without training: a run of its own, through the machine that deploys every other. */
import * as z from 'zod';
import { keys, runIdOf } from '../../spec/names.ts';
import type { ModelVersion } from '../../spec/modelVersion.ts';
import { candidateResult, runInput, type Champion, type RunInput } from '../../spec/run.ts';
import { headOf, readText } from './bucket.ts';
import { Conflict, Gone, NotFound } from './defineRoute.ts';
import { environment } from './environment.ts';
import { getChampion } from './ledger/champion.ts';
import { addRun, getRun, type RunRecord } from './ledger/runs.ts';
import { describeVersion, findVersion } from './registry.ts';
import { readPlan } from './run.ts';
import { execute } from './startNext.ts';

export interface DeploymentRequest {
  action: 'promote' | 'rollback';
  /** Default, for a rollback: the champion's where a challenger serves beside it, else the newest below that has served before. */
  version?: number | undefined;
  /** The same key again is the same run. */
  idempotencyKey: string;
}

/** Throws NotFound, Conflict or Gone before anything is begun. */
export const deployVersion = async (pipeline: string, { action, version, idempotencyKey }: DeploymentRequest) => {
  // Of what was asked for, not of what it came to: the second of two equal rollbacks goes no further back.
  const runId = runIdOf(pipeline, 'deployment', action, String(version ?? ''), idempotencyKey);
  const known = await getRun(runId);
  if (known?.deploys) {
    if (known.outcome === 'RUNNING') await execute(inputOf(known));
    return { runId, version: known.deploys.version, started: false, outcome: known.outcome };
  }
  const champion = await getChampion(pipeline);
  const model = version === undefined ? await versionBefore(pipeline, champion) : await numbered(pipeline, version);
  refuseUnfit(pipeline, model, champion);
  await refuseIncomplete(pipeline, model);
  const { source } = await readPlan(model.runId);
  const { modelPackageArn } = model;
  const beside = champion?.modelPackageArn === modelPackageArn ? champion.beside : undefined;
  const input: RunInput = {
    pipeline,
    source,
    trigger: action,
    idempotencyKey,
    runId,
    deploys: {
      version: model.version,
      modelPackageArn,
      runId: model.runId,
      winner: model.candidate,
      ...(beside && { beside: beside.runId }),
    },
  };
  // It waits for no other run: whoever goes back is in a hurry. The lock of the deployment keeps runs apart.
  const started = await addRun(input);
  await execute(input);
  return { runId, version: model.version, started, outcome: 'RUNNING' as const };
};

/** What the run was begun with: somebody may have died between recording it and starting it. */
const inputOf = (run: RunRecord): RunInput => z.object(runInput.shape).parse(run);

export const numbered = async (pipeline: string, version: number): Promise<ModelVersion> => {
  const found = await findVersion(
    pipeline,
    () => true,
    (it) => it === version,
  );
  if (!found)
    throw new NotFound(`The pipeline ${pipeline} has no model version ${version}: sluice models ${pipeline}.`);
  return found;
};

const versionBefore = async (pipeline: string, champion: Champion | undefined): Promise<ModelVersion> => {
  if (!champion) throw new Conflict(`The pipeline ${pipeline} has no deployed model to go back from.`);
  const present = await describeVersion(champion.modelPackageArn);
  // The last step was a challenger's: going back is taking it away.
  if (champion.beside) return present;
  const { version } = present;
  const before = await findVersion(
    pipeline,
    ({ deployedAt, status }) => deployedAt !== undefined && status === 'Approved',
    (it) => it < version,
  );
  if (!before)
    throw new Conflict(
      `No version of ${pipeline} before the present one, ${version}, has served: there is nothing to go back to.`,
    );
  return before;
};

const refuseUnfit = (pipeline: string, model: ModelVersion, champion: Champion | undefined) => {
  const { version, status, modelPackageArn } = model;
  if (champion?.modelPackageArn === modelPackageArn && !champion.beside)
    throw new Conflict(`Version ${version} of ${pipeline} is the deployed model already.`);
  if (status !== 'Approved')
    throw new Conflict(
      `Version ${version} of ${pipeline} is ${status}, and only an Approved one is deployed.` +
        ` ${status === 'Rejected' ? `Approve it first: sluice approve ${pipeline} ${version}.` : `Its run waits for an answer: sluice approve ${model.runId}.`}`,
    );
};

/** All that it takes to serve a version and to test that it answers as evaluated. */
const refuseIncomplete = async (pipeline: string, { version, runId, candidate }: ModelVersion) => {
  const metrics = await readText(keys.metrics(runId, candidate));
  const { trainingJob } = metrics ? candidateResult.parse(JSON.parse(metrics.text)) : {};
  const needed = [
    keys.model(runId, candidate, trainingJob),
    keys.modelRecipe(pipeline, runId),
    keys.plan(runId),
    keys.prepared(runId),
    keys.metrics(runId, candidate),
    keys.testFeatures(runId),
    `${keys.candidate(runId, candidate)}features.csv.out`,
  ];
  const there = await Promise.all(needed.map(headOf));
  const gone = needed.filter((_, i) => !there[i]).map((key) => `s3://${environment('BUCKET_NAME')}/${key}`);
  if (gone.length > 0)
    throw new Gone(`Version ${version} of ${pipeline} cannot be deployed any more. Missing: ${gone.join(', ')}.`);
};
