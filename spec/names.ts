/**
 * Every name of a run can be computed from its request, so that a retry, a redrive or a clean-up finds what an earlier
 * attempt made. SageMaker allows 63 characters: 36 for the pipeline, 17 for the hash, 10 for the suffix.
 */
import { createHash } from 'node:crypto';

/** `<pipeline>-<16 hex>`: the same pipeline and `identity` parts always give the same id. */
export const runIdOf = (pipeline: string, ...identity: readonly string[]) => {
  const hash = createHash('sha256').update(JSON.stringify([pipeline, ...identity]));
  return `${pipeline}-${hash.digest('hex').slice(0, 16)}`;
};

/** The pipeline of a run id made by `runIdOf`. */
export const pipelineOf = (runId: string) => runId.slice(0, -17);

/** The run that a job's or an execution's name was computed from; undefined for a name that is no run's. */
export const runIdIn = (name: string): string | undefined => /^(.+-[0-9a-f]{16})-/.exec(name)?.[1];

/** A candidate trained without the rows of one fold and scored on them: `0f3` is candidate 0 without fold 3. */
export type FoldId = `${number}f${number}`;

/** Candidates are numbered in plan order; the champion that is scored beside them is `champion`. */
export type CandidateId = number | 'champion' | FoldId;

export const foldId = (candidate: number, fold: number): FoldId => `${candidate}f${fold}`;

/** Which candidate of the plan it is, and which fold it leaves out, if any. */
export const partsOf = (candidate: CandidateId): { candidate: number | 'champion'; fold?: number } => {
  if (typeof candidate === 'number' || candidate === 'champion') return { candidate };
  const [number = Number.NaN, fold = Number.NaN] = candidate.split('f').map(Number);
  return { candidate: number, fold };
};

const short = (candidate: CandidateId) => (candidate === 'champion' ? 'x' : String(candidate));
const inFold = (candidate: CandidateId) => partsOf(candidate).fold !== undefined;

/**
 * How often an execution may be redriven with a number that fits into the names of its jobs; Step Functions itself allows more.
 */
export const mostRedrives = 99;

/** A run as of one redrive (0: never redriven): what it holds then is not what it held before. */
export const attemptOf = (runId: string, redrives: number) => (redrives === 0 ? runId : `${runId}#${redrives}`);

/** The run that holds something as `attemptOf` says. */
export const runOfAttempt = (holder: string) => holder.split('#')[0] ?? holder;

const number = (redrives: number) => (redrives === 0 ? '' : String(redrives));
const suffix = (redrives: number) => (redrives === 0 ? '' : `-r${redrives}`);

/** With a fold or a redrive the suffix is shortened: `-19f99-t12` has to fit, too. */
const jobName = (runId: string, candidate: CandidateId, what: 'train' | 'score', redrives: number) => {
  const id = inFold(candidate) ? String(candidate) : `c${short(candidate)}`;
  const isShort = inFold(candidate) || redrives > 0;
  return `${runId}-${id}-${isShort ? what.slice(0, 1) : what}${number(redrives)}`;
};

export const trainingJobName = (runId: string, candidate: CandidateId, redrives = 0) =>
  jobName(runId, candidate, 'train', redrives);
export const transformJobName = (runId: string, candidate: CandidateId, redrives = 0) =>
  jobName(runId, candidate, 'score', redrives);
export const batchJobName = (runId: string, redrives = 0) => `${runId}-batch${number(redrives)}`;
/** The redrive that a job's name was made for. */
export const redrivesIn = (jobName: string): number => Number(/-(?:t|s|batch)(\d{1,2})$/.exec(jobName)?.[1] ?? 0);
/** Of a model there is one, however often its run was redriven: it is made of the one training that has completed. */
export const modelName = (runId: string, candidate: CandidateId) => `${runId}-c${short(candidate)}`;
export const candidateExecutionName = (runId: string, candidate: CandidateId, redrives = 0) =>
  `${runId}-c${short(candidate)}${suffix(redrives)}`;
export const deployExecutionName = (runId: string, redrives = 0) => `${runId}-deploy${suffix(redrives)}`;
/** Takes back what a run that ended amid its deployment has changed. */
export const rollbackExecutionName = (runId: string, redrives = 0) => `${runId}-back${suffix(redrives)}`;
/** The ARN of an execution, from its machine's ARN and its name (Step Functions: ARNs of executions). */
export const executionArn = (stateMachineArn: string, name: string) =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
export const endpointConfigName = (runId: string) => runId;
/** The configuration by which a run's model takes the traffic beside what served before; `endpointConfigName` is what it comes to. */
export const shiftConfigName = (runId: string, redrives = 0) => `${runId}-shift${number(redrives)}`;
/** The run that an endpoint configuration was made by, if a run has made it. */
export const runOfConfig = (config: string) => config.replace(/-shift\d{0,2}$/, '');
/** Tells which run's model answered, so that its rows are prepared by its own recipe. */
export const variantName = (runId: string) => runId;
/**
 * Stable: the endpoint is updated in place from run to run. `stack` is service and stage, at most 26 characters, so that two
 * stages of one account keep out of each other's way.
 */
export const endpointName = (stack: string, pipeline: string) => `${stack}-${pipeline}`;
export const modelPackageGroupName = (stack: string, pipeline: string) => `${stack}-${pipeline}`;

/** Where the rows of a run, or of one of its folds, lie. */
const partOf = (runId: string, fold?: number) =>
  fold === undefined ? `runs/${runId}/` : `runs/${runId}/folds/${fold}/`;

/** Where the files of all pipelines lie. */
export const pipelinesPrefix = 'pipelines/';

/** The name that stands in the key of a pipeline file, whether it is a valid one or not. */
export const pipelineOfKey = (key: string): string | undefined => /^pipelines\/([^/]+)\.yaml$/.exec(key)?.[1];

/** Keys of the bucket. */
export const keys = {
  pipeline: (pipeline: string) => `pipelines/${pipeline}.yaml`,
  /** What instances cost where and for whom this runs, in place of our own table. */
  prices: 'prices.yaml',
  run: (runId: string) => `runs/${runId}/`,
  /** Every object of a set with the version that it had when the set was closed. */
  drop: (runId: string) => `runs/${runId}/drop.json`,
  plan: (runId: string) => `runs/${runId}/plan.json`,
  profile: (runId: string) => `runs/${runId}/profile.json`,
  prepared: (runId: string) => `runs/${runId}/prepared.json`,
  recipe: (runId: string) => `runs/${runId}/recipe.json`,
  channel: (runId: string, channel: 'train' | 'validation', fold?: number) =>
    `${partOf(runId, fold)}${channel}/${channel}.csv`,
  /** The same rows with their weights behind their labels, for algorithms that read them there. */
  weightedChannel: (runId: string, channel: 'train' | 'validation', fold?: number) =>
    `${partOf(runId, fold)}${channel}/weighted.csv`,
  /** All that a candidate is to score. */
  scoring: (runId: string, fold?: number) => `${partOf(runId, fold)}test/score/`,
  testFeatures: (runId: string, fold?: number) => `${partOf(runId, fold)}test/score/features.csv`,
  testLabels: (runId: string, fold?: number) => `${partOf(runId, fold)}test/labels.csv`,
  /** The validation rows, scored beside the held-out ones where a threshold is chosen on them. */
  validationFeatures: (runId: string, fold?: number) => `${partOf(runId, fold)}test/score/validation.csv`,
  validationLabels: (runId: string, fold?: number) => `${partOf(runId, fold)}validation/labels.csv`,
  /** Held-out rows with the values of one column shuffled; see data/permuted.ts. */
  permuted: (runId: string) => `runs/${runId}/test/score/permuted.csv`,
  /** Which slice each held-out row belongs to: a number for each of the prepared slices. */
  testSlices: (runId: string) => `runs/${runId}/test/slices.csv`,
  /** How far this drop is from the one that the champion learned from. */
  drift: (runId: string) => `runs/${runId}/drift.json`,
  /** The same held-out rows, prepared by the champion's own recipe. */
  championFeatures: (runId: string) => `runs/${runId}/champion/features.csv`,
  batchFeatures: (runId: string) => `runs/${runId}/batch/features.csv`,
  /** A line for each row that cannot be scored: its number and why. */
  batchRejected: (runId: string) => `runs/${runId}/batch/rejected.jsonl`,
  candidate: (runId: string, candidate: CandidateId) => `runs/${runId}/candidates/${candidate}/`,
  /** Where a candidate's training job puts its artefact: `<job>/output/model.tar.gz` below it, as SageMaker lays it down. */
  training: (runId: string, candidate: CandidateId) => `runs/${runId}/candidates/${candidate}/training`,
  model: (runId: string, candidate: CandidateId, job = trainingJobName(runId, candidate)) =>
    `runs/${runId}/candidates/${candidate}/training/${job}/output/model.tar.gz`,
  metrics: (runId: string, candidate: CandidateId) => `runs/${runId}/candidates/${candidate}/metrics.json`,
  /** Curves, slices, importance: what a report shows and nobody else needs. */
  evaluated: (runId: string, candidate: CandidateId) => `runs/${runId}/candidates/${candidate}/evaluation.json`,
  /** In SageMaker's format of model quality, for the registry. */
  modelQuality: (runId: string, candidate: CandidateId) => `runs/${runId}/candidates/${candidate}/modelQuality.json`,
  report: (runId: string) => `runs/${runId}/report.html`,
  gate: (runId: string) => `runs/${runId}/gate.json`,
  evaluation: (runId: string) => `runs/${runId}/evaluation.json`,
  modelRecipe: (pipeline: string, runId: string) => `models/${pipeline}/${runId}/recipe.json`,
  predictions: (runId: string) => `batch/${runId}/predictions.csv`,
  /** How many rows were read, scored and rejected. */
  predictionsSummary: (runId: string) => `batch/${runId}/summary.json`,
};
