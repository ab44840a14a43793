/**
 * EventBridge Scheduler over the official client, under virtual time.
 * Long because every kind of schedule is tried in one world, with one clock and one client.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AwsError, type Principal } from '../../../runtime/operation.ts';
import { events } from '../../../runtime/services/events/index.ts';
import { iam } from '../../../runtime/services/iam/index.ts';
import { sns } from '../../../runtime/services/sns/index.ts';
import { sqs } from '../../../runtime/services/sqs/index.ts';
import { states } from '../../../runtime/services/states/index.ts';
import { sts } from '../../../runtime/services/sts/index.ts';
import { functionArn, openSchedulerWorld, roleArn, type SchedulerWorld } from './schedulerWorld.ts';

const begin = Date.parse('2027-03-01T12:00:00Z');
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

let world: SchedulerWorld;
beforeEach(async () => {
  world = await openSchedulerWorld(begin, [sqs, sns, events, states]);
});
afterEach(() => world.close());

const base = {
  Name: 'nightly',
  ScheduleExpression: 'cron(0 3 * * ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: functionArn, RoleArn: roleArn },
} satisfies CreateScheduleCommandInput;

const times = () => world.heard.map(({ at }) => new Date(at).toISOString().replace('.000', ''));
const root = (): Principal => ({ kind: 'root', arn: 'arn:aws:iam::000000000000:root' });
const call = <Output>(service: string, operation: string, input: object) =>
  world.runtime.world.call(root(), service, operation, input) as Promise<Output>;

describe('a schedule', () => {
  test('is created, read, changed, listed and deleted', async () => {
    const { ScheduleArn } = await world.client.send(new CreateScheduleCommand(base));
    expect(ScheduleArn).toBe('arn:aws:scheduler:eu-west-1:000000000000:schedule/default/nightly');
    expect(await world.client.send(new GetScheduleCommand({ Name: 'nightly' }))).toMatchObject({
      ...base,
      Arn: ScheduleArn,
      GroupName: 'default',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      ActionAfterCompletion: 'NONE',
      CreationDate: new Date(begin),
      Target: { ...base.Target, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
    });
    await world.clock.advance(hour);
    const StartDate = new Date(begin + 2 * day);
    await world.client.send(
      new UpdateScheduleCommand({ ...base, ScheduleExpressionTimezone: 'Asia/Kolkata', StartDate, Description: 'x' }),
    );
    const changed = await world.client.send(new GetScheduleCommand({ Name: 'nightly' }));
    expect(changed).toMatchObject({ ScheduleExpressionTimezone: 'Asia/Kolkata', StartDate, Description: 'x' });
    expect(changed.CreationDate).toEqual(new Date(begin));
    expect(changed.LastModificationDate).toEqual(new Date(begin + hour));
    const { Schedules } = await world.client.send(new ListSchedulesCommand({ NamePrefix: 'night' }));
    expect(Schedules).toEqual([
      expect.objectContaining({ Name: 'nightly', GroupName: 'default', Target: { Arn: functionArn } }),
    ]);
    await world.pass(begin + 4 * day);
    expect(times()).toEqual(['2027-03-03T21:30:00Z', '2027-03-04T21:30:00Z']);
    await world.client.send(new DeleteScheduleCommand({ Name: 'nightly' }));
    await world.pass(begin + 9 * day);
    expect(world.heard).toHaveLength(2);
    await expect(world.client.send(new GetScheduleCommand({ Name: 'nightly' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Schedule nightly does not exist.',
    });
  });

  test('calls its target on the minute, as its role, with its context attributes', async () => {
    await world.create(
      { ScheduleExpression: 'rate(1 minute)' },
      '["<aws.scheduler.schedule-arn>","<aws.scheduler.scheduled-time>","<aws.scheduler.attempt-number>","<aws.other>"]',
    );
    await world.pass(begin + 2 * minute);
    const arn = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/nightly';
    expect(world.heard.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      [arn, '2027-03-01T12:00:00Z', '1', '<aws.other>'],
      [arn, '2027-03-01T12:01:00Z', '1', '<aws.other>'],
      [arn, '2027-03-01T12:02:00Z', '1', '<aws.other>'],
    ]);
    expect(times()).toEqual(['2027-03-01T12:00:00Z', '2027-03-01T12:01:00Z', '2027-03-01T12:02:00Z']);
    expect(world.heard[0]?.by).toBe('arn:aws:sts::000000000000:assumed-role/scheduler/scheduler');
  });

  test('without input sends the notification of a scheduled event', async () => {
    await world.client.send(new CreateScheduleCommand({ ...base, ScheduleExpression: 'at(2027-03-01T13:00:00)' }));
    await world.pass(begin + hour);
    expect(JSON.parse(world.heard[0]?.payload ?? '')).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      time: '2027-03-01T13:00:00Z',
      resources: ['arn:aws:scheduler:eu-west-1:000000000000:schedule/default/nightly'],
    });
  });

  test('keeps within its dates, which one-time schedules ignore', async () => {
    const dates = { StartDate: new Date(begin + 2 * hour), EndDate: new Date(begin + 4 * hour) };
    await world.create({ Name: 'rate', ScheduleExpression: 'rate(1 hour)', ...dates });
    await world.pass(begin + day);
    expect(times()).toEqual(['2027-03-01T14:00:00Z', '2027-03-01T15:00:00Z', '2027-03-01T16:00:00Z']);
    await world.create({
      Name: 'once',
      ScheduleExpression: 'at(2027-03-09T00:00:00)',
      StartDate: new Date(begin),
      EndDate: new Date(begin + day),
    });
    await world.pass(begin + 9 * day);
    expect(times().at(-1)).toBe('2027-03-09T00:00:00Z');
  });

  test('is gone after its last tick when it says so, and stays otherwise', async () => {
    await world.create({ Name: 'stays', ScheduleExpression: 'at(2027-03-01T13:00:00)' });
    await world.create({
      Name: 'goes',
      ScheduleExpression: 'at(2027-03-01T13:00:00)',
      ActionAfterCompletion: 'DELETE',
    });
    await world.create({
      Name: 'ends',
      ScheduleExpression: 'rate(1 hour)',
      EndDate: new Date(begin + hour),
      ActionAfterCompletion: 'DELETE',
    });
    await world.pass(begin + 2 * hour);
    expect(world.heard).toHaveLength(4);
    const { Schedules = [] } = await world.client.send(new ListSchedulesCommand({}));
    expect(Schedules.map(({ Name }) => Name)).toEqual(['stays']);
  });

  test('that is disabled waits, and makes up for nothing when it is enabled', async () => {
    await world.client.send(new CreateScheduleCommand({ ...base, State: 'DISABLED' }));
    await world.pass(begin + 3 * day);
    expect(world.heard).toEqual([]);
    await world.client.send(new UpdateScheduleCommand(base));
    await world.pass(begin + 4 * day);
    expect(times()).toEqual(['2027-03-05T03:00:00Z']);
  });

  test('with a flexible window calls within it, and tells the time it was meant for', async () => {
    await world.create({
      ScheduleExpression: 'cron(0 * * * ? *)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 30 },
    });
    await world.pass(begin + day);
    const late = world.heard.map(({ payload, at }) => at - Date.parse((JSON.parse(payload) as { at: string }).at));
    expect(late.length).toBeGreaterThan(22);
    for (const it of late) expect(it).toBeLessThan(30 * minute);
    expect(Math.max(...late)).toBeGreaterThan(minute);
  });

  test('is answered as the first time when the call is repeated with its token', async () => {
    const input = { ...base, ClientToken: 'once-only' };
    const first = await world.client.send(new CreateScheduleCommand(input));
    const again = await world.client.send(new CreateScheduleCommand(input));
    expect(again.ScheduleArn).toBe(first.ScheduleArn);
    await expect(
      world.client.send(new CreateScheduleCommand({ ...input, Description: 'another' })),
    ).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(world.client.send(new CreateScheduleCommand(base))).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Schedule nightly already exists.',
    });
    const gone = { Name: 'nightly', ClientToken: 'and-away' };
    await world.client.send(new DeleteScheduleCommand(gone));
    await world.client.send(new DeleteScheduleCommand(gone));
  });
});

describe('an expression', () => {
  test.each([
    'cron(0 3 * * *)',
    'cron(0 3 * * * *)',
    'cron(0 3 ? * ? *)',
    'cron(0 3 1 * MON *)',
    'cron(60 3 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 3 32 * ? *)',
    'cron(0 3 * 13 ? *)',
    'cron(0 3 ? * 8 *)',
    'cron(0 3 ? * 3#6 *)',
    'cron(0 3 ? * 3#1,6#3 *)',
    'cron(0 3 * * ? 1969)',
    'cron(0/60 3 * * ? *)',
    'cron(5-1 3 * * ? *)',
    'cron(0 3 1-5W * ? *)',
    'rate(0 days)',
    'rate(5 minute)',
    'rate(1 week)',
    'rate(-1 days)',
    'at(2027-02-30T00:00:00)',
    'at(2027-03-01T12:00:00Z)',
    'at(2027-03-01 12:00:00)',
    'every day',
  ])('%s is refused', async (ScheduleExpression) => {
    await expect(world.client.send(new CreateScheduleCommand({ ...base, ScheduleExpression }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Invalid Schedule Expression ${ScheduleExpression}.`,
    });
  });

  test.each([
    ['cron(0 3 * * ?)', '2027-03-02T03:00:00Z'],
    ['cron(0-15/5 12 ? * * *)', '2027-03-01T12:00:00Z'],
    ['cron(10/20 12 1 * ? *)', '2027-03-01T12:10:00Z'],
    ['cron(0 0 L 2 ? *)', '2028-02-29T00:00:00Z'],
    ['cron(0 0 L-3 2 ? *)', '2028-02-26T00:00:00Z'],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00:00Z'],
    ['cron(0 0 1W 5 ? *)', '2027-05-03T00:00:00Z'],
    ['cron(0 0 ? * 6L *)', '2027-03-26T00:00:00Z'],
    ['cron(0 0 ? * TUE#2 *)', '2027-03-09T00:00:00Z'],
    ['cron(0 0 ? 3 5#5 *)', '2028-03-30T00:00:00Z'],
    ['cron(0 0 ? JUN L 2028)', '2028-06-03T00:00:00Z'],
    ['cron(0 0 ? * mon-fri 2030)', '2030-01-01T00:00:00Z'],
    ['rate(1 minutes)', '2027-03-01T12:00:00Z'],
    ['rate(2 hours)', '2027-03-01T12:00:00Z'],
  ])('%s is due first at %s', async (ScheduleExpression, first) => {
    await world.create({ ScheduleExpression });
    if (Date.parse(first) > begin) await world.pass(Date.parse(first) - 1);
    expect(times()).toEqual([]);
    await world.pass(Date.parse(first));
    expect(times()).toEqual([first]);
  });

  test.each(['cron(0 0 30 2 ? *)', 'cron(0 0 * * ? 2020)', 'at(2020-01-01T00:00:00)'])(
    '%s is accepted and never due',
    async (ScheduleExpression) => {
      await world.create({ ScheduleExpression });
      expect(world.clock.next()).toBeUndefined();
    },
  );
});

describe('is refused:', () => {
  test.each<[string, Partial<CreateScheduleCommandInput>, string]>([
    ['an unknown zone', { ScheduleExpressionTimezone: 'Europe/Berlim' }, 'Invalid ScheduleExpressionTimezone'],
    ['an offset for a zone', { ScheduleExpressionTimezone: '+02:00' }, 'Invalid ScheduleExpressionTimezone'],
    ['a start long past', { StartDate: new Date(begin - day) }, 'cannot be earlier than 5 minutes ago'],
    [
      'an end before the start',
      { StartDate: new Date(begin + day), EndDate: new Date(begin + hour) },
      'after the StartDate',
    ],
    ['a window without a length', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'MaximumWindowInMinutes'],
    ['input that is no JSON', { Target: { ...base.Target, Input: 'plain' } }, 'well-formed JSON'],
    ['a group that is not there', { GroupName: 'none' }, 'Schedule Group none does not exist.'],
    [
      'a universal target',
      { Target: { ...base.Target, Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' } },
      'NotImplemented: target arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
    ],
    [
      'a member without a counterpart here',
      { Target: { ...base.Target, KinesisParameters: { PartitionKey: 'x' } } },
      'NotImplemented: CreateSchedule.Target.KinesisParameters',
    ],
    ['a name with a slash', { Name: 'a/b' }, 'failed to satisfy constraint: Member must satisfy regular expression'],
  ])('%s', async (_, input, message) => {
    await expect(world.client.send(new CreateScheduleCommand({ ...base, ...input }))).rejects.toThrow(message);
  });
});

describe('a group', () => {
  test('holds schedules of its own, has tags, and takes its schedules with it', async () => {
    const { ScheduleGroupArn = '' } = await world.client.send(
      new CreateScheduleGroupCommand({ Name: 'sluice', Tags: [{ Key: 'team', Value: 'ml' }] }),
    );
    expect(ScheduleGroupArn).toBe('arn:aws:scheduler:eu-west-1:000000000000:schedule-group/sluice');
    await world.create({ GroupName: 'sluice' });
    await world.create({});
    const listed = async (GroupName?: string) => {
      const { Schedules = [] } = await world.client.send(new ListSchedulesCommand({ GroupName }));
      return Schedules.map((it) => `${it.GroupName}/${it.Name}`);
    };
    expect(await listed()).toEqual(['default/nightly', 'sluice/nightly']);
    expect(await listed('sluice')).toEqual(['sluice/nightly']);
    await world.client.send(
      new TagResourceCommand({ ResourceArn: ScheduleGroupArn, Tags: [{ Key: 'a,b', Value: '1' }] }),
    );
    await world.client.send(new UntagResourceCommand({ ResourceArn: ScheduleGroupArn, TagKeys: ['team', 'other'] }));
    expect((await world.client.send(new ListTagsForResourceCommand({ ResourceArn: ScheduleGroupArn }))).Tags).toEqual([
      { Key: 'a,b', Value: '1' },
    ]);
    expect(await world.client.send(new GetScheduleGroupCommand({ Name: 'sluice' }))).toMatchObject({ State: 'ACTIVE' });
    await world.client.send(new DeleteScheduleGroupCommand({ Name: 'sluice' }));
    expect(await listed()).toEqual(['default/nightly']);
    await expect(world.client.send(new DeleteScheduleGroupCommand({ Name: 'default' }))).rejects.toThrow('default');
  });

  test('and schedules are listed page by page', async () => {
    for (const n of [3, 1, 2]) {
      await world.client.send(new CreateScheduleGroupCommand({ Name: `group-${n}` }));
      await world.create({ Name: `schedule-${n}`, State: n === 2 ? 'DISABLED' : 'ENABLED' });
    }
    const groups = await world.client.send(new ListScheduleGroupsCommand({ MaxResults: 3 }));
    expect(groups.ScheduleGroups?.map(({ Name }) => Name)).toEqual(['default', 'group-1', 'group-2']);
    const rest = await world.client.send(new ListScheduleGroupsCommand({ NextToken: groups.NextToken }));
    expect(rest.ScheduleGroups?.map(({ Name }) => Name)).toEqual(['group-3']);
    expect(rest.NextToken).toBeUndefined();
    const on = await world.client.send(new ListSchedulesCommand({ State: 'ENABLED' }));
    expect(on.Schedules?.map(({ Name }) => Name)).toEqual(['schedule-1', 'schedule-3']);
  });
});

describe('a target', () => {
  test('that fails is called again with growing pauses, then its dead-letter queue hears', async () => {
    await call('sqs', 'CreateQueue', { QueueName: 'dead' });
    const Target = {
      ...base.Target,
      Input: '{"attempt":"<aws.scheduler.attempt-number>"}',
      RetryPolicy: { MaximumRetryAttempts: 2 },
      DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:000000000000:dead' },
    };
    const once = { ...base, ScheduleExpression: 'at(2027-03-01T13:00:00)', Target };
    world.faults.push(new AwsError('ServiceException', 'Not now.', 500), new AwsError('Throttling', 'Slow.', 429));
    await world.client.send(new CreateScheduleCommand(once));
    await world.pass(begin + 2 * hour);
    expect(times()).toEqual(['2027-03-01T13:00:03Z']);
    expect(world.heard[0]?.payload).toBe('{"attempt":"3"}');

    world.faults.push(...Array.from({ length: 3 }, () => new AwsError('ServiceException', 'Not now.', 500)));
    await world.client.send(new CreateScheduleCommand({ ...once, Name: 'b', ScheduleExpression: 'rate(1 day)' }));
    await world.pass(begin + 3 * hour);
    expect(world.heard).toHaveLength(1);
    const queue = new SQSClient({
      endpoint: world.runtime.endpoint,
      region: 'eu-west-1',
      credentials: world.runtime.credentials,
      systemClockOffset: world.clock.now() - Date.now(),
    });
    const { Messages = [] } = await queue.send(
      new ReceiveMessageCommand({
        QueueUrl: `${world.runtime.endpoint}/000000000000/dead`,
        MessageAttributeNames: ['All'],
      }),
    );
    const told = Object.fromEntries(
      Object.entries(Messages[0]?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [name, StringValue]),
    );
    expect(told).toMatchObject({
      ERROR_CODE: 'ServiceException',
      ERROR_MESSAGE: 'Not now.',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '2',
      SCHEDULED_TIME: '2027-03-01T14:00:00Z',
      SCHEDULE_ARN: 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/b',
      TARGET_ARN: functionArn,
    });
  });

  test('may be a queue, a topic, an event bus or a state machine', async () => {
    const at = (Name: string, Arn: string, more: object = {}) =>
      world.client.send(
        new CreateScheduleCommand({
          ...base,
          Name,
          ScheduleExpression: 'at(2027-03-01T13:00:00)',
          Target: { Arn, RoleArn: roleArn, Input: '{"from":"schedule"}', ...more },
        }),
      );
    const here = (service: string) => `arn:aws:${service}:eu-west-1:000000000000`;
    for (const QueueName of ['direct', 'ofTopic', 'ofBus', 'turn.fifo'])
      await call('sqs', 'CreateQueue', {
        QueueName,
        Attributes: QueueName.endsWith('.fifo') ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {},
      });
    await call('sns', 'CreateTopic', { Name: 'news' });
    await call('sns', 'Subscribe', {
      TopicArn: `${here('sns')}:news`,
      Protocol: 'sqs',
      Endpoint: `${here('sqs')}:ofTopic`,
      Attributes: { RawMessageDelivery: 'true' },
    });
    for (const QueueUrl of ['ofTopic', 'ofBus'].map((name) => `${world.runtime.endpoint}/000000000000/${name}`))
      await call('sqs', 'SetQueueAttributes', {
        QueueUrl,
        Attributes: {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] },
                Action: 'sqs:SendMessage',
                Resource: `${here('sqs')}:${QueueUrl.split('/').at(-1)}`,
              },
            ],
          }),
        },
      });
    await call('events', 'PutRule', { Name: 'all', EventPattern: '{"source":["clock"]}' });
    await call('events', 'PutTargets', { Rule: 'all', Targets: [{ Id: 'q', Arn: `${here('sqs')}:ofBus` }] });
    const definition = JSON.stringify({ StartAt: 'End', States: { End: { Type: 'Pass', End: true } } });
    await call('states', 'CreateStateMachine', { name: 'm', roleArn, definition });

    await at('direct', `${here('sqs')}:direct`);
    await at('turn', `${here('sqs')}:turn.fifo`, { SqsParameters: { MessageGroupId: 'g' } });
    await at('topic', `${here('sns')}:news`);
    await at('bus', `${here('events')}:event-bus/default`, {
      EventBridgeParameters: { DetailType: 'Tick', Source: 'clock' },
    });
    await at('machine', `${here('states')}:stateMachine:m`);
    await world.pass(begin + hour);
    const messageOf = async (name: string) => {
      const QueueUrl = `${world.runtime.endpoint}/000000000000/${name}`;
      for (let tries = 0; tries < 100; tries++) {
        const { Messages = [] } = await call<{ Messages?: { Body: string }[] }>('sqs', 'ReceiveMessage', { QueueUrl });
        if (Messages[0]) return JSON.parse(Messages[0].Body) as object;
        await world.pass(world.clock.now() + 1);
      }
      return undefined;
    };
    expect(await messageOf('direct')).toEqual({ from: 'schedule' });
    expect(await messageOf('turn.fifo')).toEqual({ from: 'schedule' });
    expect(await messageOf('ofTopic')).toEqual({ from: 'schedule' });
    expect(await messageOf('ofBus')).toMatchObject({ 'detail-type': 'Tick', detail: { from: 'schedule' } });
    const { executions } = await call<{ executions: object[] }>('states', 'ListExecutions', {
      stateMachineArn: `${here('states')}:stateMachine:m`,
    });
    expect(executions).toHaveLength(1);
    await expect(at('loose', `${here('sqs')}:turn.fifo`)).rejects.toThrow('MessageGroupId is required');
  });
});

describe('the process', () => {
  test('goes on after a restart, and makes up once for each tick that it missed', async () => {
    await world.create({ ScheduleExpression: 'rate(1 hour)', StartDate: new Date(begin) });
    await world.pass(begin + hour);
    await world.restart(begin + 3.5 * hour);
    await world.pass(begin + 4 * hour);
    const scheduled = world.heard.map(({ payload }) => (JSON.parse(payload) as { at: string }).at);
    expect(scheduled).toEqual([0, 1, 2, 3, 4].map((n) => `2027-03-01T${12 + n}:00:00Z`));
    expect(times().slice(2)).toEqual(['2027-03-01T15:30:00Z', '2027-03-01T15:30:00Z', '2027-03-01T16:00:00Z']);
  });

  test('leaves out what is older than the retry policy’s age', async () => {
    const Target = { ...base.Target, Input: '{"at":"<aws.scheduler.scheduled-time>"}' };
    const RetryPolicy = { MaximumEventAgeInSeconds: 3600 };
    await world.create({ ScheduleExpression: 'rate(30 minutes)', Target: { ...Target, RetryPolicy } });
    await world.arrived();
    await world.restart(begin + 30 * day + 5 * minute);
    await world.arrived();
    const scheduled = world.heard.map(({ payload }) => (JSON.parse(payload) as { at: string }).at);
    expect(scheduled).toEqual(['2027-03-01T12:00:00Z', '2027-03-31T11:30:00Z', '2027-03-31T12:00:00Z']);
  });

  test('takes up a call that was to be tried again', async () => {
    world.faults.push(new AwsError('ServiceException', 'Not now.', 500));
    await world.create({ ScheduleExpression: 'at(2027-03-01T12:00:00)' });
    await world.pass(begin);
    await world.restart();
    await world.pass(begin + minute);
    expect(times()).toEqual(['2027-03-01T12:00:01Z']);
  });
});

describe('permissions', () => {
  const trust = (Condition?: object, Service = 'scheduler.amazonaws.com') =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', ...(Condition && { Condition }) },
      ],
    });
  const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const invoking = policy({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functionArn });
  const makeRole = async (RoleName: string, AssumeRolePolicyDocument: string, PolicyDocument?: string) => {
    await call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument });
    if (PolicyDocument) await call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument });
    return `arn:aws:iam::000000000000:role/${RoleName}`;
  };
  const ofGroup = (group: string) => ({
    StringEquals: {
      'aws:SourceAccount': '000000000000',
      'aws:SourceArn': `arn:aws:scheduler:eu-west-1:000000000000:schedule-group/${group}`,
    },
  });

  beforeEach(async () => {
    await world.close();
    world = await openSchedulerWorld(begin, [iam, sts]);
  });

  test('the role must let Scheduler assume it, for this group', async () => {
    const other = await makeRole('other', trust(undefined, 'lambda.amazonaws.com'), invoking);
    const elsewhere = await makeRole('elsewhere', trust(ofGroup('elsewhere')), invoking);
    const mine = await makeRole('mine', trust(ofGroup('default')), invoking);
    for (const RoleArn of [other, elsewhere, 'arn:aws:iam::000000000000:role/none'])
      await expect(world.create({ Target: { Arn: functionArn, RoleArn } })).rejects.toMatchObject({
        name: 'ValidationException',
        message: 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
      });
    await world.create({ Target: { Arn: functionArn, RoleArn: mine } });
    await world.pass(begin + minute);
    expect(world.heard).toHaveLength(1);
  });

  test('a role that may not call the target does not', async () => {
    const RoleArn = await makeRole('idle', trust());
    await world.create({ Target: { Arn: functionArn, RoleArn } });
    await world.pass(begin + hour);
    expect(world.heard).toEqual([]);
  });

  test('whoever makes a schedule must be allowed to, and to pass its role', async () => {
    const RoleArn = await makeRole('mine', trust(), invoking);
    const arn = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/nightly';
    const creating = { Effect: 'Allow', Action: 'scheduler:CreateSchedule', Resource: arn };
    const passing = (service: string) => ({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: RoleArn,
      Condition: { StringEquals: { 'iam:PassedToService': service } },
    });
    const as = async (name: string, ...statements: object[]) => {
      const roleArn = await makeRole(name, trust(undefined, 'lambda.amazonaws.com'), policy(...statements));
      const caller: Principal = { kind: 'role', arn: `${roleArn}/s`, roleArn, sessionName: 's' };
      return world.runtime.world.call(caller, 'scheduler', 'CreateSchedule', {
        ...base,
        Target: { Arn: functionArn, RoleArn },
      });
    };
    await expect(as('nobody', passing('scheduler.amazonaws.com'))).rejects.toThrow(
      `not authorized to perform: scheduler:CreateSchedule on resource: ${arn}`,
    );
    await expect(as('passless', creating, passing('lambda.amazonaws.com'))).rejects.toThrow(
      `not authorized to perform: iam:PassRole on resource: ${RoleArn}`,
    );
    expect(await as('maker', creating, passing('scheduler.amazonaws.com'))).toEqual({ ScheduleArn: arn });
  });
});
