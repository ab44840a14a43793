/** An engine under virtual time whose tasks are functions of the test. */
import { testClock, type TestClock } from '../../../runtime/clock.ts';
import { createEngine, type Engine, type Outcome } from '../../../runtime/asl/engine.ts';
import type { Execution, Identity, TaskCommand } from '../../../runtime/asl/execution.ts';
import type { HistoryEvent } from '../../../runtime/asl/history.ts';
import { memoryJournal, type Entry, type Journal } from '../../../runtime/asl/journal.ts';
import type { Json, JsonObject } from '../../../runtime/asl/json.ts';
import { readMachine, type Machine } from '../../../runtime/asl/machine.ts';

export type Perform = (task: TaskCommand, tell: (outcome: Outcome) => void) => void;

export const identity: Identity = {
  arn: 'arn:aws:states:eu-west-1:000000000000:execution:machine:run',
  name: 'run',
  machineArn: 'arn:aws:states:eu-west-1:000000000000:stateMachine:machine',
  machineName: 'machine',
  roleArn: 'arn:aws:iam::000000000000:role/machine',
  accountId: '000000000000',
  region: 'eu-west-1',
  type: 'STANDARD',
};

export interface Rig {
  clock: TestClock;
  engine: Engine;
  journal: Journal;
  faults: unknown[];
  /** Lets time pass, alarm by alarm, until the execution ends or nothing is left that could move it. */
  settle(execution: Execution): Promise<void>;
}

export const openRig = (perform: Perform, at?: number): Rig => {
  const clock = testClock(at);
  const journal = memoryJournal();
  const faults: unknown[] = [];
  const engine = createEngine({
    clock,
    journal,
    perform: (task, _execution, tell) => perform(task, tell),
    closed: () => undefined,
    report: (error) => faults.push(error),
  });
  const settle = async (execution: Execution) => {
    while (execution.status === 'RUNNING') {
      await engine.idle();
      await clock.advance(0);
      const next = clock.next();
      if (execution.status !== 'RUNNING' || next === undefined) break;
      await clock.advanceTo(next);
    }
    if (faults.length > 0) throw faults[0];
  };
  return { clock, engine, journal, faults, settle };
};

export interface Played {
  execution: Execution;
  entries: Entry[];
  history: HistoryEvent[];
  types: string[];
  took: number;
}

const read = async (journal: Journal) => {
  const entries: Entry[] = [];
  for await (const entry of journal.entries(identity.arn)) entries.push(entry);
  return entries;
};

const isMachine = (it: JsonObject | Machine): it is Machine => 'blocks' in it && it.blocks instanceof Map;

/** Runs a definition to its end. */
export const play = async (
  definition: JsonObject | Machine,
  input: Json = {},
  perform: Perform = () => undefined,
): Promise<Played> => {
  const rig = openRig(perform);
  const machine = isMachine(definition) ? definition : readMachine(definition);
  const began = rig.clock.now();
  const { execution } = rig.engine.start(machine, identity, input, 'seed');
  await rig.settle(execution);
  rig.engine.close();
  const entries = await read(rig.journal);
  const history = entries.flatMap((entry) => entry.history);
  return { execution, entries, history, types: history.map(({ type }) => type), took: rig.clock.now() - began };
};

/** Runs on from the first entries of a journal, as after a crash. */
export const playOn = async (machine: Machine, before: readonly Entry[], perform: Perform): Promise<Played> => {
  const rig = openRig(perform, before.at(-1)?.event.at);
  for (const { event, history } of before) {
    const entry = rig.journal.open(identity.arn, event.at);
    for (const { id, previousEventId, type, details } of history) entry.add(id, previousEventId, type, details);
    entry.keep(event);
  }
  const began = rig.clock.now();
  const execution = await rig.engine.resume(machine, identity, before);
  await rig.settle(execution);
  rig.engine.close();
  const entries = await read(rig.journal);
  const history = entries.flatMap((entry) => entry.history);
  return { execution, entries, history, types: history.map(({ type }) => type), took: rig.clock.now() - began };
};
