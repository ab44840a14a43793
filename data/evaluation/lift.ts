import { ratio } from '../metrics/sample.ts';
import type { Decile } from '../../spec/evaluation.ts';
import type { Steps } from './steps.ts';

/** Lift and gain of each tenth of the rows, highest scores first. `undefined` when no row is of class 1. */
export const deciles = ({ truePositives, falsePositives, positives, negatives }: Steps): Decile[] | undefined => {
  if (positives === 0) return undefined;
  const rows = positives + negatives;
  let [step, before] = [0, 0];
  return Array.from({ length: 10 }, (_, index) => {
    const upTo = (rows * (index + 1)) / 10;
    const end = (at: number) => (at < 0 ? 0 : truePositives[at]! + falsePositives[at]!);
    while (end(step) < upTo && step < truePositives.length - 1) step += 1;
    // Within a run of one score nothing says who comes first: its class 1 is spread evenly.
    const [start, hits] = [end(step - 1), step === 0 ? 0 : truePositives[step - 1]!];
    const gained = hits + ((truePositives[step]! - hits) * (upTo - start)) / (end(step) - start);
    const own = Math.min(Math.max(0, gained - before), rows / 10);
    before = gained;
    const rate = ratio(own, rows / 10);
    return {
      rows: rows / 10,
      positives: own,
      rate,
      lift: rate / (positives / rows),
      gain: Math.min(1, gained / positives),
    };
  });
};
