/** What CreateSchedule and UpdateSchedule refuse, and the record that they make. */
import { AwsError, type Call } from '../../operation.ts';
import { takeOn } from './executionRole.ts';
import { parseExpression } from './expression.ts';
import type { ScheduleInput } from './grammar.ts';
import { defaultGroup, groupOf, scheduleArn, type Schedule, type SchedulerState } from './schedules.ts';
import { checkTarget } from './targets.ts';
import { isZone } from './zone.ts';

const invalid = (message: string) => new AwsError('ValidationException', message);

/** StartDate may lie this long (ms) ago. */
const startGrace = 300_000;

/** Throws ValidationException, ResourceNotFoundException where there is no such group. */
export const checked = async (input: ScheduleInput, { world, state }: Call<SchedulerState>): Promise<void> => {
  const { ScheduleExpression, ScheduleExpressionTimezone = 'UTC', FlexibleTimeWindow, Target } = input;
  const group = groupOf(state, input.GroupName ?? defaultGroup);
  const expression = parseExpression(ScheduleExpression);
  if (!expression) throw invalid(`Invalid Schedule Expression ${ScheduleExpression}.`);
  if (!isZone(ScheduleExpressionTimezone))
    throw invalid(`Invalid ScheduleExpressionTimezone ${ScheduleExpressionTimezone}.`);
  if (expression.kind !== 'at') checkDates(input, world.clock.now());
  const { Mode, MaximumWindowInMinutes } = FlexibleTimeWindow;
  if ((Mode === 'FLEXIBLE') !== (MaximumWindowInMinutes !== undefined))
    throw invalid('MaximumWindowInMinutes must be specified for FlexibleTimeWindow mode FLEXIBLE, and only for it.');
  checkTarget(Target);
  await takeOn(world, Target.RoleArn, group.Arn).catch((error: unknown) => {
    if (!(error instanceof AwsError)) throw error;
    throw invalid('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.');
  });
};

const checkDates = ({ StartDate, EndDate }: ScheduleInput, now: number) => {
  if (StartDate !== undefined && StartDate * 1000 < now - startGrace)
    throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.');
  if (EndDate !== undefined && EndDate * 1000 < now) throw invalid('The EndDate you specify cannot be in the past.');
  if (StartDate !== undefined && EndDate !== undefined && EndDate <= StartDate)
    throw invalid('The EndDate must be after the StartDate.');
};

/** The record with every default; a schedule that is changed keeps its CreationDate. */
export const recordOf = (
  { ClientToken: _token, Description, ...given }: ScheduleInput,
  { world }: Call<SchedulerState>,
  before?: Schedule,
): Schedule => {
  const now = Math.floor(world.clock.now() / 1000);
  const { Name, GroupName = defaultGroup, Target } = given;
  return {
    ...given,
    ...(Description !== undefined && { Description }),
    GroupName,
    Arn: scheduleArn(world, GroupName, Name),
    ScheduleExpressionTimezone: given.ScheduleExpressionTimezone ?? 'UTC',
    State: given.State ?? 'ENABLED',
    ActionAfterCompletion: given.ActionAfterCompletion ?? 'NONE',
    CreationDate: before?.CreationDate ?? now,
    LastModificationDate: now,
    Target: { ...Target, RetryPolicy: { ...retryDefaults, ...Target.RetryPolicy } },
  };
};

/** AWS tries for 24 hours, up to 185 times. */
const retryDefaults = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };

/** Keeps the record, works out its first tick and sets the timer. */
export const keep = async (record: Schedule, { world, state }: Call<SchedulerState>): Promise<void> => {
  const next = state.timetable.first(record);
  state.schedules.set(`${record.GroupName}/${record.Name}`, { ...record, ...(next && { next }) });
  await world.store.flushed();
  state.timetable.run();
};

/** Whoever makes or changes a schedule hands its role over. */
export const passing = ({ Target: { RoleArn } }: ScheduleInput) => ({
  action: 'iam:PassRole',
  resource: RoleArn,
  context: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
});
