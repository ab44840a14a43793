import { describe, expect, test } from '@jest/globals';
import type { Slice } from '../../spec/evaluation.ts';
import { judge, type GateQuestion } from '../../spec/gate.ts';
import { refuseUnknownRules, sliceColumns } from '../../spec/gateRules.ts';
import { type Pipeline, pipelineSchema } from '../../spec/pipeline.ts';
import { type CandidateResult, candidateResult } from '../../spec/run.ts';

const result = (candidate: number | 'champion', metrics: Record<string, number>): CandidateResult => ({
  candidate,
  algorithm: candidate === 0 ? 'linear-learner' : 'xgboost',
  modelName: `model-${candidate}`,
  metrics,
});

const question = (over: Partial<GateQuestion>): GateQuestion => ({
  gate: { rules: [], champion: { minDelta: 0, missing: 'pass' } },
  objective: 'rmse',
  direction: 'min',
  candidates: [result(0, { rmse: 5, r2: 0.6 }), result(1, { rmse: 3, r2: 0.8 })],
  baseline: { rmse: 9 },
  ...over,
});

const rules = (...given: { metric: string; min?: number; max?: number }[]) => ({
  rules: given,
  champion: { minDelta: 0, missing: 'pass' as const },
});

describe('the gate', () => {
  test('picks the candidate with the best objective, whichever way is better', () => {
    expect(judge(question({})).winner).toBe(1);
    expect(judge(question({ objective: 'r2', direction: 'max', baseline: { r2: 0 } })).winner).toBe(1);
    const tie = [result(0, { rmse: 3 }), result(1, { rmse: 3 })];
    expect(judge(question({ candidates: tie })).winner).toBe(0);
  });

  test('without rules wants better than the baseline', () => {
    expect(judge(question({})).passed).toBe(true);
    const even = judge(question({ baseline: { rmse: 3 } }));
    expect(even.passed).toBe(false);
    expect(even.summary).toContain('always answering the mean or the majority class gives 3');
  });

  test('passes only if every rule does, and explains each with its numbers', () => {
    const verdict = judge(question({ gate: rules({ metric: 'rmse', max: 4.5 }, { metric: 'r2', min: 0.9 }) }));
    expect(verdict.passed).toBe(false);
    expect(verdict.rules).toEqual([
      { rule: 'rmse at most 4.5', passed: true, reason: 'rmse is 3, wanted at most 4.5' },
      { rule: 'r2 at least 0.9', passed: false, reason: 'r2 is 0.8, wanted at least 0.9' },
    ]);
    expect(verdict.summary).toBe('Refused: r2 is 0.8, wanted at least 0.9.');
  });

  test('takes a limit itself as kept', () => {
    expect(judge(question({ gate: rules({ metric: 'rmse', min: 3, max: 3 }) })).passed).toBe(true);
  });

  test('never passes on a metric that is missing or not a number', () => {
    expect(judge(question({ gate: rules({ metric: 'auc', min: 0 }) })).passed).toBe(false);
    expect(judge(question({ candidates: [result(0, { rmse: Number.NaN })] }))).toMatchObject({
      passed: false,
      summary: 'Refused: no candidate has a finite rmse.',
    });
    expect(judge(question({ baseline: {} })).passed).toBe(false);
  });

  test('wants a challenger not worse than the champion on the same rows', () => {
    const against = (rmse: number, minDelta = 0) =>
      judge(
        question({
          gate: { rules: [], champion: { minDelta, missing: 'pass' } },
          champion: result('champion', { rmse }),
        }),
      ).passed;
    expect(against(3)).toBe(true);
    expect(against(2.9)).toBe(false);
    expect(against(3.05, 0.1)).toBe(false);
    expect(against(3.2, 0.1)).toBe(true);
    expect(against(2.9, -0.2)).toBe(true);
  });

  test('refuses when the champion could not be scored, saying why', () => {
    const verdict = judge(question({ champion: { complaint: 'the column rm is missing' } }));
    expect(verdict.passed).toBe(false);
    expect(verdict.summary).toContain('the column rm is missing');
  });
});

/** As in a pipeline file, so that rules are only such as it can hold. */
const gateOf = (gate: unknown): Pipeline['gate'] => pipelineSchema.parse({ name: 'p', gate }).gate;

const interval = (lower: number, upper: number) => ({ lower, upper, deviation: (upper - lower) / 4 });

const slice = (value: string, auc: number | undefined, rows: number): Slice => ({
  column: 'sex',
  value,
  rows,
  small: rows < 30,
  metrics: auc === undefined ? {} : { auc },
  intervals: auc === undefined ? {} : { auc: interval(auc - 0.05, auc + 0.05) },
});

const measured = candidateResult.parse({
  ...result(0, { auc: 0.8, brier: 0.2 }),
  intervals: { auc: interval(0.77, 0.83) },
  slices: [slice('Male', 0.82, 500), slice('Female', 0.74, 300), slice('other', 0.3, 12)],
} satisfies CandidateResult);

const verdictOf = (rule: object, over: Partial<GateQuestion> = {}) =>
  judge(
    question({
      gate: gateOf({ rules: [rule] }),
      objective: 'auc',
      direction: 'max',
      candidates: [measured],
      ...over,
    }),
  ).rules[0]!;

describe('a rule can ask for', () => {
  test('an end of the confidence interval', () => {
    expect(verdictOf({ metric: 'auc', min: 0.78 }).passed).toBe(true);
    expect(verdictOf({ metric: 'auc', bound: 'lower', min: 0.78 })).toEqual({
      rule: 'the lower bound of auc at least 0.78',
      passed: false,
      reason: 'the lower bound of auc is 0.77, wanted at least 0.78',
    });
    expect(verdictOf({ metric: 'auc', bound: 'upper', max: 0.84 }).passed).toBe(true);
    expect(verdictOf({ metric: 'brier', bound: 'upper', max: 1 })).toMatchObject({
      passed: false,
      reason: 'the upper bound of brier is missing, wanted at most 1',
    });
  });

  test('one slice, with its rows', () => {
    expect(verdictOf({ metric: 'auc', slice: { sex: 'Female' }, min: 0.75 })).toEqual({
      rule: 'auc on sex = Female at least 0.75',
      passed: false,
      reason: 'auc on sex = Female is 0.74 (300 rows), wanted at least 0.75',
    });
    expect(verdictOf({ metric: 'auc', slice: { sex: 'Male' }, bound: 'lower', min: 0.75 }).passed).toBe(true);
    expect(verdictOf({ metric: 'auc', slice: { sex: 'Femal' }, min: 0.5 })).toMatchObject({
      passed: false,
      reason: 'auc on sex = Femal: no held-out row has this value, did you mean Female?',
    });
  });

  test('every slice of a column: the worst decides, those with too few rows are told only', () => {
    expect(verdictOf({ metric: 'auc', slice: 'sex', min: 0.7 })).toEqual({
      rule: 'auc on every slice of sex at least 0.7',
      passed: true,
      reason:
        'auc on every slice of sex is 0.74 at worst (Female, 300 rows; 1 with too few rows not judged), wanted at least 0.7',
    });
    const failing = verdictOf({ metric: 'auc', slice: 'sex', min: 0.9 });
    expect(failing.passed).toBe(false);
    expect(failing.reason).toContain('2 of 2 slices fail');
    expect(verdictOf({ metric: 'auc', slice: 'sex', max: 0.8 }).reason).toContain('0.82 at worst (Male');
  });

  test('slices never pass on what was not measured', () => {
    const of = (slices: CandidateResult['slices']) =>
      verdictOf({ metric: 'auc', slice: 'sex', min: 0 }, { candidates: [{ ...measured, slices }] });
    expect(of([])).toMatchObject({ passed: false, reason: 'auc on every slice of sex: it was not measured' });
    expect(of([slice('Male', 0.9, 10)]).reason).toContain('all 1 slices have too few rows');
    expect(of([slice('Male', 0.9, 100), slice('Female', undefined, 100)])).toMatchObject({
      passed: false,
      reason: 'auc on every slice of sex is missing on Female (100 rows), wanted at least 0',
    });
  });

  test('drift of a column, or the largest', () => {
    const columns = [
      { column: 'age', psi: 0.05, ks: 0.08, p: 0.3 },
      { column: 'job', psi: 0.4 },
    ];
    const of = (rule: object) => verdictOf(rule, { drift: { columns } });
    expect(of({ drift: 'psi', max: 0.25 })).toEqual({
      rule: 'the largest psi at most 0.25',
      passed: false,
      reason: 'the largest psi is 0.4 (job), wanted at most 0.25',
    });
    expect(of({ drift: 'psi', column: 'age', max: 0.25 }).passed).toBe(true);
    expect(of({ drift: 'ks', max: 0.1 })).toMatchObject({ passed: true, reason: expect.stringContaining('(age)') });
    expect(of({ drift: 'ks', column: 'job', max: 0.1 })).toMatchObject({
      passed: false,
      reason: 'ks of job: it is not numeric, psi is what it has',
    });
    expect(of({ drift: 'psi', column: 'gone', max: 1 })).toMatchObject({
      passed: false,
      reason: expect.stringContaining('missing'),
    });
  });

  test('drift on the first drop, which has nothing to drift from; but not when nobody measured it', () => {
    expect(verdictOf({ drift: 'psi', max: 0.2 }, { drift: { none: 'this is the first drop' } })).toMatchObject({
      passed: true,
      reason: 'the largest psi: this is the first drop',
    });
    expect(verdictOf({ drift: 'psi', max: 0.2 }).passed).toBe(false);
  });
});

describe('a significant gain over the champion', () => {
  const comparison = {
    metric: 'auc',
    challenger: 0.8,
    champion: 0.79,
    gain: 0.01,
    lower: -0.002,
    upper: 0.022,
    deviation: 0.006,
    level: 0.95,
    p: 0.049,
    margin: 0,
    method: 'DeLong',
  } as const;
  const against = (over: Partial<typeof comparison> | undefined, champion: object = { significance: 0.05 }) =>
    judge(
      question({
        gate: gateOf({ rules: [{ metric: 'auc', min: 0 }], champion }),
        objective: 'auc',
        direction: 'max',
        candidates: [over ? { ...measured, comparison: { ...comparison, ...over } } : measured],
        champion: result('champion', { auc: 0.79 }),
      }),
    ).rules[1]!;

  test('passes by its p, and says its numbers', () => {
    expect(against({})).toEqual({
      rule: 'auc against the champion, a gain above 0 with p at most 0.05',
      passed: true,
      reason:
        'auc is 0.8, the deployed model has 0.79 on the same held-out rows: a gain of 0.01 (95 % interval -0.002 to 0.022), p 0.049 by DeLong, wanted at most 0.05 for a gain above 0',
    });
    expect(against({ p: 0.06 as 0.049 }).passed).toBe(false);
  });

  test('fails when it was not compared, in another metric, or against another margin', () => {
    expect(against(undefined)).toMatchObject({ passed: false, reason: expect.stringContaining('was not compared') });
    expect(against({}, { significance: 0.05, minDelta: 0.01 }).passed).toBe(false);
  });

  test('is not asked for unless the pipeline does', () => {
    expect(against(undefined, {})).toMatchObject({ passed: true, rule: 'auc against the champion, minDelta 0' });
  });
});

test('the objective may be to have no bias, on either side', () => {
  const candidates = [result(0, { bias: -0.5 }), result(1, { bias: 0.2 })];
  const verdict = judge(question({ objective: 'bias', direction: 'zero', candidates, baseline: { bias: -0.3 } }));
  expect(verdict).toMatchObject({ winner: 1, passed: true });
});

describe('rules on what is not there', () => {
  const known = { problem: 'binary', metrics: ['auc', 'accuracy'], columns: ['age', 'sex'] };
  const refusal = (rule: object) => () => refuseUnknownRules(gateOf({ rules: [rule] }), known);

  test('are refused with the near miss and where they stand', () => {
    expect(refusal({ metric: 'acuracy', min: 0 })).toThrow(
      /acuracy is no metric of a binary problem. Did you mean "accuracy"/,
    );
    expect(refusal({ metric: 'acuracy', min: 0 })).toThrow(/gate.rules\[0\].metric/);
    expect(refusal({ metric: 'auc', slice: { Sex_: 'Male' }, min: 0 })).toThrow(/no column Sex_. Did you mean "sex"/);
    expect(refusal({ metric: 'auc', slice: 'zip', min: 0 })).toThrow(/no column zip. It has age, sex/);
    expect(refusal({ drift: 'psi', column: 'agee', max: 1 })).toThrow(/Did you mean "age"/);
    expect(refusal({ metric: 'auc', slice: 'sex', min: 0 })).not.toThrow();
  });

  test('the columns whose slices have to be measured are known beforehand', () => {
    const rules = [
      { metric: 'auc', slice: { sex: 'Male' }, min: 0 },
      { metric: 'auc', slice: 'sex', min: 0 },
      { metric: 'auc', slice: { age: 30 }, min: 0 },
      { drift: 'psi', column: 'job', max: 1 },
    ];
    expect(sliceColumns(gateOf({ rules }))).toEqual(['sex', 'age']);
  });
});

describe('a rule can ask of the model itself', () => {
  const figures = {
    modelBytes: { value: 12_345_678 },
    trainingUsd: { value: 0.023, note: '360 s billed on 1 × ml.m5.xlarge at 0.23 USD an hour' },
    trainingSeconds: { value: 360 },
  };

  test.each([
    [
      { figure: 'modelBytes', max: 10_000_000 },
      'the size of model.tar.gz is 12345700 bytes, wanted at most 10000000 bytes',
    ],
    [
      { figure: 'trainingUsd', max: 0.02 },
      'the cost of training is 0.023 USD (360 s billed on 1 × ml.m5.xlarge at 0.23 USD an hour), wanted at most 0.02 USD',
    ],
    [{ figure: 'trainingSeconds', max: 300 }, 'the time of training is 360 s, wanted at most 300 s'],
  ])('%j, with its unit', (rule, reason) => {
    expect(verdictOf(rule, { figures })).toMatchObject({ passed: false, reason });
    expect(verdictOf({ ...rule, max: 2e7 }, { figures }).passed).toBe(true);
  });

  test('and what is not known is not taken for nothing', () => {
    expect(verdictOf({ figure: 'trainingUsd', max: 1 }, { figures: {} })).toEqual({
      rule: 'the cost of training at most 1 USD',
      passed: false,
      reason: 'the cost of training: no price of its instance is known',
    });
    expect(verdictOf({ figure: 'modelBytes', max: 1 }).passed).toBe(false);
  });

  test.each([
    { figure: 'modelBytes', max: 1, slice: 'sex' },
    { figure: 'modelBytes', max: 1, bound: 'upper' },
    { figure: 'modelBytes', max: 1, column: 'a' },
    { figure: 'modelBytes', metric: 'auc', max: 1 },
    { figure: 'size', max: 1 },
  ])('but not in ways that mean nothing: %j', (rule) => {
    expect(() => gateOf({ rules: [rule] })).toThrow();
  });
});

describe('without a champion', () => {
  const of = (missing?: string) => judge(question({ gate: gateOf({ champion: { ...(missing && { missing }) } }) }));

  test('a first model is judged by the other rules, and the verdict says that it was compared with none', () => {
    expect(of()).toMatchObject({
      passed: true,
      notes: [expect.stringMatching(/no deployed model/), expect.anything()],
    });
    expect(of('pass').passed).toBe(true);
  });

  test('or is refused where the pipeline wants one to beat', () => {
    expect(of('refuse')).toMatchObject({
      passed: false,
      summary: expect.stringContaining('there is no deployed model to compare with'),
    });
    const champion = result('champion', { rmse: 4 });
    expect(judge(question({ gate: gateOf({ champion: { missing: 'refuse' } }), champion })).passed).toBe(true);
  });
});

test('the best of several candidates had as many chances: its p is multiplied by their number', () => {
  const comparison = {
    metric: 'rmse',
    challenger: 3,
    champion: 4,
    gain: 1,
    lower: 0.2,
    upper: 1.8,
    deviation: 0.4,
    level: 0.95,
    p: 0.03,
    margin: 0,
    method: 'bootstrap' as const,
  };
  const winner = { ...result(1, { rmse: 3 }), comparison };
  const of = (...others: CandidateResult[]) =>
    judge(
      question({
        gate: gateOf({ champion: { significance: 0.05 } }),
        candidates: [...others, winner],
        champion: result('champion', { rmse: 4 }),
      }),
    );
  expect(of()).toMatchObject({ passed: true });
  const best = of(result(0, { rmse: 5 }));
  expect(best.passed).toBe(false);
  expect(best.summary).toContain('p 0.03, 0.06 as the best of 2 candidates, by bootstrap, wanted at most 0.05');
});
