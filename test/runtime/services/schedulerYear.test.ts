/**
 * A year of schedules across the changes of clocks in zones of both hemispheres, tick by tick. What is expected is counted
 * out apart from the product: every fifth minute of the year is asked for its local time, and a rule in plain code says whether
 * the schedule is due then.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSchedulerWorld, type SchedulerWorld } from './schedulerWorld.ts';

const begin = Date.parse('2027-01-01T00:00:00Z');
const end = Date.parse('2028-01-01T00:00:00Z');
const minute = 60_000;
const day = 86_400_000;

/** New York and Berlin shift by an hour, Lord Howe by half an hour and in our winter; Kathmandu, at +5:45, never. */
const zones = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu'] as const;

interface Local {
  month: number;
  day: number;
  /** 0 is Sunday. */
  weekday: number;
  hour: number;
  minute: number;
  /** Days of the month. */
  length: number;
}

const isWorkday = (weekday: number) => weekday > 0 && weekday < 6;

/** By expression, when it is due. */
const crons: Readonly<Record<string, (local: Local) => boolean>> = {
  'cron(30 2 * * ? *)': (it) => it.hour === 2 && it.minute === 30,
  'cron(45 1 * * ? *)': (it) => it.hour === 1 && it.minute === 45,
  'cron(0/15 0-3 ? * SUN *)': (it) => it.weekday === 0 && it.hour <= 3 && it.minute % 15 === 0,
  'cron(0 9 ? * 2#1 *)': (it) => it.weekday === 1 && it.day <= 7 && it.hour === 9 && it.minute === 0,
  'cron(5 0 ? MAR,SEP-NOV FRIL 2027)': (it) =>
    it.weekday === 5 && it.day > it.length - 7 && [3, 9, 10, 11].includes(it.month) && it.hour === 0 && it.minute === 5,
  'cron(0 18 LW * ? *)': (it) =>
    it.hour === 18 &&
    it.minute === 0 &&
    isWorkday(it.weekday) &&
    (it.day === it.length || (it.weekday === 5 && it.length - it.day <= 2)),
  'cron(20 12 15W * ? *)': (it) =>
    it.hour === 12 &&
    it.minute === 20 &&
    isWorkday(it.weekday) &&
    (it.day === 15 || (it.weekday === 5 && it.day === 14) || (it.weekday === 1 && it.day === 16)),
};

const rates = { 'rate(12 hours)': 12 * 60 * minute, 'rate(1 days)': day, 'rate(7 days)': 7 * day } as const;

/** In local time: what clocks show once, never, twice. */
const ats: Readonly<Record<(typeof zones)[number], readonly [string, string | undefined][]>> = {
  'America/New_York': [
    ['2027-07-04T12:00:00', '2027-07-04T16:00:00Z'],
    ['2027-03-14T02:30:00', undefined],
    ['2027-11-07T01:30:00', '2027-11-07T05:30:00Z'],
  ],
  'Europe/Berlin': [
    ['2027-12-24T18:00:00', '2027-12-24T17:00:00Z'],
    ['2027-03-28T02:00:00', undefined],
    ['2027-10-31T02:59:59', '2027-10-31T00:59:59Z'],
  ],
  'Australia/Lord_Howe': [
    ['2027-06-01T00:00:00', '2027-05-31T13:30:00Z'],
    ['2027-10-03T02:15:00', undefined],
    ['2027-04-04T01:45:00', '2027-04-03T14:45:00Z'],
  ],
  'Asia/Kathmandu': [['2027-03-28T02:00:00', '2027-03-27T20:15:00Z']],
};

/** Every fifth minute of the year with its local time; one that clocks have shown before is left out. */
const countedOut = (zone: string): [number, Local][] => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const shown = new Set<string>();
  const clock: [number, Local][] = [];
  for (let at = begin; at < end; at += 5 * minute) {
    const text = format.format(at);
    if (shown.has(text)) continue;
    shown.add(text);
    const [year = 0, month = 0, date = 0, hour = 0, minutes = 0] = text.split(/[- :]/).map(Number);
    clock.push([
      at,
      {
        month,
        day: date,
        weekday: new Date(Date.UTC(year, month - 1, date)).getUTCDay(),
        hour,
        minute: minutes,
        length: new Date(Date.UTC(year, month, 0)).getUTCDate(),
      },
    ]);
  }
  return clock;
};

const clocks = new Map(zones.map((zone) => [zone, countedOut(zone)]));
const clockOf = (zone: (typeof zones)[number]) => clocks.get(zone) ?? [];

const iso = (at: number) => new Date(at).toISOString().replace('.000', '');

let world: SchedulerWorld;
let ticks: Map<string, string[]>;
beforeAll(async () => {
  world = await openSchedulerWorld(begin);
  const expressions = [...Object.keys(crons), ...Object.keys(rates)];
  for (const zone of zones) {
    const all = [...expressions, ...ats[zone].map(([local]) => `at(${local})`)];
    for (const [index, ScheduleExpression] of all.entries()) {
      await world.create(
        {
          Name: `${zone.replace('/', '.')}-${index}`,
          ScheduleExpression,
          ScheduleExpressionTimezone: zone,
          StartDate: new Date(begin),
        },
        JSON.stringify({ of: `${zone} ${ScheduleExpression}`, at: '<aws.scheduler.scheduled-time>' }),
      );
    }
  }
  for (let at = begin; at < end; at += 7 * day) {
    await world.clock.advanceTo(Math.min(at + 7 * day, end) - 1);
    await world.arrived();
  }
  ticks = new Map();
  for (const { payload } of world.heard) {
    const { of, at } = JSON.parse(payload) as { of: string; at: string };
    ticks.set(of, [...(ticks.get(of) ?? []), at]);
  }
}, 60_000);
afterAll(() => world.close());

const ticksOf = (zone: string, expression: string) => (ticks.get(`${zone} ${expression}`) ?? []).toSorted();

describe.each(zones)('%s', (zone) => {
  const clock = clockOf(zone);

  test.each(Object.entries(crons))('%s', (expression, isDue) => {
    const expected = clock.filter(([, local]) => isDue(local)).map(([at]) => iso(at));
    expect(expected.length).toBeGreaterThan(2);
    expect(ticksOf(zone, expression)).toEqual(expected);
  });

  test.each(Object.entries(rates))('%s, whatever clocks do', (expression, interval) => {
    const expected = Array.from({ length: Math.ceil((end - begin) / interval) }, (_, n) => iso(begin + n * interval));
    expect(ticksOf(zone, expression)).toEqual(expected);
  });

  test.each(ats[zone])('at(%s) is %s', (local, expected) => {
    expect(ticksOf(zone, `at(${local})`)).toEqual(expected === undefined ? [] : [expected]);
  });
});

test('the year had what it is about: skipped and repeated hours', () => {
  const nights = (zone: string) => ticksOf(zone, 'cron(30 2 * * ? *)').length;
  // Lord Howe's clocks skip from 2:00 to 2:30, so 2:30 is there; Berlin's show 2:30 twice in October.
  expect(Object.fromEntries(zones.map((zone) => [zone, nights(zone)]))).toEqual({
    'America/New_York': 364,
    'Europe/Berlin': 364,
    'Australia/Lord_Howe': 365,
    'Asia/Kathmandu': 365,
  });
  expect(clockOf('Europe/Berlin')).toHaveLength((365 * 24 - 1) * 12);
  expect(clockOf('Australia/Lord_Howe')).toHaveLength(365 * 24 * 12 - 6);
});
