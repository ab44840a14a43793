/** Alarms that watch one deployment of an endpoint: made before its traffic moves, gone with the model that they watch. */
import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { variantName } from '../../spec/names.ts';
import { alarmNamesOf, alarmRulesOf, type AlarmSettings } from '../../spec/rollout.ts';
import { isAws } from './awsErrors.ts';
import { cloudwatch } from './clients.ts';

interface Watched {
  endpoint: string;
  config: string;
  /** The run whose model answers: its variant is named after it. */
  modelRun: string;
  tags: { Key: string; Value: string }[];
}

/** Returns the names of the alarms. The same again changes nothing. */
export const putAlarms = async ({ endpoint, config, modelRun, tags }: Watched, settings: AlarmSettings) => {
  const rules = alarmRulesOf(endpoint, config, settings);
  for (const { name, metric, statistic, threshold } of rules)
    await cloudwatch().send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        AlarmDescription: `Sends the traffic of ${endpoint} back to the model that served before.`,
        Namespace: 'AWS/SageMaker',
        MetricName: metric,
        Dimensions: [
          { Name: 'EndpointName', Value: endpoint },
          { Name: 'VariantName', Value: variantName(modelRun) },
        ],
        Statistic: statistic,
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: threshold,
        TreatMissingData: 'notBreaching',
        Tags: tags,
      }),
    );
  return rules.map(({ name }) => name);
};

/** Deletes whatever alarms a deployment has. */
export const dropAlarms = async (endpoint: string, config: string) => {
  // One by one: all of a request are kept when one of them is not there.
  for (const name of alarmNamesOf(endpoint, config))
    try {
      await cloudwatch().send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
    } catch (error) {
      if (!isAws(error, ['ResourceNotFound', 'ResourceNotFoundException'])) throw error;
    }
};
