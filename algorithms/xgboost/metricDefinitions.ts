/** The metrics SageMaker scrapes from the log of the XGBoost container (aws/sagemaker-xgboost-container, `metrics.py`). */
import type { MetricDefinition } from '../algorithm.ts';

const goals = {
  Maximize:
    'accuracy auc aucpr balanced_accuracy f1 f1_binary f1_macro map ndcg precision r2 recall precision_macro ' +
    'precision_micro recall_macro recall_micro',
  Minimize:
    'aft-nloglik cox-nloglik error gamma-deviance gamma-nloglik interval-regression-accuracy logloss mae mape merror ' +
    'mlogloss mphe mse poisson-nloglik rmse rmsle tweedie-nloglik',
};

/** `#011` is literal text: CloudWatch's escape of the tab the container prints between the metrics of a round. */
const definition = (name: string, goal: MetricDefinition['goal']): MetricDefinition => ({
  name: `validation:${name}`,
  goal,
  regex: `.*\\[[0-9]+\\].*#011validation-${name}:(\\S+)`,
});

export const metricDefinitions: readonly MetricDefinition[] = [
  ...goals.Maximize.split(' ').map((name) => definition(name, 'Maximize')),
  ...goals.Minimize.split(' ').map((name) => definition(name, 'Minimize')),
];
