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

  test('the constant classifier of two classes answers the positive one: the figures of the documented example', () => {
    // A row of four is positive (SageMaker developer guide, model quality metrics).
    const { quality } = of({
      problem: 'binary',
      labels: Float64Array.of(0, 0, 0, 1),
      scores: Float64Array.of(0.1, 0.6, 0.7, 0.9),
    });
    const group = quality.binary_classification_metrics!;
    const value = (name: 'accuracy' | 'precision' | 'recall' | 'f0_5' | 'f1' | 'f2') =>
      group[`${name}_best_constant_classifier`]!.value;
    expect([value('recall'), value('precision'), value('accuracy')]).toEqual([1, 0.25, 0.25]);
    expect(value('f0_5')).toBeCloseTo(0.29411764705882354, 12);
    expect(value('f1')).toBeCloseTo(0.4, 12);
    expect(value('f2')).toBeCloseTo(0.625, 12);
    expect([group.f0_5!.value, group.f1!.value, group.f2!.value]).toEqual([
      expect.closeTo(0.3846153846153846, 12),
      expect.closeTo(0.5, 12),
      expect.closeTo(0.7142857142857143, 12),
    ]);
  });

  test('that of more classes answers the most frequent one, and is as good as a model that does', () => {
    const { labels } = multiclassAnswers(300, 3, 1);
    const rows = [0, 1, 2].map((label) => labels.filter((it) => it === label).length);
    const most = rows.indexOf(Math.max(...rows));
    const answers: Answers = {
      problem: 'multiclass',
      labels,
      scores: Float64Array.from({ length: 900 }, (_, at) => (at % 3 === most ? 0.8 : 0.1)),
    };
    const group = of(answers).quality.multiclass_classification_metrics!;
    for (const name of [
      'accuracy',
      'weighted_precision',
      'weighted_recall',
      'weighted_f0_5',
      'weighted_f1',
      'weighted_f2',
    ] as const)
      expect(group[`${name}_best_constant_classifier`]!.value).toBeCloseTo(group[name]!.value, 12);
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
