/** How the requests of an endpoint are shared between the deployed model and a challenger beside it. */
import * as z from 'zod';

const weight = z.number().min(0);

const weightsShape = z.strictObject({ champion: weight, challenger: weight });
export type Weights = z.infer<typeof weightsShape>;

/** Sums of decimal fractions are a hair off. */
const tolerance = 1e-9;

const sumOf = ({ champion, challenger }: Weights) => rounded(champion + challenger);

const rounded = (share: number) => Math.round(share * 1e9) / 1e9;

/** Undefined when the weights are shares of one whole. */
export const complaintOf = (weights: Weights): string | undefined =>
  Math.abs(sumOf(weights) - 1) <= tolerance
    ? undefined
    : `the weights of champion and challenger add up to ${sumOf(weights)}, expected 1, such as { champion: 0.8, challenger: 0.2 }`;

export const weightsSetting = weightsShape.check((given) => {
  const message = complaintOf(given.value);
  if (message) given.issues.push({ code: 'custom', message, input: given.value });
});

interface Serving {
  runId: string;
  beside?: { runId: string; weight: number } | undefined;
}

/**
 * Each model's share of an endpoint's requests, by the run that trained it, while one that is coming gets its share before those
 * that serve get theirs. It may be the one that serves beside the champion.
 */
export const sharesBeside = (
  { runId, beside }: Serving,
  coming: { runId: string; share: number },
): ReadonlyMap<string, number> => {
  const rest = restOf(coming.share);
  const shares = new Map([[runId, rounded(rest * restOf(beside?.weight ?? 0))]]);
  if (beside) shares.set(beside.runId, rounded(rest * beside.weight));
  return shares.set(coming.runId, rounded((shares.get(coming.runId) ?? 0) + coming.share));
};

/** The other model's share. */
export const restOf = (share: number): number => rounded(1 - share);

/** `20 %` */
export const showShare = (share: number): string => `${rounded(share * 100)} %`;
