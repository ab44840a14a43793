/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost 1. */
const editDistance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(last[j]! + 1, current[j - 1]! + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
};

// Case and separators are what people get wrong most often, so they cost nothing.
const folded = (name: string): string => name.toLowerCase().replaceAll(/[-_. ]/g, '');

/** The known name that `given` most likely meant, or undefined when none is close (at most a third of the letters wrong). */
export const nearMiss = (given: string, known: readonly string[]): string | undefined => {
  // Bounds the quadratic distance: no known name is near so long an input.
  if (given.length > 100) return undefined;
  const wanted = folded(given);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of known) {
    const candidate = folded(name);
    // An unfinished name, such as version 1.7 for 1.7-1, is nearer than any misspelling.
    const unfinished = wanted.length > 1 && candidate.startsWith(wanted) && candidate !== wanted;
    const distance = unfinished ? 0.5 : editDistance(wanted, candidate);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    if (distance <= limit && distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
};

/** The end of an error message: ` Did you mean "x"? Known: a, b, x.` */
export const didYouMean = (given: string, known: readonly string[]): string => {
  const near = nearMiss(given, known);
  return `${near === undefined ? '' : ` Did you mean "${near}"?`} Known: ${known.join(', ')}.`;
};
