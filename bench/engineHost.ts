/** The engine on its journal in a folder, without the API around it: what the benchmark times. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../runtime/asl/engine.ts';
import type { Execution, Identity } from '../runtime/asl/execution.ts';
import type { Json, JsonObject } from '../runtime/asl/json.ts';
import { readMachine, type Machine } from '../runtime/asl/machine.ts';
import { systemClock } from '../runtime/clock.ts';
import { openExecutionLog, type ExecutionLog } from '../runtime/services/states/executionLog.ts';

export interface Host {
  engine: Engine;
  log: ExecutionLog;
  /** Starts an execution; resolves when it has ended well and its whole history is on disk. */
  run(machine: Machine, input: Json): Promise<Execution>;
  close(): Promise<void>;
}

const arn = 'arn:aws:states:eu-west-1:000000000000';

const identityOf = (name: string): Identity => ({
  arn: `${arn}:execution:machine:${name}`,
  name,
  machineArn: `${arn}:stateMachine:machine`,
  machineName: 'machine',
  roleArn: 'arn:aws:iam::000000000000:role/machine',
  accountId: '000000000000',
  region: 'eu-west-1',
  type: 'STANDARD',
});

/** Opens an engine over a journal in a new folder, which goes when it is closed. */
export const openHost = async (): Promise<Host> => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const log = await openExecutionLog(folder);
  const ended = new Map<string, (execution: Execution) => void>();
  const engine = createEngine({
    clock: systemClock,
    journal: log,
    perform: () => undefined,
    closed: (execution) => ended.get(execution.identity.arn)?.(execution),
    report: (error) => {
      throw error;
    },
  });
  let next = 0;
  return {
    engine,
    log,
    async run(machine, input) {
      const identity = identityOf(`run-${next++}`);
      log.begin({ identity, definition: 'machine' }, systemClock.now());
      const end = new Promise<Execution>((resolve) => ended.set(identity.arn, resolve));
      engine.start(machine, identity, input, 'seed');
      const execution = await end;
      ended.delete(identity.arn);
      if (execution.status !== 'SUCCEEDED')
        throw new Error(`The execution ended ${execution.status}: ${execution.cause ?? execution.error}`);
      return execution;
    },
    async close() {
      engine.close();
      await log.close();
      rmSync(folder, { recursive: true });
    },
  };
};

export const machineOf = (definition: JsonObject): Machine => readMachine(JSON.stringify(definition));
