/** What travels between the functions of one run. State carried by a machine is small; the rest lies under runs/<runId>/. */
import * as z from 'zod';
import { approvalSchema } from './approval.ts';
import { comparison, foldSummary, intervals, slice } from './evaluation.ts';
import { mostRedrives } from './names.ts';
import { pipelineName, pipelineSchema } from './pipeline.ts';
import { priceList } from './prices.ts';

export const runId = z
  .string()
  .regex(/^[a-z0-9](-?[a-z0-9])*-[0-9a-f]{16}$/)
  .max(53);

/** One object version in the bucket: what a run is about. */
export const objectVersion = z.strictObject({
  bucket: z.string().min(3).max(63),
  key: z.string().min(1).max(1024),
  /** Absent only where a bucket was never versioned. */
  versionId: z.string().min(1).max(1024).optional(),
});
export type ObjectVersion = z.infer<typeof objectVersion>;

/** What a trigger makes of its event; it holds no time, so that a repeated event is the same request. */
export const runRequest = z.strictObject({
  pipeline: pipelineName,
  source: objectVersion,
  /** `promote` and `rollback` deploy a registered model without training. */
  trigger: z.enum(['s3', 'http', 'schedule', 'promote', 'rollback']),
  /** Makes another run of the same object version; from the caller's idempotency key. */
  idempotencyKey: z.string().min(1).max(256).optional(),
  /** The rows are scored by the deployed model; absent: a model is trained on them. */
  kind: z.literal('score').optional(),
});
export type RunRequest = z.infer<typeof runRequest>;

/** A version of the registry, and the run and candidate that made it. */
export const registeredModel = z.strictObject({
  version: z.int().min(1),
  modelPackageArn: z.string().min(1).max(2048),
  runId,
  winner: z.int().min(0).max(99),
  /** The run whose model served beside this one and is to be taken away. */
  beside: runId.optional(),
});
export type RegisteredModel = z.infer<typeof registeredModel>;

/** The input of the train machine; with `deploys` nothing is trained. */
export const runInput = runRequest.extend({ runId, deploys: registeredModel.optional() });
export type RunInput = z.infer<typeof runInput>;

/**
 * How often the run had been redriven (Step Functions: RedriveExecution) when a step of it was asked for; what belongs to another
 * redrive than the ledger's is refused.
 */
export const redrives = z.int().min(0).max(mostRedrives).default(0);

/** The name of a SageMaker job. */
export const jobName = z.string().min(1).max(63);

export const candidateId = z.union([
  z.int().min(0).max(99),
  z.literal('champion'),
  z.templateLiteral([z.int().min(0).max(99), 'f', z.int().min(0).max(99)]),
]);

const plannedCandidate = z.strictObject({
  id: z.int().min(0).max(99),
  algorithm: z.string(),
  imageUri: z.string(),
  /** As the user gave them, checked; completed when the data is known. */
  hyperparameters: z.record(z.string(), z.string()),
});
export type PlannedCandidate = z.infer<typeof plannedCandidate>;

/** A model that answers requests, as the ledger keeps it. */
const servedModel = {
  runId,
  algorithm: z.string(),
  modelName: z.string(),
  modelPackageArn: z.string(),
  recipeKey: z.string(),
  /** Two classes: class 1 is answered from this score on; absent of models from before it could be chosen: 0.5. */
  threshold: z.number().optional(),
};

const share = z.number().min(0).max(1);

/** An accepted challenger that serves beside the champion, with its share of the requests; the champion has the rest. */
const besideSchema = z.strictObject({ ...servedModel, weight: share });
export type Beside = z.infer<typeof besideSchema>;

/** The deployed model of a pipeline. */
export const championSchema = z.strictObject({
  ...servedModel,
  /** Deployed to: the endpoint's name for target endpoint. */
  target: z.enum(['endpoint', 'batch']),
  /** Of both models, where there are two. */
  endpointConfigName: z.string().optional(),
  beside: besideSchema.optional(),
});
export type Champion = z.infer<typeof championSchema>;

/** A model that is on its way to the endpoint, beside the champion; it gets `share` of the requests meanwhile. */
export const challengerSchema = championSchema.omit({ beside: true }).extend({ share });
export type Challenger = z.infer<typeof challengerSchema>;

/** The input of the score machine; the model is the one that was deployed when the run was asked for. */
export const scoringInput = runInput.extend({ kind: z.literal('score'), champion: championSchema.optional() });
export type ScoringInput = z.infer<typeof scoringInput>;

/** batch/<runId>/summary.json: scored and rejected rows add up to those read. */
export const scoringSummary = z.strictObject({
  runId,
  /** The model's version in the registry. */
  model: z.string(),
  modelPackageArn: z.string(),
  source: objectVersion,
  rows: z.strictObject({ read: z.int(), scored: z.int(), rejected: z.int() }),
  /** The first 20 rows that could not be scored. */
  rejected: z.array(z.strictObject({ row: z.int(), why: z.string() })),
  /** URI of the predictions. */
  predictions: z.string(),
  /** One sentence for people. */
  summary: z.string(),
});
export type ScoringSummary = z.infer<typeof scoringSummary>;

/** runs/<runId>/plan.json: the frozen plan. */
export const planSchema = z.strictObject({
  runId,
  source: objectVersion,
  pipeline: pipelineSchema,
  /** The version of the pipeline file this run follows; absent when there is no file. */
  pipelineVersionId: z.string().optional(),
  candidates: z.array(plannedCandidate),
  champion: championSchema.optional(),
  /** The registered model that is deployed instead of one of the candidates, of which there are none then. */
  deploys: registeredModel.optional(),
  /** Of the instance types that the run takes, as they were known when it began. */
  prices: priceList.optional(),
  /** Upper bound of the jobs' price in USD; absent when an instance has no known price. */
  costCeilingUsd: z.number().optional(),
  /** What the endpoint costs as long as it stands; absent without one, or when its instance has no known price. */
  endpointUsdPerMonth: z.number().optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** runs/<runId>/prepared.json: what preparation found, small enough to travel. */
export const preparedSchema = z.strictObject({
  problem: z.enum(['binary', 'multiclass', 'regression']),
  target: z.string(),
  classes: z.array(z.string()).optional(),
  classCounts: z.array(z.int()).optional(),
  /** How much the rows of each class count in training; absent when all count alike. */
  classWeights: z.array(z.number().positive()).optional(),
  rows: z.strictObject({ read: z.int(), train: z.int(), validation: z.int(), test: z.int() }),
  features: z.int(),
  /** Metrics on the test split of always answering the train split's mean or class shares. */
  baseline: z.record(z.string(), z.number()),
  objective: z.string(),
  /** The first 20 columns that preparation left out by itself, and why: constant, an id, the target in other words. */
  leftOut: z.array(z.strictObject({ column: z.string(), reason: z.string() })),
  /** What was prepared without each fold. */
  folds: z
    .array(
      z.strictObject({
        train: z.int(),
        test: z.int(),
        features: z.int(),
        classCounts: z.array(z.int()).optional(),
        classWeights: z.array(z.number().positive()).optional(),
        /** Classes of which the fold has no row to score. */
        withoutRows: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  /** Columns by which the held-out rows are looked at apart, as test/slices.csv has them. */
  slices: z.array(z.strictObject({ column: z.string(), names: z.array(z.string()) })).optional(),
  /** What lies in test/score/permuted.csv. */
  permuted: z.strictObject({ columns: z.array(z.string()), rows: z.int(), repeats: z.int() }).optional(),
  /** Why the champion cannot be scored on this file, when it cannot. */
  championComplaint: z.string().optional(),
});
export type Prepared = z.infer<typeof preparedSchema>;

export const confusionMatrix = z.array(z.array(z.number()));

/** runs/<runId>/candidates/<n>/metrics.json */
export const candidateResult = z.strictObject({
  candidate: candidateId,
  algorithm: z.string(),
  modelName: z.string(),
  metrics: z.record(z.string(), z.number()),
  confusionMatrix: confusionMatrix.optional(),
  /** Two classes: class 1 is answered from this score on, and the metrics hold for it. */
  threshold: z.number().optional(),
  /** What the metrics of other held-out rows may have been. */
  intervals: intervals.optional(),
  /** Of the columns that rules of the gate name. */
  slices: z.array(slice).optional(),
  /** Every metric over the folds. */
  folds: z.record(z.string(), foldSummary).optional(),
  /** The objective against the champion's on the same rows. */
  comparison: comparison.optional(),
  /** The training job that made the model; absent of the champion, and of what was evaluated before jobs could be redriven. */
  trainingJob: jobName.optional(),
});
export type CandidateResult = z.infer<typeof candidateResult>;

/** One rule of the gate with its numbers. */
export const ruleVerdict = z.strictObject({
  rule: z.string(),
  passed: z.boolean(),
  reason: z.string(),
});

/** runs/<runId>/gate.json */
export const gateVerdict = z.strictObject({
  passed: z.boolean(),
  objective: z.string(),
  winner: z.int().optional(),
  algorithm: z.string().optional(),
  rules: z.array(ruleVerdict),
  /** What one should know beside the rules. */
  notes: z.array(z.string()).optional(),
  /** One sentence for people. */
  summary: z.string(),
});
export type RuleVerdict = z.infer<typeof ruleVerdict>;
export type GateVerdict = z.infer<typeof gateVerdict>;

/** How a run stands or ended, as the ledger and the notification tell it. */
export const outcomes = [
  'QUEUED',
  'RUNNING',
  'DEPLOYED',
  'REGISTERED',
  'SCORED',
  'REFUSED',
  'OVERTAKEN',
  'ROLLED_BACK',
  'REJECTED',
  'EXPIRED',
  'FAILED',
  'STOPPED',
  'TIMED_OUT',
  'SKIPPED',
] as const;
export type Outcome = (typeof outcomes)[number];

/** A run as the ledger keeps it and the HTTP API lists it. */
export const runRecord = runRequest
  .extend({
    runId,
    outcome: z.enum(outcomes),
    /** ISO 8601, UTC; of a run that waits or never began, when it was asked for. */
    startedAt: z.string(),
    endedAt: z.string().optional(),
    /** How often it was redriven, and since when it goes on. */
    redrives: z.int().min(1).optional(),
    redrivenAt: z.string().optional(),
    /** One sentence: the verdict, or what went wrong. */
    summary: z.string().optional(),
    /** Of a run that was skipped: the one that was active or newer. */
    gaveWayTo: runId.optional(),
    endpointName: z.string().optional(),
    modelPackageArn: z.string().optional(),
    /** Only of a run that deploys a registered model without training. */
    deploys: registeredModel.optional(),
    /** USD of an instance hour by type, as known when the run began; a type that is absent has no known price. */
    prices: z.record(z.string(), z.number()).optional(),
    /** Of the jobs that have ended; `costUnknown` are instance types of jobs that are not in it. */
    costUsd: z.number().optional(),
    costUnknown: z.array(z.string()).optional(),
    /** Only of a run that had to ask. */
    approval: approvalSchema.optional(),
    /** Its model began to serve beside the deployed one, with this share of the requests. */
    beside: z.strictObject({ champion: runId, weight: share }).optional(),
  })
  .meta({ id: 'Run' });
export type RunRecord = z.infer<typeof runRecord>;

/** GET /runs/{id}: members appear as the run gets that far. */
export const runView = runRecord
  .extend({
    plan: planSchema.optional(),
    prepared: preparedSchema.optional(),
    evaluation: z
      .strictObject({
        runId,
        problem: z.enum(['binary', 'multiclass', 'regression']),
        objective: z.string(),
        candidates: z.array(candidateResult),
        champion: z.union([candidateResult, z.strictObject({ complaint: z.string() })]).optional(),
        baseline: z.record(z.string(), z.number()),
      })
      .optional(),
    verdict: gateVerdict.optional(),
    scoring: scoringSummary.optional(),
  })
  .meta({ id: 'RunView' });
export type RunView = z.infer<typeof runView>;

/** What became of a request to run. */
export const startedSchema = z
  .strictObject({
    runId,
    /** Whether this call has begun the run. */
    started: z.boolean(),
    /** The run waits for its turn. */
    queued: z.literal(true).optional(),
    /** Why the run never begins. */
    skipped: z.string().optional(),
    /** Why there is no run. */
    ignored: z.string().optional(),
  })
  .meta({ id: 'Started' });
export type Started = z.infer<typeof startedSchema>;

/** Whether a run waits or is under way. */
export const isPending = (outcome: Outcome) => outcome === 'QUEUED' || outcome === 'RUNNING';
