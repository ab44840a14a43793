import { describe, expect, test } from '@jest/globals';
import { evaluationOf } from '../../data/evaluation.ts';
import type { Answers } from '../../data/metrics.ts';
import { modelQuality, toModelQuality } from '../../spec/modelQuality.ts';
import { binaryAnswers, multiclassAnswers, regressionAnswers } from '../data/evaluation/answers.ts';

const of = (answers: Answers, classes?: readonly string[]) => {
  const evaluation = evaluationOf(answers, { replicates: 100, ...(classes && { classes }) });
  return { evaluation, quality: modelQuality.parse(JSON.parse(JSON.stringify(toModelQuality(evaluation)))) };
};

describe("evaluation in SageMaker's model quality format", () => {
  test('two classes', () => {
    const { evaluation, quality } = of(binaryAnswers(400, 1), ['no', 'yes']);
    expect(Object.keys(quality)).toEqual(['binary_classification_metrics']);
    const group = quality.binary_classification_metrics!;
    expect(group.auc).toEqual({
      value: evaluation.metrics['auc'],
      standard_deviation: evaluation.intervals['auc']!.deviation,
    });
    expect(group.true_positive_rate!.value).toBe(evaluation.metrics['recall']);
    expect(group.false_positive_rate!.value).toBeCloseTo(1 - evaluation.metrics['specificity']!, 12);
    const { no, yes } = group.confusion_matrix as Record<'no' | 'yes', Record<string, number>>;
    expect(no['no']! + no['yes']! + yes['no']! + yes['yes']!).toBe(400);
    const { precision, recall } = evaluation.metrics;
    expect(group.f2!.value).toBeCloseTo((5 * precision! * recall!) / (4 * precision! + recall!), 12);
    expect(group.f0_5!.value).toBeCloseTo((1.25 * precision! * recall!) / (0.25 * precision! + recall!), 12);
    expect(group.receiver_operating_characteristic_curve!.false_positive_rates).toEqual(evaluation.roc!.x);
    expect(group.precision_recall_curve!.recalls).toEqual(evaluation.precisionRecall!.x);
  });

  test('more classes', () => {
    const { evaluation, quality } = of(multiclassAnswers(300, 3, 1));
    const group = quality.multiclass_classification_metrics!;
    expect(group.weighted_f1!.value).toBe(evaluation.metrics['f1Weighted']);
    expect(group.weighted_recall!.value).toBeCloseTo(group.accuracy!.value, 12);
    const [low, high] = [group.weighted_f0_5!.value, group.weighted_f2!.value].sort((a, b) => a - b) as [
      number,
      number,
    ];
    expect(group.weighted_f1!.value).toBeGreaterThan(low - 0.01);
    expect(group.weighted_f1!.value).toBeLessThan(high + 0.01);
    expect(Object.keys(group.confusion_matrix!)).toEqual(['0', '1', '2']);
  });

  test('numbers', () => {
    const { evaluation, quality } = of(regressionAnswers(100, 1));
    expect(Object.keys(quality.regression_metrics!).sort()).toEqual(['mae', 'mse', 'r2', 'rmse']);
    expect(quality.regression_metrics!.rmse!.value).toBe(evaluation.metrics['rmse']);
  });

  test('what is not known is the text NaN, and what is not defined is absent', () => {
    const evaluation = evaluationOf({ problem: 'binary', labels: Float64Array.of(1), scores: Float64Array.of(0.7) });
    const group = modelQuality.parse(toModelQuality({ ...evaluation, intervals: {} })).binary_classification_metrics!;
    expect(group.accuracy).toEqual({ value: 1, standard_deviation: 'NaN' });
    expect(group).not.toHaveProperty('auc');
    expect(group).not.toHaveProperty('precision_recall_curve');
  });
});
