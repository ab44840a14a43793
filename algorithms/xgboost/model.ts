import type { Tree } from './tree.ts';

/** The container names the file so, without an extension. */
export const modelFile = 'xgboost-model';

/** A boosted model: what training makes, the file holds and serving reads. */
export interface Model {
  objective: string;
  /** As in the file: in the space of predictions. */
  baseScore: number;
  /** 1, or the number of classes. */
  groups: number;
  features: number;
  scalePosWeight: number;
  trees: Tree[];
  /** The group each tree adds to. */
  treeGroups: number[];
  /** Strings XGBoost keeps beside the trees, such as best_iteration. */
  attributes: Readonly<Record<string, string>>;
}
