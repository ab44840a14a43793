/**
 * One life in which space is given back. Each begins 91 days after the one before, so that what that one closed is due; it leaves
 * an execution that waits, ends the one left two lives before, and makes garbage for the next.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../runtime/clock.ts';
import { openRuntime } from '../../runtime/index.ts';
import { AwsError, type Service } from '../../runtime/operation.ts';
import { states } from '../../runtime/services/states/index.ts';
import type { StatesState } from '../../runtime/services/states/statesState.ts';
import { machineArn, roleArn } from './machines.ts';
import type { Order, Report } from './order.ts';
import { caller, historyOf, type Caller } from './reporting.ts';

const step = 91 * 86_400_000;
/** Executions end by themselves after a year. */
const yearOfLives = 4;
const definitions = {
  sleeps: { StartAt: 'Sleep', States: { Sleep: { Type: 'Wait', Seconds: 30_000_000, End: true } } },
  passes: { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } },
};

/** What was acknowledged, told after it was: `<what> <life>`. */
const saidIn = (dataDir: string) => {
  const file = join(dataDir, 'said');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return {
    say: (what: string, life: number) => appendFileSync(file, `${what} ${life}\n`),
    all: (what: string) =>
      lines.filter((line) => line.startsWith(`${what} `)).map((line) => Number(line.slice(what.length))),
  };
};

const laterClock = (ms: number): Clock => ({
  now: () => systemClock.now() + ms,
  alarm: (at, wake) => systemClock.alarm(at - ms, wake),
});

const arnOf = (life: number) => `arn:aws:states:eu-west-1:000000000000:execution:sleeps:life-${life}`;

/** The condition of the execution that a life left, in words; undefined when it is unknown. */
const conditionOf = async (call: Caller, life: number): Promise<string | undefined> => {
  try {
    const executionArn = arnOf(life);
    const { status, input } = await call<{ status: string; input: string }>('states', 'DescribeExecution', {
      executionArn,
    });
    const types = (await historyOf(call, executionArn)).map(({ type }) => type);
    return `${status} ${input} ${types.join()}`;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
};

const check = async (call: Caller, said: ReturnType<typeof saidIn>, now: number): Promise<string[]> => {
  const [ending, ended] = [new Set(said.all('ending')), new Set(said.all('ended'))];
  const wrong: string[] = [];
  for (const life of said.all('left').filter((it) => it > now - yearOfLives)) {
    const found = await conditionOf(call, life);
    const waits = `RUNNING {"life":${life}} ExecutionStarted,WaitStateEntered`;
    const over = `ABORTED {"life":${life}} ExecutionStarted,WaitStateEntered,ExecutionAborted`;
    const allowed = ended.has(life) ? [over, undefined] : ending.has(life) ? [waits, over, undefined] : [waits];
    if (!allowed.includes(found)) wrong.push(`life ${life}: expected ${allowed.join(' or ')}, found ${found}`);
  }
  return wrong;
};

export const liveClearing = async ({ dataDir }: Order, arm: () => void): Promise<Report> => {
  arm();
  const said = saidIn(dataDir);
  const life = 1 + Math.max(0, ...said.all('life'));
  said.say('life', life);
  const runtime = await openRuntime({ dataDir, clock: laterClock(life * step), services: [states] });
  const { state } = runtime.services.get('states') as Service<StatesState>;
  const call = caller(runtime.world);
  for (const [name, definition] of Object.entries(definitions))
    await call('states', 'CreateStateMachine', { name, definition: JSON.stringify(definition), roleArn });
  const filler = runtime.world.store.table<string>('crash.filler');
  const wrong = await check(call, said, life);
  const kept = Math.max(0, ...said.all('kept'));
  if (Number(filler.get('life')?.slice(0, 6) ?? 0) < kept) wrong.push(`the store lost what life ${kept} had written`);

  const start = (machine: string, name: string, input: object) =>
    call('states', 'StartExecution', { stateMachineArn: machineArn(machine), name, input: JSON.stringify(input) });
  await start('sleeps', `life-${life}`, { life });
  said.say('left', life);
  const large = 'x'.repeat(240_000);
  for (let n = 0; n < 20; n++) {
    await start('passes', `life-${life}-${n}`, { large });
    filler.set('life', `${String(life).padStart(6, '0')}${large}`);
    await runtime.world.store.flushed();
    if (n === 0) said.say('kept', life);
  }
  for (const before of said.all('left').filter((it) => it < life - 1 && it > life - yearOfLives)) {
    said.say('ending', before);
    if ((await conditionOf(call, before)) !== undefined)
      await call('states', 'StopExecution', { executionArn: arnOf(before) });
    said.say('ended', before);
  }
  await state.executions.tidied();
  await runtime.close();
  return { executions: [], products: {}, wrong };
};
