/** What is different between two pipelines, setting by setting, when every default is filled in. */
import type { Pipeline } from './pipeline.ts';

export interface Change {
  /** `train.candidates[0].hyperparameters.eta` */
  path: string;
  /** Undefined where there is none. */
  before: unknown;
  after: unknown;
}

export const changesOf = (before: Pipeline, after: Pipeline): Change[] => changed('', before, after);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const changed = (path: string, before: unknown, after: unknown): Change[] => {
  if (isMap(before) && isMap(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      changed(path ? `${path}.${key}` : key, before[key], after[key]),
    );
  if (Array.isArray(before) && Array.isArray(after))
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) =>
      changed(`${path}[${i}]`, before[i], after[i]),
    ).flat();
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
};

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

/** `data.target: "price" → "value"` */
export const tellChange = ({ path, before, after }: Change): string => `${path}: ${shown(before)} → ${shown(after)}`;
