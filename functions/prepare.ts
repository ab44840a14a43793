/**
 * From the dropped objects to the channels that the jobs read: profile, split first, fit the recipe on train only, apply it to
 * every split. Whatever is wrong with the data is refused here, before any job is paid for.
 */
import * as z from 'zod';
import { algorithms } from '../algorithms/index.ts';
import { writeChannels, type Channel, type Written } from '../data/channels.ts';
import { classWeightsOf } from '../data/classWeights.ts';
import { openDataset, type Dataset } from '../data/dataset.ts';
import { driftBetween } from '../data/drift.ts';
import type { Engine } from '../data/engine.ts';
import { baseline, metricsFor, objectiveFor } from '../data/metrics.ts';
import { columnsToIgnore, refuseViolations } from '../data/contract.ts';
import { groupValues, profileDataset, profileSchema, type Profile } from '../data/profile.ts';
import {
  compileRecipe,
  fitRecipe,
  outputsOf,
  recipeSchema,
  type CompiledFeature,
  type FitOptions,
  type Recipe,
} from '../data/recipe.ts';
import { meanLabel } from '../data/meanLabel.ts';
import { classesWithoutRows, refuseNoThreshold, refuseUnchoosable, refuseUnscorableFolds } from '../data/scorable.ts';
import { countSplit, decideSplit, firstHashes, inFold, inSplit, splitLabels, type Split } from '../data/split.ts';
import { planPermutations, permutedRows } from '../data/permuted.ts';
import { sliceBy } from '../data/sliceColumns.ts';
import { describeTarget, type Target } from '../data/target.ts';
import { textColumnsOf } from '../spec/columnSettings.ts';
import { InputError } from '../spec/errors.ts';
import { refuseUnknownMetric, refuseUnknownRules, sliceColumns } from '../spec/gateRules.ts';
import { candidateExecutionName, keys, type CandidateId } from '../spec/names.ts';
import { preparedSchema, redrives, runId, type Plan, type Prepared } from '../spec/run.ts';
import { criterionOf } from './lib/answers.ts';
import { readDocument, readText, writeDocument } from './lib/bucket.ts';
import { completed } from './lib/completed.ts';
import { define } from './lib/define.ts';
import { measure } from './lib/metrics.ts';
import { objectsOf } from './lib/drop.ts';
import { writeLines, writeObject } from './lib/objectStream.ts';
import { candidatesOf, readPlan } from './lib/run.ts';
import { withEngine } from './lib/workspace.ts';

export const handler = define({
  input: z.strictObject({ runId, redrives }),
  async run({ runId, redrives }) {
    const plan = await readPlan(runId);
    // Written last: when it is there, so is everything else.
    const kept = redrives > 0 ? await readText(keys.prepared(runId)) : undefined;
    const prepared = kept
      ? preparedSchema.parse(JSON.parse(kept.text))
      : await withEngine((engine) => prepare(plan, engine));
    const contenders = await contendersOf(plan, prepared, redrives);
    return {
      contenders: contenders.map((candidate) => ({
        candidate,
        execution: candidateExecutionName(runId, candidate, redrives),
      })),
      rows: prepared.rows,
    };
  },
});

/** Whoever is to be trained and scored; of a run that was redriven, who was not yet. */
const contendersOf = async (plan: Plan, { championComplaint }: Prepared, redrives: number): Promise<CandidateId[]> => {
  const withChampion: CandidateId[] = plan.champion && !championComplaint ? ['champion'] : [];
  const all = [...candidatesOf(plan), ...withChampion];
  if (redrives === 0) return all;
  const scored = await Promise.all(all.map((candidate) => readText(keys.metrics(plan.runId, candidate))));
  return all.filter((_, i) => scored[i] === undefined);
};

const prepare = async (plan: Plan, engine: Engine): Promise<Prepared> => {
  const { runId } = plan;
  const { data, prepare, train, evaluate, gate, deploy } = plan.pipeline;
  const textColumns = textColumnsOf(prepare.columns);
  const dataset = await openDataset(engine, await objectsOf(plan), { header: data.header, textColumns });
  const target = await describeTarget(dataset, { target: data.target, problem: data.problem });
  const objective = evaluate.objective ?? objectiveFor(target.problem);
  const names = dataset.columns.map(({ name }) => name);
  const known = { problem: target.problem, metrics: metricsFor(target.problem), columns: names };
  refuseUnknownMetric(objective, known, 'evaluate.objective');
  if (evaluate.threshold !== undefined) refuseNoThreshold(target);
  refuseUnknownRules(gate, known);
  const ignore = [...new Set([...data.ignore, ...columnsToIgnore(names, target.name, data.contract)])];
  const splitting = { ...prepare.split, target };
  await decideSplit(dataset, splitting);
  const values = await groupValues(dataset, target, inSplit('train'));
  const profile = await profileDataset(dataset, { target, ignore, keep: data.keep, values });
  await writeDocument(keys.profile(runId), profile);
  if (data.contract) refuseViolations(profile, data.contract);
  await writeDrift(plan, profile);
  const rows = await countSplit(dataset, splitting);
  refuseUnscorableFolds(rows, target);
  const scoreValidation = criterionOf(plan) !== undefined;
  if (scoreValidation) refuseUnchoosable(rows, target);
  const classWeights = classWeightsOf(train.classWeights, target);
  const fitting = { profile, ignore, keep: data.keep, overrides: prepare.columns, classWeights };
  const recipe = await fitRecipe(dataset, target, { ...fitting, values });
  await writeDocument(keys.recipe(runId), recipe);
  const few = await values?.few(profile);
  await values?.drop();
  const features = await compileRecipe(recipe, dataset, { fittedOn: inSplit('train'), few });
  const { duplicates } = await writeSplits(plan, engine, { recipe, features, target, scoreValidation });
  await writeDocument(keys.profile(runId), { ...profile, duplicateRows: duplicates } satisfies Profile);
  if (deploy.target === 'batch') await writeBatch(runId, engine, await compileRecipe(recipe, dataset, { few }));
  const slices = await writeSlices(plan, dataset, recipe, profile);
  const permuted = await writePermuted(runId, engine, recipe, features, profile, rows.test);
  const folds = await prepareFolds(plan, dataset, target, fitting, rows);
  const championComplaint = await prepareForChampion(plan, dataset, recipe);

  const prepared: Prepared = {
    problem: target.problem,
    target: target.name,
    ...(target.classes && { classes: [...target.classes], classCounts: rows.trainLabels }),
    ...(recipe.classWeights && { classWeights: recipe.classWeights }),
    rows: { read: dataset.rows, train: rows.train, validation: rows.validation, test: rows.test },
    features: recipe.outputs.length,
    baseline: await baselineOf(dataset, target, rows),
    objective,
    leftOut: recipe.dropped.filter(({ column }) => !ignore.includes(column)).slice(0, 20),
    ...(slices.length > 0 && { slices }),
    permuted,
    ...(folds.length > 0 && { folds }),
    ...(championComplaint && { championComplaint }),
  };
  // What an algorithm cannot do is told before any of them costs something.
  for (const planned of plan.candidates) completed(plan, planned, prepared);
  await writeDocument(keys.prepared(runId), prepared);
  measure({ RowsRead: dataset.rows }, { found: { runId } });
  return prepared;
};

/** How far this drop is from the one that the deployed model learned from. */
const writeDrift = async ({ runId, champion }: Plan, profile: Profile) => {
  if (!champion) return;
  const learned = await readText(keys.profile(champion.runId));
  const previous = profileSchema.safeParse(JSON.parse(learned?.text ?? 'null'));
  // A profile of before has no histograms to compare with.
  if (!previous.success) return;
  await writeDocument(keys.drift(runId), { against: champion.runId, columns: driftBetween(profile, previous.data) });
};

/** The metrics of always answering what is usual among the train rows. */
const baselineOf = async ({ engine }: Dataset, { problem }: Target, { train, trainLabels }: Split) => {
  const shares = trainLabels.map((rows) => rows / train);
  const answers = {
    regression: () => meanLabel(engine, 'train'),
    binary: () => shares[1] ?? 0,
    multiclass: () => shares,
  };
  const answer = await answers[problem]();
  return baseline(problem, answer, await splitLabels(engine, 'test')).metrics;
};

/** Writes what several channels get, each to its own object; all are whole or none is. */
const writeAll = async (
  write: (channels: Channel[]) => Promise<Written>,
  wanted: readonly (Omit<Channel, 'write'> & { key: string })[],
): Promise<Written> => {
  const objects = wanted.map(({ key }) => writeObject(key));
  try {
    const written = await write(
      wanted.map(({ key: _, ...channel }, place) => ({ ...channel, write: (bytes) => objects[place]?.write(bytes) })),
    );
    await Promise.all(objects.map((object) => object.end()));
    return written;
  } catch (error) {
    await Promise.allSettled(objects.map((object) => object.abort()));
    throw error;
  }
};

interface SplitsToWrite {
  recipe: Recipe;
  features: readonly CompiledFeature[];
  target: Target;
  scoreValidation: boolean;
}

/** One pass writes all of them. */
const writeSplits = (plan: Plan, engine: Engine, { recipe, features, target, scoreValidation }: SplitsToWrite) =>
  writeAll(
    (channels) => writeChannels(engine, { features, channels, classes: target.classes?.length }),
    [
      ...channelObjects(plan, recipe, 'train', 'train'),
      ...channelObjects(plan, recipe, 'validation', 'validation'),
      { split: 'test', what: 'features', key: keys.testFeatures(plan.runId) },
      { split: 'test', what: 'labels', key: keys.testLabels(plan.runId) },
      ...(scoreValidation ? validationObjects(plan.runId, 'validation') : []),
    ],
  );

/** Every row as one that the recipe was not fitted on, in the order of the drop. */
const writeBatch = (runId: string, engine: Engine, features: readonly CompiledFeature[]) =>
  writeAll(
    (channels) => writeChannels(engine, { features, channels, order: 'drop' }),
    [{ split: 'all', what: 'features', key: keys.batchFeatures(runId) }],
  );

/** A channel as the candidates' algorithms read it: with weights in a column, without, or both. */
const channelObjects = (
  { runId, candidates }: Plan,
  { classWeights: weights }: Recipe,
  channel: 'train' | 'validation',
  split: Channel['split'],
  fold?: number,
) => {
  const weighted = (algorithm: string) => weights !== undefined && algorithms[algorithm]?.weightColumn === true;
  const plain = { split, what: 'labelled' as const, key: keys.channel(runId, channel, fold) };
  const withWeights = { ...plain, key: keys.weightedChannel(runId, channel, fold), ...(weights && { weights }) };
  return [
    ...(candidates.some(({ algorithm }) => !weighted(algorithm)) ? [plain] : []),
    ...(candidates.some(({ algorithm }) => weighted(algorithm)) ? [withWeights] : []),
  ];
};

/** The validation rows beside those that the scoring job reads, so that one job answers both. */
const validationObjects = (runId: string, split: Channel['split'], fold?: number) => [
  { split, what: 'features' as const, key: keys.validationFeatures(runId, fold) },
  { split, what: 'labels' as const, key: keys.validationLabels(runId, fold) },
];

const writeSlices = async ({ runId, pipeline }: Plan, dataset: Dataset, recipe: Recipe, profile: Profile) => {
  const ignore = [recipe.target.name, ...pipeline.data.ignore];
  const { columns, features } = await sliceBy(dataset, { asked: sliceColumns(pipeline.gate), ignore, profile });
  if (columns.length > 0)
    await writeAll(
      (channels) => writeChannels(dataset.engine, { features, channels }),
      [{ split: 'test', what: 'features', key: keys.testSlices(runId) }],
    );
  return columns;
};

/** The held-out rows come in the order of their hashes, so that the first ones are as good as any. */
const writePermuted = async (
  runId: string,
  engine: Engine,
  recipe: Recipe,
  features: readonly CompiledFeature[],
  profile: Profile,
  rows: number,
) => {
  const widths = recipe.features.map((feature) => ({
    column: feature.column,
    width: outputsOf(feature, recipe.target).length,
  }));
  const strength = new Map(profile.columns.map(({ name, association }) => [name, association?.strength ?? 0]));
  const plan = planPermutations(
    widths.map(({ column }) => column),
    { rows, features: recipe.outputs.length, strengthOf: (column) => strength.get(column) ?? 0 },
  );
  const chunks: Uint8Array[] = [];
  await writeChannels(engine, {
    features,
    channels: [{ split: 'test', what: 'features', write: (bytes) => void chunks.push(Buffer.from(bytes)) }],
    where: await firstHashes(engine, 'test', plan.rows),
  });
  const lines = Buffer.concat(chunks).toString('latin1').trimEnd().split('\n');
  await writeLines(keys.permuted(runId), permutedRows(lines, widths, plan));
  return plan;
};

/** The same for every fold, with a recipe that has not seen it; no fold touches the held-out rows. */
const prepareFolds = async (plan: Plan, dataset: Dataset, target: Target, fitting: FitOptions, rows: Split) => {
  const { runId, pipeline } = plan;
  const { folds = 0 } = pipeline.prepare.split;
  const classes = target.classes?.length;
  const prepared: NonNullable<Prepared['folds']> = [];
  for (const [fold, own] of rows.folds.entries()) {
    const where = inFold(fold, folds);
    const recipe = await fitRecipe(dataset, target, { ...fitting, rows: where.train });
    const features = await compileRecipe(recipe, dataset, { fittedOn: where.train });
    const write = (condition: string, wanted: Parameters<typeof writeAll>[1]) =>
      writeAll((channels) => writeChannels(dataset.engine, { features, channels, classes, where: condition }), wanted);
    await write(where.train, channelObjects(plan, recipe, 'train', 'all', fold));
    await write(where.validation, [
      ...channelObjects(plan, recipe, 'validation', 'all', fold),
      ...(criterionOf(plan) ? validationObjects(runId, 'all', fold) : []),
    ]);
    await write(where.test, [
      { split: 'all', what: 'features', key: keys.testFeatures(runId, fold) },
      { split: 'all', what: 'labels', key: keys.testLabels(runId, fold) },
    ]);
    const withoutRows = classesWithoutRows(own, target);
    prepared.push({
      train: own.train,
      test: own.test,
      features: recipe.outputs.length,
      ...(target.classes && { classCounts: own.trainLabels }),
      ...(recipe.classWeights && { classWeights: recipe.classWeights }),
      ...(withoutRows.length > 0 && { withoutRows: withoutRows.slice(0, 20) }),
    });
  }
  return prepared;
};

/**
 * The same held-out rows as the champion's own recipe prepares them. Returns why that cannot be done, when the file has
 * changed too much: the gate then refuses rather than deploys a model that nobody compared.
 */
const prepareForChampion = async (
  { runId, champion }: Plan,
  dataset: Dataset,
  recipe: Recipe,
): Promise<string | undefined> => {
  if (!champion) return undefined;
  const own = await readDocument(champion.recipeKey, recipeSchema);
  if (own.target.problem !== recipe.target.problem || own.target.classes?.join() !== recipe.target.classes?.join())
    return `it predicts ${own.target.name} as ${own.target.classes?.join(', ') ?? own.target.problem}`;
  try {
    const features = await compileRecipe(own, dataset);
    await writeAll(
      (channels) => writeChannels(dataset.engine, { features, channels }),
      [{ split: 'test', what: 'features', key: keys.championFeatures(runId) }],
    );
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
};
