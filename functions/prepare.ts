/**
 * From the dropped file to the channels that the jobs read: profile, split first, fit the recipe on train only, apply it to
 * every split. Whatever is wrong with the data is refused here, before any job is paid for.
 */
import type { Readable } from 'node:stream';
import * as z from 'zod';
import { describeTarget } from '../data/infer.ts';
import { baseline, metricsFor, objectiveFor } from '../data/metrics.ts';
import { profileTable } from '../data/profile.ts';
import { fitRecipe, recipeSchema, type Recipe } from '../data/recipe.ts';
import { labelsOf } from '../data/labels.ts';
import { split } from '../data/split.ts';
import { readTable } from '../data/csv.ts';
import { allRows, type Table } from '../data/table.ts';
import { prepareCsv } from '../data/writeCsv.ts';
import { didYouMean } from '../algorithms/nearMiss.ts';
import { InputError } from '../spec/errors.ts';
import { candidateExecutionName, keys, type CandidateId } from '../spec/names.ts';
import { runId, type Plan, type Prepared } from '../spec/run.ts';
import { isAws } from './lib/awsErrors.ts';
import { open, readDocument, write, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { readPlan } from './lib/run.ts';

export const handler = define({
  input: z.strictObject({ runId }),
  async run({ runId }) {
    const plan = await readPlan(runId);
    const { data, prepare, evaluate, gate, deploy } = plan.pipeline;
    const table = await readDrop(plan);
    const target = describeTarget(table, { target: data.target, problem: data.problem });
    const objective = evaluate.objective ?? objectiveFor(target.problem);
    refuseUnknownMetric(target.problem, 'evaluate.objective', objective);
    gate.rules.forEach(({ metric }, i) => refuseUnknownMetric(target.problem, `gate.rules[${i}].metric`, metric));
    const profile = profileTable(table, { target, ignore: data.ignore });
    await writeDocument(keys.profile(runId), profile);
    const rows = split(table, { ...prepare.split, target });
    const recipe = fitRecipe(table, rows.train, { target, profile, ignore: data.ignore, keep: data.keep });
    await writeDocument(keys.recipe(runId), recipe);

    const put = (key: string, chosen: Int32Array, label: boolean) => writeRows(key, recipe, table, chosen, label);
    await put(keys.channel(runId, 'train'), rows.train, true);
    await put(keys.channel(runId, 'validation'), rows.validation, true);
    await put(keys.testFeatures(runId), rows.test, false);
    const column = table.columns.find(({ name }) => name === target.name)!;
    const [trainLabels, testLabels] = [rows.train, rows.test].map((chosen) => labelsOf(column, target, chosen));
    await write(keys.testLabels(runId), testLabels!.join('\n'));
    if (deploy.target === 'batch') await put(keys.batchFeatures(runId), allRows(table.rows), false);
    const championComplaint = await prepareForChampion(plan, table, rows.test, recipe);

    const prepared: Prepared = {
      problem: target.problem,
      target: target.name,
      ...(target.classes && {
        classes: [...target.classes],
        classCounts: countClasses(trainLabels!, target.classes.length),
      }),
      rows: { read: table.rows, train: rows.train.length, validation: rows.validation.length, test: rows.test.length },
      features: recipe.outputs.length,
      baseline: baseline(target.problem, trainLabels!, testLabels!).metrics,
      objective,
      leftOut: recipe.dropped.filter(({ column }) => !data.ignore.includes(column)).slice(0, 20),
      ...(championComplaint && { championComplaint }),
    };
    await writeDocument(keys.prepared(runId), prepared);
    const withChampion: CandidateId[] = plan.champion && !championComplaint ? ['champion'] : [];
    const contenders = [...plan.candidates.map(({ id }) => id), ...withChampion];
    return {
      contenders: contenders.map((candidate) => ({ candidate, execution: candidateExecutionName(runId, candidate) })),
      rows: prepared.rows,
    };
  },
});

const readDrop = async ({ source, pipeline }: Plan): Promise<Table> => {
  const { Body } = await dropped(source);
  return readTable(Body as Readable, {
    name: source.key.split('/').at(-1) ?? source.key,
    header: pipeline.data.header,
  });
};

const dropped = async ({ bucket, key, versionId }: Plan['source']) => {
  try {
    return await open(key, versionId);
  } catch (cause) {
    if (!isAws(cause, ['NoSuchKey', 'NoSuchVersion'])) throw cause;
    throw new InputError(
      {
        what: 'The file is not there any more',
        where: `s3://${bucket}/${key}${versionId ? `, version ${versionId}` : ''}`,
        todo: 'Drop it again.',
      },
      { cause },
    );
  }
};

const refuseUnknownMetric = (problem: Prepared['problem'], where: string, metric: string) => {
  const known = metricsFor(problem);
  if (!known.includes(metric))
    throw new InputError({
      what: `${metric} is no metric of a ${problem} problem.${didYouMean(metric, known)}`,
      where,
    });
};

const writeRows = async (key: string, recipe: Recipe, table: Table, rows: Int32Array, label: boolean) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of prepareCsv(recipe, table, rows, { label })) chunks.push(chunk);
  await write(key, Buffer.concat(chunks));
};

const countClasses = (labels: Float64Array, classes: number): number[] => {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
};

/**
 * The same held-out rows as the champion's own recipe prepares them. Returns why that cannot be done, when the file has
 * changed too much: the gate then refuses rather than deploys a model that nobody compared.
 */
const prepareForChampion = async (
  { runId, champion }: Plan,
  table: Table,
  rows: Int32Array,
  recipe: Recipe,
): Promise<string | undefined> => {
  if (!champion) return undefined;
  const own = await readDocument(champion.recipeKey, recipeSchema);
  if (own.target.problem !== recipe.target.problem || own.target.classes?.join() !== recipe.target.classes?.join())
    return `it predicts ${own.target.name} as ${own.target.classes?.join(', ') ?? own.target.problem}`;
  try {
    await writeRows(keys.championFeatures(runId), own, table, rows, false);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
};
