/** Runs one recorded execution: the engine under virtual time, its tasks answered as AWS's were. */
import { setImmediate } from 'node:timers/promises';
import { testClock } from '../../runtime/clock.ts';
import { createEngine, type Engine, type Outcome } from '../../runtime/asl/engine.ts';
import type { Execution, TaskCommand } from '../../runtime/asl/execution.ts';
import { memoryJournal } from '../../runtime/asl/journal.ts';
import type { Json, JsonObject } from '../../runtime/asl/json.ts';
import { readMachine } from '../../runtime/asl/machine.ts';
import { mapRuns } from './mapRuns.ts';
import type { Case, Compare, RecordedRun } from './recording.ts';

export interface Actual {
  status: string;
  output?: Json | undefined;
  error?: string | undefined;
  cause?: string | undefined;
  inputDiffs: string[];
  events: { id: number; prev: number; type: string; details?: JsonObject | undefined }[];
}

const arn = (kind: string, name: string) => `arn:aws:states:us-east-1:000000000000:${kind}:${name}`;

/** JSON members of an event as the recordings hold them: `assignedVariables` are texts. */
const shown = (details: { [key: string]: Json | undefined } | undefined): JsonObject | undefined => {
  if (!details) return undefined;
  const { assignedVariables, roleArn: _, ...rest } = details as JsonObject & { assignedVariables?: JsonObject };
  if (!assignedVariables) return rest;
  const texts = Object.entries(assignedVariables).map(([name, value]) => [name, JSON.stringify(value)]);
  return { ...rest, assignedVariables: Object.fromEntries(texts) as JsonObject };
};

const answerer = (recording: RecordedRun, functions: Case['functions'], compare: Compare) => {
  const replay = new compare.Replay(recording.stubs);
  const perform = (task: TaskCommand, tell: (outcome: Outcome) => void) => {
    const answer = replay.next(task.state, task.input);
    if (answer.missing) {
      try {
        const output = compare.callFunction(task.resource, task.input, functions);
        if (output === undefined)
          tell({ kind: 'failed', error: 'NoStub', cause: `No answer is recorded for ${task.state}` });
        else tell({ kind: 'succeeded', output });
      } catch (thrown) {
        tell({ kind: 'failed', ...(thrown as { error: string; cause: string }) });
      }
      return;
    }
    // The worker of the suite's activities: its name is part of the recorded history.
    if (task.resource.includes(':activity:')) tell({ kind: 'begun', workerName: 'BASE_ID_ACTIVITY_CONSUMER' });
    if (answer.submitted !== undefined) tell({ kind: 'submitted', output: answer.submitted });
    if (answer.fail) {
      const { error, cause } = answer.fail;
      const text = cause === undefined || typeof cause === 'string' ? cause : JSON.stringify(cause);
      tell({ kind: 'failed', error, cause: text });
    } else if (!answer.never) tell({ kind: 'succeeded', output: answer.succeed ?? null });
  };
  return { perform, replay };
};

/** What the engine makes of a recorded run. */
export const play = async (
  recording: RecordedRun,
  { functions, s3 = [] }: Pick<Case, 'functions' | 's3'>,
  compare: Compare,
): Promise<Actual> => {
  const clock = testClock();
  const journal = memoryJournal();
  const { perform, replay } = answerer(recording, functions, compare);
  const faults: unknown[] = [];
  const distributed = mapRuns(() => engine, s3);
  const engine: Engine = createEngine({
    clock,
    journal,
    perform(task, execution, tell, signal) {
      if (task.mapRun) distributed.perform(task, execution, tell, signal);
      else perform(task, tell);
    },
    closed: distributed.closed,
    report: (error) => faults.push(error),
  });
  const identity = {
    arn: `${arn('execution', 'machine')}:run`,
    name: 'run',
    machineArn: arn('stateMachine', 'machine'),
    machineName: 'machine',
    roleArn: 'arn:aws:iam::000000000000:role/machine',
    accountId: '000000000000',
    region: 'us-east-1',
    type: recording.type,
  };
  const machine = readMachine(recording.definition);
  distributed.runs(identity.arn, machine);
  const { execution } = engine.start(machine, identity, recording.input ?? {}, 'seed');
  const isRunning = (it: Execution) => it.status === 'RUNNING';
  while (isRunning(execution) && faults.length === 0) {
    await engine.idle();
    // Map runs go on between the events of the engine.
    await setImmediate();
    await clock.advance(0);
    if (!isRunning(execution)) break;
    const next = clock.next();
    if (next === undefined) break;
    await clock.advanceTo(next);
  }
  const events: Actual['events'] = [];
  for await (const { history } of journal.entries(identity.arn)) {
    for (const { id, previousEventId: prev, type, details } of history)
      events.push({ id, prev, type, details: shown(details) });
  }
  engine.close();
  if (faults.length > 0) throw faults[0];
  return { ...execution, inputDiffs: replay.inputDiffs, events };
};
