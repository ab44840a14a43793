/** The journal's own writing of entries must give what JSON.stringify gives, so that any reader can read it. */
import { expect, test } from '@jest/globals';
import type { Entry } from '../../../runtime/asl/journal.ts';
import type { Json } from '../../../runtime/asl/json.ts';
import { entryText } from '../../../runtime/services/states/entryText.ts';

const shared: Json = { a: [1, 'two', null, { 'ü"\n': '\u2028' }], b: -0, c: 1e21 };

const entry = (events: number): Entry => ({
  event: { at: 1, kind: 'started', seed: 's', input: shared },
  history: Array.from({ length: events }, (_, i) => ({
    id: i + 1,
    previousEventId: i,
    timestamp: 1_750_000_000_000,
    type: 'PassStateEntered',
    ...(i % 4 !== 3 && {
      details: { name: `"State" ${i % 3}`, input: i % 2 ? shared : [i, ''], error: undefined, cause: 'a\\b', n: i / 3 },
    }),
  })),
});

test.each([0, 1, 5, 2_000])('an entry of %d events is the JSON of the entry', (events) => {
  const written = entryText(entry(events), 'E1 2 ', '}');
  expect(written.join('')).toBe(`E1 2 ${JSON.stringify(entry(events))}}`);
});

test('details without members stay an object', () => {
  const history = [{ id: 1, previousEventId: 0, timestamp: 2, type: 'ExecutionFailed', details: { error: undefined } }];
  const told: Entry = { event: { at: 1, kind: 'rang', id: 0 }, history };
  expect(entryText(told, '').join('')).toBe(JSON.stringify(told));
});
