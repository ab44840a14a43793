import { describe, expect, test } from '@jest/globals';
import { parseExpression } from '../../runtime/services/scheduler/expression.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';
import { beginOf, type ScheduleSetting } from '../../spec/schedule.ts';

const of = (schedule: unknown) => parsePipeline(JSON.stringify({ name: 'churn', schedule }), 'churn.yaml').schedule;

describe('a schedule', () => {
  test('is an expression, or one with settings', () => {
    expect(of('rate(7 days)')).toEqual({ expression: 'rate(7 days)', timezone: 'UTC', source: 'latest' });
    const full = {
      expression: 'cron(0 6 ? * MON *)',
      timezone: 'Asia/Kolkata',
      start: '2027-01-01T00:00:00Z',
      end: '2028-01-01T00:00:00+05:30',
      source: 'drop/churn/all.csv',
    };
    expect(of(full)).toEqual(full);
    // A plan holds the pipeline with its defaults, and is read again.
    expect(of(of('rate(7 days)'))).toEqual(of('rate(7 days)'));
    expect(parsePipeline('name: churn', 'churn.yaml').schedule).toBeUndefined();
  });

  test.each<[unknown, RegExp]>([
    ['weekly', /schedule\.expression: "weekly" is no schedule; expected rate\(7 days\)/],
    ['rate(7 weeks)', /a rate is a number of minutes, hours or days/],
    ['rate(0 days)', /a rate is/],
    ['rate(7 day)', /a rate is/],
    ['cron(0 6 * * MON)', /exactly one of day-of-month and day-of-week must be \?/],
    ['cron(0 6 ? *)', /five or six fields/],
    ['cron(0 25 * * ? *)', /25 is no hours \(0 to 23\)/],
    ['cron(0 6 32 * ? *)', /32 is no day-of-month/],
    ['cron(0 6 ? * FUN *)', /FUN is no day-of-week/],
    ['cron(0 6 30 2 ? *)', /it never fires/],
    ['cron(0 6 31 4,6,9,11 ? *)', /it never fires/],
    ['cron(0 6 29 FEB ? 2027,2029-2031)', /it never fires/],
    ['cron(0 6 31W 2 ? *)', /it never fires/],
    ['cron(0 6 ? 2 2#5 2027)', /it never fires/],
    ['at(2027-02-30T06:00:00)', /a time without zone/],
    ['at(2027-01-31T06:00:00Z)', /a time without zone/],
    [{ expression: 'at(2027-03-28T02:30:00)', timezone: 'Europe/Berlin' }, /clocks of Europe\/Berlin are set forward/],
    [{ expression: 'rate(7 days)', timezone: 'Europe/Berlim' }, /did you mean Europe\/Berlin\?/],
    [{ expression: 'rate(7 days)', timezone: 'europe/berlin' }, /did you mean Europe\/Berlin\?/],
    [{ expression: 'rate(7 days)', timezone: '+02:00' }, /no time zone of the IANA database/],
    [{ expression: 'rate(7 days)', start: 'tomorrow' }, /schedule\.start: a time such as/],
    [
      { expression: 'rate(7 days)', start: '2027-01-02T00:00:00Z', end: '2027-01-02T01:00:00+01:00' },
      /schedule\.end: end must be after start/,
    ],
    [{ expression: 'at(2027-01-31T06:00:00)', start: '2027-01-01T00:00:00Z' }, /at has one time, and no start/],
    [{ expression: 'rate(7 days)', source: 'runs/x' }, /schedule\.source: latest, or a key/],
    [{ expression: 'rate(7 days)', timezon: 'UTC' }, /schedule\.timezon: unknown setting, did you mean timezone\?/],
    [{ timezone: 'UTC' }, /schedule\.expression: /],
    [7, /schedule: Invalid input/],
  ])('%j is refused', (given, says) => {
    expect(() => of(given)).toThrow(says);
    expect(() => of(given)).toThrow(expect.objectContaining({ name: 'InputError' }));
  });
});

test.each([
  ['rate(1 day)', true],
  ['rate(1 days)', true],
  ['rate(90 minutes)', true],
  ['rate(-1 days)', false],
  ['cron(0 6 * * ?)', true],
  ['cron(0 6 * * ? *)', true],
  ['cron(0/15 9-17 ? * MON-FRI 2027-2030)', true],
  ['cron(0-30/10 6 ? jan,Jul sun *)', true],
  ['cron(0 6 L * ? *)', true],
  ['cron(0 6 L-3 * ? *)', true],
  ['cron(0 6 LW * ? *)', true],
  ['cron(0 6 15W * ? *)', true],
  ['cron(0 6 ? * L *)', true],
  ['cron(0 6 ? * 6L *)', true],
  ['cron(0 6 ? * TUE#2 *)', true],
  ['cron(0 6 29 2 ? *)', true],
  ['cron(0 6 1-3W * ? *)', false],
  ['cron(0 6 ? * 3#1,6#3 *)', false],
  ['cron(0 6 ? * 3#6 *)', false],
  ['cron(0/0 6 * * ? *)', false],
  ['cron(0/60 6 * * ? *)', false],
  ['cron(9-5 6 * * ? *)', false],
  ['cron(, 6 * * ? *)', false],
  ['cron(0 6 * * ? 1969)', false],
  ['cron(0 6 ? * ? *)', false],
  ['at(2027-01-31T06:00:00)', true],
  ['at(2027-01-31T24:00:00)', false],
])('the runtime’s scheduler is of the same opinion about %s', (expression, isOne) => {
  expect(parseExpression(expression) !== undefined).toBe(isOne);
  const ours = () => of(expression);
  if (isOne) expect(ours()).toMatchObject({ expression });
  else expect(ours).toThrow('schedule.expression');
});

describe('the begin', () => {
  const day = 86_400_000;
  const now = Date.parse('2027-03-01T12:00:00.500Z');
  const second = now - 500;
  const setting = (expression: string, start?: number) => ({
    expression,
    timezone: 'UTC',
    source: 'latest',
    ...(start !== undefined && { start: new Date(start).toISOString() }),
  });
  test.each<[string, ScheduleSetting, { expression: string; start?: number } | undefined, number | undefined]>([
    ['of a new rate is one interval away', setting('rate(7 days)'), undefined, second + 7 * day],
    ['that is given is kept', setting('rate(7 days)', now + day), undefined, now + day],
    ['in the past gives the beat', setting('rate(7 days)', second - 8 * day), undefined, second + 6 * day],
    [
      'of a rate that is set again is on its beat',
      setting('rate(7 days)'),
      { expression: 'rate(7 days)', start: second - 8 * day },
      second + 6 * day,
    ],
    [
      'of another rate is new',
      setting('rate(2 days)'),
      { expression: 'rate(7 days)', start: second - 8 * day },
      second + 2 * day,
    ],
    ['of cron is at once', setting('cron(0 6 * * ? *)'), undefined, undefined],
    ['of cron in the past is at once', setting('cron(0 6 * * ? *)', now - day), undefined, undefined],
    ['of cron that is given is kept', setting('cron(0 6 * * ? *)', now + day), undefined, now + day],
  ])('%s', (_, given, before, expected) => expect(beginOf(given, now, before)).toBe(expected));
});
