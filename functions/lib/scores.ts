import { algorithms } from '../../algorithms/index.ts';
import type { Problem, Score } from '../../algorithms/algorithm.ts';
import { AlgorithmError } from '../../spec/errors.ts';
import { readText } from './bucket.ts';

/** The answers of a transform job, one per input row. Throws AlgorithmError when they are missing, malformed or not `rows` many. */
export const readScores = async (key: string, algorithm: string, problem: Problem, rows: number): Promise<Score[]> => {
  const found = await readText(key, 2 ** 30);
  if (!found) throw new AlgorithmError({ what: 'The transform job wrote no predictions', where: key });
  const scores = parseScores(found.text, algorithm, problem, key);
  if (scores.length !== rows)
    throw new AlgorithmError({
      what: `The transform job wrote ${scores.length} predictions`,
      where: key,
      expected: `${rows}, one per held-out row`,
    });
  return scores;
};

/** Reads a container's answer by its algorithm's manifest. Throws AlgorithmError. */
export const parseScores = (body: string, algorithm: string, problem: Problem, where: string): Score[] => {
  const manifest = algorithms[algorithm];
  if (!manifest) throw new AlgorithmError({ what: `Unknown algorithm ${algorithm}`, where });
  try {
    return manifest.inference.parse(body, problem);
  } catch (cause) {
    throw new AlgorithmError(
      { what: `The model's answer cannot be read: ${(cause as Error).message}`, where },
      { cause },
    );
  }
};
