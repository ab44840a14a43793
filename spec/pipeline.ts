/** What a user writes: pipelines/<name>.yaml. Every section is optional but `name`; unknown keys are refused. */
import * as z from 'zod';
import { approvalSetting } from './approval.ts';
import { columnSettings } from './columnSettings.ts';
import { contractSchema } from './contract.ts';
import { durationSeconds } from './duration.ts';
import { thresholdCriterion } from './evaluation.ts';
import { alarmSettings, trafficSetting } from './rollout.ts';
import { scheduleSetting, scoringSchedule } from './schedule.ts';
import { targetNames } from './targets.ts';
import { weightsSetting } from './weights.ts';

/** Leaves room, within SageMaker's 63 characters, for the run's hash and the job's suffix (see names.ts). */
export const pipelineName = z
  .string()
  .max(36)
  .regex(/^[a-z0-9](-?[a-z0-9])*$/, 'lower-case letters, digits and single hyphens');

const columnName = z.string().min(1).max(1024);
const metricName = z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'a metric name such as rmse, auc or f1');
const fraction = z.number().gt(0).lt(1);

/** Training jobs may run for 28 days at most (SageMaker API: MaxRuntimeInSeconds). */
const maxRuntime = durationSeconds({ min: 60, max: 28 * 86_400 });

export const instanceType = z
  .string()
  .max(32)
  .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type such as ml.m5.xlarge');

const instance = (type: string) =>
  z
    .strictObject({
      type: instanceType.default(type),
      count: z.int().min(1).max(100).default(1),
    })
    .prefault({});

const candidate = z.strictObject({
  algorithm: z.string().min(1).max(64),
  version: z.string().max(32).optional(),
  hyperparameters: z.record(z.string().max(256), z.union([z.string().max(2500), z.number(), z.boolean()])).default({}),
});

/** What a rule may ask of a model itself. */
export const figureNames = ['modelBytes', 'trainingUsd', 'trainingSeconds'] as const;

/** A metric, of all held-out rows or of slices, a figure of drift, or one of the model itself; it needs a limit. */
const rule = z
  .strictObject({
    metric: metricName.optional(),
    /** One value of a column, or a column's name for every value that it has. */
    slice: z
      .union([columnName, z.record(columnName, z.union([z.string().max(1024), z.number(), z.boolean()]))], {
        error: 'a column, for every value of it, or { column: value }',
      })
      .optional(),
    /** Judges by an end of the metric's confidence interval instead of its value. */
    bound: z.enum(['lower', 'upper']).optional(),
    drift: z.enum(['psi', 'ks']).optional(),
    /** Bytes of model.tar.gz; price and billed seconds of the training job. */
    figure: z.enum(figureNames).optional(),
    /** Whose drift; default: the column with the largest. */
    column: columnName.optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  })
  .refine(
    (rule) => [rule.metric, rule.drift, rule.figure].filter((it) => it !== undefined).length === 1,
    'a rule needs one of metric, drift and figure',
  )
  .refine(({ metric, slice, bound }) => metric || (!slice && !bound), 'slice and bound belong to a metric')
  .refine(({ drift, column }) => drift || !column, 'column belongs to drift; for a metric say slice')
  .refine(({ slice }) => typeof slice !== 'object' || Object.keys(slice).length === 1, 'a slice is of one column')
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'a rule needs min or max, or both')
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'min must not exceed max');

export const splitSchema = z
  .strictObject({
    train: fraction.default(0.7),
    validation: fraction.default(0.15),
    test: fraction.default(0.15),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(7),
    /** Default: stratified for classes, random for numbers. */
    by: z
      .union([z.enum(['random', 'stratified']), z.string().regex(/^(?:group|time|column):.{1,1024}$/s)], {
        error: 'random, stratified, group:<column>, time:<column> or column:<column>',
      })
      .optional(),
    /** Each candidate is also trained this often without one of as many parts of the rows outside test, and scored on it. */
    folds: z.int().min(2).max(20).optional(),
    /** How often the rows are divided into folds anew. */
    repeats: z.int().min(1).max(10).default(1),
  })
  .refine(({ folds = 1, repeats }) => folds * repeats <= 50, 'folds times repeats must not exceed 50')
  .refine(({ folds, repeats }) => folds !== undefined || repeats === 1, 'repeats needs folds')
  .refine(
    ({ train, validation, test }) => Math.abs(train + validation + test - 1) < 1e-9,
    'train, validation and test must add up to 1',
  );

export const pipelineSchema = z
  .strictObject({
    name: pipelineName,
    data: z
      .strictObject({
        /** Default: a column named target, label, class or y, else the last one. */
        target: columnName.optional(),
        /** Default: inferred from the target. */
        problem: z.enum(['binary', 'multiclass', 'regression']).optional(),
        ignore: z.array(columnName).max(10_000).default([]),
        /** Columns to keep although they look like the target in other words, or like an id. */
        keep: z.array(columnName).max(10_000).default([]),
        /** Whether the first row names the columns; default: sniffed. */
        header: z.boolean().optional(),
        /** The columns that every drop must have. */
        contract: contractSchema.optional(),
      })
      .prefault({}),
    prepare: z
      .strictObject({
        split: splitSchema.prefault({}),
        /** How single columns are prepared, by name; all others as the data suggests. */
        columns: z.record(columnName, columnSettings).default({}),
      })
      .prefault({}),
    train: z
      .strictObject({
        candidates: z
          .array(candidate)
          .min(1)
          .max(20)
          .prefault([{ algorithm: 'xgboost' }]),
        instance: instance('ml.m5.xlarge'),
        maxRuntime: maxRuntime.prefault('1h'),
        /** How much the rows of each class count in training; a class that is not named counts 1. */
        classWeights: z
          .union([z.enum(['none', 'balanced']), z.record(z.string().min(1).max(1024), z.number().gt(0).max(1e6))], {
            error: 'none, balanced, or { class: weight } with weights above 0',
          })
          .default('none'),
      })
      .prefault({}),
    evaluate: z
      .strictObject({
        /** Default: rmse, auc or accuracy, by problem. */
        objective: metricName.optional(),
        /** Two classes: from which score on class 1 is answered (default 0.5), or by what it is chosen on the validation rows. */
        threshold: z
          .union([fraction, thresholdCriterion], {
            error:
              'a score between 0 and 1, or a criterion: f1, youden, accuracy, { precision: 0.9 }, { recall: 0.9 } or { cost: { fp: 1, fn: 5 } }',
          })
          .optional(),
      })
      .prefault({}),
    gate: z
      .strictObject({
        /** Default when there are no rules: better than always answering the mean or the majority class. */
        rules: z.array(rule).max(50).default([]),
        champion: z
          .strictObject({
            /** The challenger's objective may be worse than the champion's by at most -minDelta (0: not worse at all). */
            minDelta: z.number().default(0),
            /** Wants the gain above minDelta to be significant: its one-sided p may be at most this. */
            significance: z.number().gt(0).lt(1).optional(),
            /** What a pipeline's first model, which has no champion to beat, comes to. */
            missing: z.enum(['pass', 'refuse']).default('pass'),
          })
          .prefault({}),
      })
      .prefault({}),
    /** Whether a person has to approve of what passed the gate, and how long there is to do so. */
    approval: approvalSetting.default('none'),
    deploy: z
      .strictObject({
        target: z.enum(targetNames).default('none'),
        instance: instance('ml.m5.large'),
        /** How an endpoint's traffic moves from the deployed model to the next. */
        traffic: trafficSetting.default('all-at-once'),
        /** What sends it back. */
        alarms: alarmSettings.prefault({}),
        /** Default: a model that passed the gate takes the deployed one's place; else it serves beside it, with this share. */
        weights: weightsSetting.optional(),
      })
      .refine(({ target, weights }) => !weights || target === 'endpoint', 'weights belong to target: endpoint')
      .refine(
        ({ traffic, weights }) => !weights || traffic === 'all-at-once',
        'weights keep two models beside each other, traffic moves all requests from one to the next: leave one of the two out',
      )
      .prefault({}),
    trigger: z
      .strictObject({
        /** Which objects under drop/<name>/ start a run: each one, or those that close a set of others. */
        on: z.enum(['object', 'success', 'manifest']).default('object'),
        /** What becomes of a drop that comes while another run of the pipeline is active. */
        policy: z.enum(['queue', 'skip', 'replace', 'parallel']).default('queue'),
      })
      .prefault({}),
    /** Default: only drops and requests start runs. */
    schedule: scheduleSetting.optional(),
    /** Scoring of new rows with the deployed model. */
    batch: z
      .strictObject({
        /** Which objects under score/<name>/ are scored as they come. */
        on: z.enum(['object', 'success', 'manifest', 'none']).default('object'),
        /** Scores what was put under score/<name>/ last, or one key, again and again. */
        schedule: scoringSchedule.optional(),
      })
      .prefault({}),
    budget: z.strictObject({ maxUsd: z.number().gt(0) }).optional(),
  })
  .meta({ id: 'Pipeline' });

/** A pipeline with every default filled in; durations are seconds. */
export type Pipeline = z.infer<typeof pipelineSchema>;
