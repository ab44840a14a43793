/** Executions in every condition, whose journal is kept as a fixture of the release that wrote it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testClock, type TestClock } from '../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../runtime/index.ts';
import { states } from '../../runtime/services/states/index.ts';
import { definitions } from './machines.ts';
import { bus, worker } from './stubs.ts';

export const journals = join('test', 'fixtures', 'journals');

/** What is kept beside the journal of a release. */
export interface Kept {
  /** Epoch milliseconds at which the recording ended. */
  at: number;
  /** By name. */
  executions: Record<string, { arn: string; status: string; types: string[]; output?: string; error?: string }>;
  /** Of the execution that waits. */
  taskToken: string;
}

export const readKept = (folder: string) => JSON.parse(readFileSync(join(folder, 'kept.json'), 'utf8')) as Kept;

const parent = JSON.parse(definitions.parent) as {
  States: { Both: { Branches: object[] }; Items: { Items: number[] } };
};
parent.States.Both.Branches.pop();
parent.States.Items.Items = [1, 2];

/** Smaller than those that are killed, since fixtures are kept for ever. */
export const fixtureMachines: Readonly<Record<string, string>> = {
  child: definitions.child,
  parent: JSON.stringify(parent),
  refuses: JSON.stringify({
    StartAt: 'Look',
    States: {
      Look: { Type: 'Choice', Choices: [{ Variable: '$.good', BooleanEquals: true, Next: 'Good' }], Default: 'Bad' },
      Good: { Type: 'Succeed' },
      Bad: { Type: 'Fail', Error: 'Refused', CausePath: "States.Format('because {}', $.why)" },
    },
  }),
  sleeps: JSON.stringify({ StartAt: 'Sleep', States: { Sleep: { Type: 'Wait', Seconds: 86_400, End: true } } }),
};

/** A runtime on the folder, at a time that only the test moves. */
export const openAt = async (dataDir: string, at: number): Promise<{ runtime: Runtime; clock: TestClock }> => {
  const clock = testClock(at);
  const runtime = await openRuntime({ dataDir, clock, services: [states, worker(dataDir), bus(dataDir)] });
  return { runtime, clock };
};

/** Lets real I/O and virtual time go on until `done`; throws after ten seconds. */
export const passTime = async (clock: TestClock, done: () => Promise<boolean>) => {
  for (let tries = 0; tries < 1000; tries++) {
    if (await done()) return;
    await clock.advance(1000);
    await new Promise((wake) => setTimeout(wake, 10));
  }
  throw new Error('Nothing happens any more');
};
