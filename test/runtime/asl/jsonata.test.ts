/** What an expression may not do: take for ever, or evaluate text. */
import { expect, test } from '@jest/globals';
import { evaluateJsonata } from '../../../runtime/asl/jsonata/evaluate.ts';
import { complete } from '../../../runtime/asl/later.ts';

const evaluate = async (source: string) =>
  complete(evaluateJsonata(source, 'Output', {}, { now: 0, random: { seed: '', drawn: 0 } }));

test.each([
  ['endless recursion', '($f := function() { $f() }; $f())'],
  ['$range without end', '$range(1, 1000000000, 1)'],
  ['a range without end', '[1..1000000000]'],
  ['$eval', "$eval('1 + 1')"],
])('%s fails as an evaluation', async (_, source) => {
  await expect(evaluate(source)).rejects.toMatchObject({ error: 'States.QueryEvaluationError' });
});

test('a regular expression that backtracks without end ends all the same', async () => {
  expect(await evaluate(`$contains('${'a'.repeat(50)}b', /^(a+)+$/)`)).toBe(false);
});
