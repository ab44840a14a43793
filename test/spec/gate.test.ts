import { describe, expect, test } from '@jest/globals';
import { judge, type GateQuestion } from '../../spec/gate.ts';
import type { CandidateResult } from '../../spec/run.ts';

const result = (candidate: number | 'champion', metrics: Record<string, number>): CandidateResult => ({
  candidate,
  algorithm: candidate === 0 ? 'linear-learner' : 'xgboost',
  modelName: `model-${candidate}`,
  metrics,
});

const question = (over: Partial<GateQuestion>): GateQuestion => ({
  gate: { rules: [], champion: { minDelta: 0 } },
  objective: 'rmse',
  direction: 'min',
  candidates: [result(0, { rmse: 5, r2: 0.6 }), result(1, { rmse: 3, r2: 0.8 })],
  baseline: { rmse: 9 },
  ...over,
});

const rules = (...given: { metric: string; min?: number; max?: number }[]) => ({
  rules: given,
  champion: { minDelta: 0 },
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
      judge(question({ gate: { rules: [], champion: { minDelta } }, champion: result('champion', { rmse }) })).passed;
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
