/** Which variant of which fleet answers a request. */
import type { Deployment, Endpoint, Variant } from './endpoint.ts';

export interface Chosen {
  fleet: Deployment;
  variant: Variant;
}

/** `random`: uniform in [0, 1). */
const weighted = (variants: readonly Variant[], random: number): Variant | undefined => {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  let left = random * total;
  const reached = variants.find(({ weight }) => (left -= weight) < 0);
  // Sums of fractions may end a hair short.
  return reached ?? variants.findLast(({ weight }) => weight > 0);
};

/**
 * By the share of the fleet that is rolled out and the weights of its variants; a target variant is taken from the other fleet
 * where only that one has it and takes traffic. Undefined when there is none.
 */
export const chooseVariant = (
  { current, next, rollout }: Endpoint,
  target: string | undefined,
  random: () => number,
): Chosen | undefined => {
  const share = next && rollout ? rollout.share : 0;
  const risen = share > 0 && random() < share;
  const fleets = (risen ? [next, share < 1 ? current : undefined] : [current, share > 0 ? next : undefined]).filter(
    (fleet) => fleet !== undefined,
  );
  if (target === undefined) {
    const [fleet] = fleets;
    const variant = fleet && weighted(fleet.variants, random());
    return variant && { fleet, variant };
  }
  for (const fleet of fleets) {
    const variant = fleet.variants.find(({ VariantName }) => VariantName === target);
    if (variant) return { fleet, variant };
  }
  return undefined;
};
