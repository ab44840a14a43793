/** EventBridge Scheduler schedules in the group of this service: of a pipeline, one to train and one to score. */
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
  type GetScheduleCommandOutput,
} from '@aws-sdk/client-scheduler';
import { InputError } from '../../spec/errors.ts';
import { keys } from '../../spec/names.ts';
import { beginOf, intervalOf, type ScheduleSetting } from '../../spec/schedule.ts';
import { isAws } from './awsErrors.ts';
import { scheduler } from './clients.ts';
import { environment } from './environment.ts';

/** What a schedule is for. */
export type Purpose = 'train' | 'score';

/** No pipeline has a dot in its name. */
const at = (pipeline: string, purpose: Purpose) => ({
  Name: purpose === 'score' ? `${pipeline}.score` : pipeline,
  GroupName: environment('SCHEDULE_GROUP'),
});

/** Brings the schedule about as it is set; one that is so already is left alone. Throws InputError where AWS refuses it. */
export const putSchedule = async (pipeline: string, purpose: Purpose, setting: ScheduleSetting) => {
  const known = await find(pipeline, purpose);
  const wanted = wantedOf(pipeline, purpose, setting, known);
  if (known && isSame(known, wanted)) return 'unchanged';
  try {
    if (!known && (await created(wanted))) return 'created';
    await scheduler().send(new UpdateScheduleCommand(wanted));
    return 'changed';
  } catch (cause) {
    if (!isAws(cause, ['ValidationException'])) throw cause;
    throw new InputError(
      { what: cause.message, where: `${keys.pipeline(pipeline)}, ${purpose === 'score' ? 'batch.' : ''}schedule` },
      { cause },
    );
  }
};

/** Deletes the schedule; one that is not there is no error. */
export const removeSchedule = async (pipeline: string, purpose: Purpose) => {
  try {
    await scheduler().send(new DeleteScheduleCommand(at(pipeline, purpose)));
    return 'removed';
  } catch (error) {
    if (!isAws(error, ['ResourceNotFoundException'])) throw error;
    return 'none';
  }
};

const find = async (pipeline: string, purpose: Purpose): Promise<GetScheduleCommandOutput | undefined> => {
  try {
    return await scheduler().send(new GetScheduleCommand(at(pipeline, purpose)));
  } catch (error) {
    if (!isAws(error, ['ResourceNotFoundException'])) throw error;
    return undefined;
  }
};

/** False when another has created it in this moment. */
const created = async (wanted: CreateScheduleCommandInput): Promise<boolean> => {
  try {
    await scheduler().send(new CreateScheduleCommand(wanted));
    return true;
  } catch (error) {
    if (!isAws(error, ['ConflictException'])) throw error;
    return false;
  }
};

const wantedOf = (
  pipeline: string,
  purpose: Purpose,
  setting: ScheduleSetting,
  known: GetScheduleCommandOutput | undefined,
) => {
  const { expression, timezone, end, source } = setting;
  const before = known?.ScheduleExpression && {
    expression: known.ScheduleExpression,
    start: known.StartDate?.getTime(),
  };
  const begin = beginOf(setting, Date.now(), before || undefined);
  return {
    ...at(pipeline, purpose),
    Description: `${purpose === 'score' ? 'Scores with' : 'Runs'} the pipeline ${pipeline}`,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: timezone,
    ...(begin !== undefined && { StartDate: new Date(begin) }),
    ...(end !== undefined && { EndDate: new Date(end) }),
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: environment('SCHEDULE_TARGET_ARN'),
      RoleArn: environment('SCHEDULE_ROLE_ARN'),
      Input: JSON.stringify({ pipeline, purpose, source, scheduledTime: '<aws.scheduler.scheduled-time>' }),
      DeadLetterConfig: { Arn: environment('DEAD_LETTERS_ARN') },
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    },
  } satisfies CreateScheduleCommandInput;
};

/** The same schedule with the same beat: a rate's start moves on as time passes. */
const isSame = (known: GetScheduleCommandOutput, wanted: ReturnType<typeof wantedOf>): boolean => {
  const shape = ({ ScheduleExpression, ScheduleExpressionTimezone, EndDate, Target }: typeof wanted | typeof known) =>
    JSON.stringify([
      ScheduleExpression,
      ScheduleExpressionTimezone,
      EndDate,
      Target?.Arn,
      Target?.RoleArn,
      Target?.Input,
      Target?.DeadLetterConfig?.Arn,
    ]);
  const starts = [known.StartDate, wanted.StartDate].map((date) => date?.getTime());
  const interval = intervalOf(wanted.ScheduleExpression);
  const [was, will] = starts;
  const sameBeat =
    was === will ||
    (interval !== undefined && was !== undefined && will !== undefined && (will - was) % interval === 0);
  return shape(known) === shape(wanted) && sameBeat;
};
