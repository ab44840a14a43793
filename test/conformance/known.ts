/**
 * Where a recording is not what AWS does, or AWS does what nobody could mean to: differences that are no fault of the engine.
 * They are counted as `known`, not as passed.
 */
import type { Actual } from './execution.ts';
import type { RecordedRun } from './recording.ts';

interface Known {
  reason: string;
  /** What the engine made of the case, but for the known difference: it has to agree with the recording then. */
  without: (actual: Actual, expected: RecordedRun['expected']) => Actual;
}

/** Leaves out the earliest of our Parallel events that the recording lacks, where its numbering has room for all of them. */
const withoutDropped: Known['without'] = (actual, { history }) => {
  const recorded = history?.events ?? [];
  if (recorded.at(-1)?.id !== actual.events.length) return actual;
  const surplus = new Map<string, number>();
  for (const { type } of actual.events) surplus.set(type, (surplus.get(type) ?? 0) + 1);
  for (const { type } of recorded) surplus.set(type, (surplus.get(type) ?? 0) - 1);
  const events = actual.events.filter(({ type }) => {
    const left = surplus.get(type) ?? 0;
    if (!type.startsWith('ParallelState') || left <= 0) return true;
    surplus.set(type, left - 1);
    return false;
  });
  return { ...actual, events };
};

export const known: readonly Known[] = [
  {
    reason: "The recorder lost some of a Parallel state's events: their places are empty in its numbering",
    without: withoutDropped,
  },
];

/** The same for conversations with the API, by the difference that was found. */
export const knownInSteps: readonly { reason: string; found: RegExp }[] = [
  {
    reason:
      "The recorder put a name in the place of an ARN that was sent (a mocked answer's), and left the ARN in the answer",
    found: /: want "arn:aws:[^"]+" got "[a-z]+(?:_[a-z]+)*_arn"$/,
  },
];
