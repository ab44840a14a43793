/** What the rows are divided into, and how queries tell it. */
import type { Target } from '../target.ts';

export interface SplitOptions {
  /** Fractions of the rows; they add up to 1. */
  train: number;
  validation: number;
  test: number;
  /** 32-bit unsigned. */
  seed: number;
  /** random, stratified, group:<column>, time:<column> or column:<column>; default: stratified for classes, random for numbers. */
  by?: string | undefined;
  /** How many folds the rows outside the test split fall into; default 0: none. */
  folds?: number | undefined;
  /** How often they are divided anew. */
  repeats?: number | undefined;
  target: Target;
}

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** Rows of each split, and of each fold. */
export interface Split extends Record<SplitName, number> {
  folds: FoldRows[];
  /** By label (classes), rows of train and of validation. */
  trainLabels: number[];
  validationLabels: number[];
}

/** One fold of one repetition. */
export interface FoldRows {
  /** Rows of the fold, on which is scored what was trained without them. */
  test: number;
  /** Rows of train outside it. */
  train: number;
  /** By label (classes): rows of train and of validation outside it, and its own. */
  trainLabels: number[];
  validationLabels: number[];
  testLabels: number[];
}

/** Conditions for the rows of a fold in `splitView`: to train, to validate, and the fold itself. */
export const inFold = (fold: number, folds: number) => {
  const own = `cv${Math.floor(fold / folds)} = ${fold % folds}`;
  return { train: `part = 0 AND NOT (${own})`, validation: `part = 1 AND NOT (${own})`, test: `part <> 2 AND ${own}` };
};

/** Name of the view that has, beside the columns of every row, its hash `h`, its label `y`, its split `part`, a `fold` of five, and
 * where folds were wanted the fold `cv0`, `cv1`, … of each repetition. */
export const splitView = 'split_rows';

/** The condition for the rows of a split in `splitView`. */
export const inSplit = (name: SplitName) => `part = ${splitNames.indexOf(name)}`;
