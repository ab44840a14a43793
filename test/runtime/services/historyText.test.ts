/** What is read back of an entry's history is what was written into it, whatever it is. */
import { expect, test } from '@jest/globals';
import type { HistoryEvent } from '../../../runtime/asl/history.ts';
import type { Json } from '../../../runtime/asl/json.ts';
import { openText, readHistory, type HistoryText } from '../../../runtime/services/states/historyText.ts';

const at = 1_750_000_000_000;

const roundTrip = (history: readonly HistoryEvent[]) => {
  let text: HistoryText | undefined;
  const entry = openText((_event, written) => (text = written));
  for (const { id, previousEventId, type, details } of history) entry.add(id, previousEventId, type, details);
  entry.keep({ at, kind: 'rang', id: 0 });
  const pieces = text?.pieces('{', '}') ?? [];
  const { from, events } = JSON.parse(pieces.join('')) as { from: number; events: Json[] };
  return { read: readHistory(events, from, at), length: pieces.join('').length, text };
};

const event = (
  id: number,
  type: string,
  details?: HistoryEvent['details'],
  previousEventId = id - 1,
): HistoryEvent => ({
  id,
  previousEventId,
  timestamp: at,
  type,
  ...(details && { details }),
});

const shared: Json = { a: [1, 'two', null, { 'ü"\n': '\u2028' }], c: 1e21 };

const history = [
  event(7, 'ExecutionStarted', { input: shared, roleArn: 'arn' }),
  event(8, 'PassStateEntered', { name: '"State" 1', input: shared }),
  event(9, 'PassStateExited', { name: '"State" 1', output: shared }),
  event(10, 'MapIterationStarted', { name: 'Each', index: 0 }, 3),
  event(11, 'ChoiceStateEntered', { name: 'C', input: null }),
  event(12, 'ChoiceStateExited', { name: 'C', output: shared }),
  event(13, 'PassStateExited', { name: 'P', output: shared, assignedVariables: { x: 1 } }),
  event(14, 'AnEventOfANewerService', { name: 'P', output: 'text' }, 2),
  event(15, 'MapStateSucceeded', undefined, 1),
  event(16, 'TaskScheduled', { resource: 'invoke', parameters: { a: [] } }),
  event(17, 'ExecutionFailed', {}),
];

test('every shape of details', () => {
  const { read, text } = roundTrip(history);
  expect(read).toEqual(history);
  expect(text).toMatchObject({ count: history.length, last: 'ExecutionFailed' });
});

test('a value that states hand on is written once', () => {
  const value = { long: 'x'.repeat(1000) };
  const loop = Array.from({ length: 2_000 }, (_, i) =>
    i % 2
      ? event(i + 1, 'PassStateExited', { name: 'P', output: value })
      : event(i + 1, 'PassStateEntered', { name: 'P', input: value }),
  );
  const { read, length } = roundTrip(loop);
  expect(read).toEqual(loop);
  expect(length).toBeLessThan(2_000 * 10 + 2_000);
});

test('an entry without events', () => {
  expect(roundTrip([]).read).toEqual([]);
});
