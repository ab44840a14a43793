import { algorithms } from '../../algorithms/index.ts';
import type { Problem, Score } from '../../algorithms/algorithm.ts';
import { AlgorithmError } from '../../spec/errors.ts';
import { isAws } from './awsErrors.ts';
import { readObject } from './objectStream.ts';

/**
 * The answers of a transform job, `width` numbers for each of `rows` rows (the probabilities of a multiclass problem, else one).
 * Throws AlgorithmError when they are missing, malformed or not as many.
 */
export const readScores = async (
  key: string,
  algorithm: string,
  problem: Problem,
  rows: number,
): Promise<Float64Array> => {
  let scores = new Float64Array(0);
  let read = 0;
  let width = 1;
  for await (const score of streamScores(key, algorithm, problem)) {
    if (read === 0) {
      width = typeof score === 'number' ? 1 : score.length;
      scores = new Float64Array(rows * width);
    }
    if (read < rows) {
      if (typeof score === 'number') scores[read] = score;
      else scores.set(score, read * width);
    }
    read++;
  }
  if (read !== rows)
    throw new AlgorithmError({
      what: `The transform job wrote ${read} predictions`,
      where: key,
      expected: `${rows}, one per row`,
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

const lineFeed = 10;
const pieceBytes = 2 ** 20;

/** The answers of a transform job one by one, however many there are. Throws AlgorithmError when they cannot be read. */
export const streamScores = async function* (key: string, algorithm: string, problem: Problem): AsyncGenerator<Score> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  const take = (upTo: Uint8Array) => {
    const text = Buffer.concat([...held, upTo]).toString('utf8');
    held = [];
    bytes = 0;
    return text === '' ? [] : parseScores(text, algorithm, problem, key);
  };
  for await (const chunk of written(key)) {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0 && bytes + chunk.length >= pieceBytes) {
      yield* take(chunk.subarray(0, end));
      held = [chunk.subarray(end)];
      bytes = chunk.length - end;
    } else {
      held.push(chunk);
      bytes += chunk.length;
    }
  }
  yield* take(new Uint8Array());
};

const written = async function* (key: string) {
  try {
    yield* readObject(key);
  } catch (cause) {
    if (!isAws(cause, ['NoSuchKey', 'NotFound'])) throw cause;
    throw new AlgorithmError({ what: 'The transform job wrote no predictions', where: key }, { cause });
  }
};
