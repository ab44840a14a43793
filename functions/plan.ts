/** Resolves defaults into a frozen plan, and refuses whatever can be refused before anything is spent. */
import { algorithms } from '../algorithms/index.ts';
import { checkHyperparameters } from '../algorithms/hyperparameters.ts';
import { didYouMean } from '../algorithms/nearMiss.ts';
import { approvalSeconds } from '../spec/approval.ts';
import { InputError } from '../spec/errors.ts';
import { keys } from '../spec/names.ts';
import { defaultPipeline, parsePipeline } from '../spec/parsePipeline.ts';
import type { Pipeline } from '../spec/pipeline.ts';
import { usdPerHour } from '../spec/prices.ts';
import { runInput, type Plan, type PlannedCandidate } from '../spec/run.ts';
import { readText, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { getChampion } from './lib/ledger/champion.ts';

export const handler = define({
  input: runInput,
  async run({ runId, pipeline: name, source }) {
    const file = await readText(keys.pipeline(name));
    const where = keys.pipeline(name);
    const pipeline = file ? parsePipeline(file.text, where) : defaultPipeline(name);
    if (pipeline.name !== name)
      throw new InputError({
        what: `The file is named ${name} but says name: ${pipeline.name}`,
        where,
        expected: 'one name',
      });
    refuseWhatIsMissing(pipeline, where);
    const candidates = pipeline.train.candidates.map((candidate, id) => planned(candidate, id, where));
    const costCeilingUsd = costCeiling(pipeline, where);
    const champion = await getChampion(name);
    const plan: Plan = {
      runId,
      source,
      pipeline,
      candidates,
      ...(file?.versionId && { pipelineVersionId: file.versionId }),
      ...(champion && { champion }),
      ...(costCeilingUsd !== undefined && { costCeilingUsd }),
    };
    await writeDocument(keys.plan(runId), plan);
    return {
      runId,
      pipeline: name,
      candidates: candidates.map(({ id }) => id),
      target: pipeline.deploy.target,
      approvalSeconds: approvalSeconds(pipeline.approval),
      costCeilingUsd: costCeilingUsd ?? null,
    };
  },
});

/** Settings of the plan for which there is no machinery in this release: accepting them silently would be a lie. */
const refuseWhatIsMissing = ({ schedule }: Pipeline, where: string) => {
  if (schedule !== undefined)
    throw new InputError({
      what: 'schedule is not available in this release',
      where,
      todo: 'Remove the setting.',
    });
};

const planned = (given: Pipeline['train']['candidates'][number], id: number, where: string): PlannedCandidate => {
  const at = `${where}, train.candidates[${id}]`;
  const manifest = algorithms[given.algorithm];
  if (!manifest)
    throw new InputError({
      what: `Unknown algorithm "${given.algorithm}".${didYouMean(given.algorithm, Object.keys(algorithms))}`,
      where: `${at}.algorithm`,
    });
  const { values, problems } = checkHyperparameters(manifest, given.hyperparameters);
  if (problems.length > 0)
    throw new InputError({
      what: problems.map(({ message }) => message).join(' '),
      where: `${at}.hyperparameters`,
      todo: 'docs/algorithms.md lists every hyperparameter with its range.',
    });
  try {
    return {
      id,
      algorithm: manifest.name,
      imageUri: manifest.imageUri(environment('AWS_REGION'), given.version),
      hyperparameters: values,
    };
  } catch (cause) {
    throw new InputError({ what: (cause as Error).message, where: `${at}.version` }, { cause });
  }
};

/** Every job at its time limit: a training and a transform job per candidate and fold, and one to score the champion. */
const costCeiling = ({ train, prepare, budget }: Pipeline, where: string): number | undefined => {
  const { type, count } = train.instance;
  const price = usdPerHour[type];
  if (price === undefined) {
    if (!budget) return undefined;
    throw new InputError({
      what: `No price is known for ${type}, so the budget cannot be kept`,
      where: `${where}, budget`,
      expected: `an instance type among ${Object.keys(usdPerHour).join(', ')}`,
    });
  }
  const hours = train.maxRuntime / 3600;
  const { folds = 0, repeats } = prepare.split;
  const ceiling = price * hours * (train.candidates.length * (1 + folds * repeats) * (count + 1) + 1);
  if (budget && ceiling > budget.maxUsd)
    throw new InputError({
      what: `The run could cost ${ceiling.toFixed(2)} USD, the budget is ${budget.maxUsd} USD`,
      where: `${where}, budget.maxUsd`,
      todo: 'Lower train.maxRuntime, take fewer candidates or a smaller instance, or raise the budget.',
    });
  return Math.round(ceiling * 100) / 100;
};
