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

/** The other model's share. */
export const restOf = (share: number): number => rounded(1 - share);

/** `20 %` */
export const showShare = (share: number): string => `${rounded(share * 100)} %`;
