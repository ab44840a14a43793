/** Alarms that watch one model of an endpoint: made before it gets traffic, gone when it serves no more. */
import { DeleteAlarmsCommand, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { InputError } from '../../spec/errors.ts';
import { variantName } from '../../spec/names.ts';
import { alarmNamesOf, alarmRulesOf, type AlarmSettings } from '../../spec/rollout.ts';
import type { Champion } from '../../spec/run.ts';
import { isAws } from './awsErrors.ts';
import { cloudwatch } from './clients.ts';
import { environment } from './environment.ts';

interface Watched {
  endpoint: string;
  /** The run whose model answers: its variant is named after it. */
  modelRun: string;
  tags: { Key: string; Value: string }[];
}

/** The same again changes nothing. */
export const putAlarms = async ({ endpoint, modelRun, tags }: Watched, settings: AlarmSettings) => {
  const rules = alarmRulesOf(endpoint, modelRun, settings);
  for (const { name, metric, statistic, threshold } of rules)
    await cloudwatch().send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        AlarmDescription: `Watches the model of ${modelRun} on ${endpoint}; while it is deployed, sends all traffic back to what served before.`,
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
        AlarmActions: [environment('TOPIC_ARN')],
        Tags: tags,
      }),
    );
};

/** The names of a model's alarms that are off. Throws InputError when one that is to watch it is not there. */
export const alarmsOff = async (endpoint: string, modelRun: string, settings: AlarmSettings): Promise<string[]> => {
  const names = alarmRulesOf(endpoint, modelRun, settings).map(({ name }) => name);
  // Without names it would be all of the account.
  if (names.length === 0) return [];
  const { MetricAlarms = [] } = await cloudwatch().send(new DescribeAlarmsCommand({ AlarmNames: names }));
  const states = new Map(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
  const gone = names.filter((name) => !states.has(name));
  if (gone.length > 0)
    throw new InputError({
      what: `Nothing watches the new model any more: there is no alarm ${gone.join(', ')}`,
      where: `endpoint ${endpoint}`,
      todo: 'Somebody has deleted it; a new run makes it again.',
    });
  return names.filter((name) => states.get(name) === 'ALARM');
};

/** Deletes whatever alarms models have that serve no more: those of `runs` without those of `serving`. */
export const dropAlarms = async (endpoint: string, runs: Runs, serving: Runs = []) => {
  const kept = new Set(serving);
  const names = [...new Set(runs)].flatMap((it) =>
    it === undefined || kept.has(it) ? [] : alarmNamesOf(endpoint, it),
  );
  // One by one: all of a request are kept when one of them is not there.
  for (const name of names)
    try {
      await cloudwatch().send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
    } catch (error) {
      if (!isAws(error, ['ResourceNotFound', 'ResourceNotFoundException'])) throw error;
    }
};

type Runs = readonly (string | undefined)[];

/** The runs whose models serve. */
export const servingRuns = (champion: Champion | undefined): Runs => [champion?.runId, champion?.beside?.runId];
