/**
 * Rounds of boosting: gradients, one tree per group, evaluation, and the decision to go on. The log line of a round is the
 * container's (`[3]#011train-rmse:1.23456#011validation-rmse:1.34567`), because SageMaker scrapes metrics from it.
 */
import { binMatrix } from './binning.ts';
import type { Matrix } from './matrix.ts';
import { addTree, transformMargins } from './forest.ts';
import { createGrower } from './growTree.ts';
import type { Model } from './model.ts';
import { createFeatureSampler, createRandom, dropRows } from './sampling.ts';
import type { Settings } from './settings.ts';
import { createWorkspace } from './workspace.ts';

export interface BoostOptions {
  settings: Settings;
  train: Matrix;
  validation?: Matrix | undefined;
  log?: (line: string) => void;
  stopping?: () => boolean;
  /** Evaluate and log each round; without it nothing is measured, so nothing stops early. */
  evaluate?: boolean;
}

interface Watched {
  name: string;
  matrix: Matrix;
  margins: readonly Float32Array[];
}

const baseMargin = ({ objective, baseScore }: Settings) => objective.marginOf(baseScore);

const createMargins = (rows: number, settings: Settings) =>
  Array.from({ length: settings.classes }, () => new Float32Array(rows).fill(baseMargin(settings)));

const weigh = (pairs: Float32Array, weights: Float32Array | undefined) => {
  if (!weights) return;
  for (let row = 0; row < weights.length; row++) {
    pairs[2 * row]! *= weights[row]!;
    pairs[2 * row + 1]! *= weights[row]!;
  }
};

/** The metrics of one round, by data set and then by metric. */
const evaluateRound = (watched: readonly Watched[], { metrics, objective, classes }: Settings) =>
  watched.flatMap(({ name, matrix, margins }) => {
    const predictions = transformMargins(margins, objective);
    const { labels, weights } = matrix;
    return metrics.map((metric) => ({
      set: name,
      metric,
      value: metric.measure({ labels, weights, predictions, groups: classes }),
    }));
  });

/** Counts rounds without improvement, as XGBoost's EarlyStopping callback does: only a strictly better value resets it. */
const createPatience = ({ earlyStopping }: Settings) => {
  let best = Number.NaN;
  let bestRound = 0;
  return {
    bestRound: () => bestRound,
    /** Returns true when it is time to stop. */
    sees(round: number, value: number): boolean {
      const goal = earlyStopping?.metric.goal;
      if (round === 0 || (goal === 'Maximize' ? value > best : value < best)) {
        best = value;
        bestRound = round;
      }
      return earlyStopping !== undefined && round - bestRound >= earlyStopping.rounds;
    },
  };
};

const prepareRounds = (settings: Settings, train: Matrix) => {
  const binned = binMatrix(train, settings.maxBin);
  const workspace = createWorkspace(binned, train.labels, settings.classes, settings.maxDepth);
  const { margins, pairs, labels, kernels } = workspace;
  for (const ofGroup of margins) ofGroup.fill(baseMargin(settings));
  const random = createRandom(settings.seed);
  const sampler = createFeatureSampler(train.features, settings.columns, random);
  const grower = createGrower(binned, settings, workspace);
  const target = { labels, scalePosWeight: settings.scalePosWeight, kernels };
  return {
    margins,
    growRound() {
      // Every group's gradients are taken before any of its trees moves the margins.
      settings.objective.gradients(margins, target, pairs);
      return pairs.map((ofGroup, group) => {
        weigh(ofGroup, train.weights);
        dropRows(ofGroup, settings.subsample, random);
        return grower.grow(group, sampler);
      });
    },
  };
};

/** Trains a model; with early stopping it holds the rounds up to the best one. */
export const boost = ({ settings, train, validation, log, stopping, evaluate = true }: BoostOptions): Model => {
  const rounds = prepareRounds(settings, train);
  const watched: Watched[] = [{ name: 'train', matrix: train, margins: rounds.margins }];
  if (validation)
    watched.push({ name: 'validation', matrix: validation, margins: createMargins(validation.rows, settings) });
  const model: Model = {
    objective: settings.objective.name,
    baseScore: settings.baseScore,
    groups: settings.classes,
    features: train.features,
    scalePosWeight: settings.scalePosWeight,
    trees: [],
    treeGroups: [],
    attributes: {},
  };
  const patience = createPatience(settings);
  let keep = 0;
  for (let round = 0; round < settings.rounds; round++) {
    const trees = rounds.growRound();
    trees.forEach((tree, group) => {
      model.trees.push(tree);
      model.treeGroups.push(group);
      if (evaluate && validation) addTree(tree, validation, watched[1]!.margins[group]!);
    });
    keep = round + 1;
    if (evaluate) {
      const results = evaluateRound(watched, settings);
      log?.(
        `[${round}]${results.map(({ set, metric, value }) => `#011${set}-${metric.name}:${value.toFixed(5)}`).join('')}`,
      );
      const watchedMetric = settings.earlyStopping?.metric.name;
      const decisive = results.find(({ set, metric }) => set === 'validation' && metric.name === watchedMetric);
      if (decisive && patience.sees(round, decisive.value)) {
        keep = patience.bestRound() + 1;
        log?.(`Stopped early: ${decisive.set}-${decisive.metric.name} was best in round ${keep - 1}.`);
        break;
      }
      if (decisive) keep = patience.bestRound() + 1;
    }
    if (stopping?.()) break;
  }
  model.trees.length = keep * settings.classes;
  model.treeGroups.length = model.trees.length;
  // XGBoost sets these whether or not it stopped early.
  model.attributes = { best_iteration: String(keep - 1), best_ntree_limit: String(keep) };
  return model;
};
